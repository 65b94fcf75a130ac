package eventlog

import (
	"context"

	"asof/engine/event"
)

// Writer adds events in bulk. While one is open, no other process and no Append can write to the log; readers go on. It is
// for one goroutine; encoding, hashing and compression run beside it.
//
// Adding costs memory until a commit: ask Due after each batch of records, and commit when it says so.
type Writer struct{}

// Writer opens a writer, or returns a *store.HeldError that names who has one.
func (l *Log) Writer(ctx context.Context) (*Writer, error) { return nil, errUnbuilt }

// Add appends an event. It sets e's Position, gives an Unnumbered event its version, and adds the mark RepeatedID where an
// event with that id stands before it. The log keeps e's bytes and strings: nobody may write to them afterwards.
func (w *Writer) Add(e *event.Event) error { return errUnbuilt }

// HasID reports whether an event with that id is in the log or was added.
func (w *Writer) HasID(id string) (bool, error) { return false, errUnbuilt }

// Reject keeps a rejected record, in the same commit as the events added since the last one. It sets Number.
func (w *Writer) Reject(r *Rejected) error { return errUnbuilt }

// SetSource writes a row of the table of sources with the next commit. ID 0 is a new row; the ID is returned.
func (w *Writer) SetSource(s Source) (uint32, error) { return 0, errUnbuilt }

// Due reports whether enough was added for a commit.
func (w *Writer) Due() bool { return false }

// Checkpoint starts to commit everything so far and lets the caller go on adding meanwhile. It first waits for the
// checkpoint before it, and returns its error.
func (w *Writer) Checkpoint(ctx context.Context) error { return errUnbuilt }

// Commit commits everything so far: it is durable when Commit returns. It returns the head.
func (w *Writer) Commit(ctx context.Context) (event.Position, error) { return 0, errUnbuilt }

// Durable is the last position that is committed and synced.
func (w *Writer) Durable() event.Position { return 0 }

// Head is the last position added.
func (w *Writer) Head() event.Position { return 0 }

// Close gives up what was not committed, and the lock.
func (w *Writer) Close() error { return nil }
