package eventlog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"asof/engine/event"
	"asof/engine/store"
)

// Writer adds events in bulk. While one is open, no other process and no Append can write to the log; readers go on. It is
// for one goroutine; encoding, hashing, compression and commits run beside it.
//
// Adding costs memory until a commit: ask Due after each batch of records, and commit when it says so.
type Writer struct {
	log  *Log
	lock *store.Lock
	err  error // the first one; nothing is written after it

	head  event.Position // the last one added
	state head           // as of the last event collected
	tail  tail
	queue []*job // handed to the workers, in order
	jobs  chan *job
	work  sync.WaitGroup
	free  [][]event.Event

	streams known
	ids     seenIDs
	window  window
	batch   *batch
	commit  chan error // of the checkpoint at work; nil if there is none
	durable event.Position
	closed  bool
}

// tail is the block that is being filled.
type tail struct {
	number   int // of the block in the log, from 0
	before   link
	events   []event.Event
	linked   int // events that are in the chain and in the postings already
	rawBytes int
}

const (
	// fewLookups is how many look-ups cost less than remembering all.
	fewLookups = 300
	// A commit is due where a segment has just ended, so that its postings are written once; or when it grows too large.
	dueBytes  = 16 << 20
	dueEvents = 3 * SegmentSize
	fewEvents = 2*SegmentSize - justEnded
	justEnded = 1024
)

// Writer opens a writer, or returns a *store.HeldError that names who has one.
func (l *Log) Writer(ctx context.Context) (*Writer, error) {
	if l.opts.ReadOnly {
		return nil, fmt.Errorf("log: %w", store.ErrReadOnly)
	}
	lock, err := store.Acquire(ctx, filepath.Join(l.dir, FileName+".writer"))
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	w := &Writer{log: l, lock: lock, jobs: make(chan *job)}
	if err := w.resume(ctx); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	for range l.opts.Workers {
		n, err := newEncoder()
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		w.work.Go(func() {
			for j := range w.jobs {
				j.run(n)
			}
		})
	}
	return w, nil
}

// Add appends an event. It sets e's Position, gives an Unnumbered event its version, and adds the mark RepeatedID where an
// event with that id stands before it. The log keeps e's bytes and strings: nobody may write to them afterwards.
func (w *Writer) Add(e *event.Event) error {
	if w.err != nil {
		return w.err
	}
	if err := checkEvent(e); err != nil {
		return err
	}
	if n := len(w.tail.events); n > 0 && w.full() && !sameRecord(e, &w.tail.events[n-1]) || w.head > 0 && w.head%SegmentSize == 0 && n > 0 {
		if err := w.dispatch(); err != nil {
			return w.fail(err)
		}
	}
	e.Marks &^= event.RepeatedID | event.Outlier
	if e.ID != "" && !e.Marks.Has(event.DerivedID) {
		repeated, err := w.see(e.ID)
		if err != nil {
			return w.fail(err)
		}
		if repeated {
			e.Marks |= event.RepeatedID
			w.batch.repeated++
		}
	}
	e.Position = w.head + 1
	if err := w.name(e); err != nil {
		return w.fail(err)
	}
	w.head++
	if e.Marks.Has(event.Late) {
		w.batch.late++
	}
	w.window.count(e.Time)
	if n := len(w.tail.events); n == 0 || !sameRecord(e, &w.tail.events[n-1]) {
		w.tail.rawBytes += len(e.Raw)
		w.batch.rawBytes += uint64(len(e.Raw))
	}
	if w.tail.events == nil {
		w.tail.events = w.room()
	}
	w.tail.events = append(w.tail.events, *e)
	w.batch.events++
	return nil
}

// checkEvent refuses what the format cannot hold.
func checkEvent(e *event.Event) error {
	if len(e.Raw) > maxBlock/2 {
		return fmt.Errorf("a record of %d bytes", len(e.Raw))
	}
	for _, part := range []*event.Part{&e.Payload, &e.Meta} {
		for _, s := range part.Spans {
			if uint64(s.Off)+uint64(s.Len) > uint64(len(e.Raw)) {
				return fmt.Errorf("a payload at %d+%d of a record of %d bytes", s.Off, s.Len, len(e.Raw))
			}
		}
	}
	return nil
}

func (w *Writer) full() bool {
	return w.tail.rawBytes >= w.log.opts.BlockBytes || len(w.tail.events) >= SegmentSize
}

func (w *Writer) room() []event.Event {
	if n := len(w.free); n > 0 {
		events := w.free[n-1]
		w.free = w.free[:n-1]
		return events
	}
	return make([]event.Event, 0, 256)
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}
