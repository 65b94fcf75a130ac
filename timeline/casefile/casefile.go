// Package casefile keeps what a person adds to a store while looking: marks, notes, breakpoints, the trail and the cursor. It is a
// file of its own beside the log, so that looking never writes to the log.
//
// The file is a bbolt file with four buckets: marks (name to JSON), notes and breakpoints (big-endian number to JSON), and memory,
// whose one key "memory" holds the cursor and the trail as JSON. It is made at the first write.
package casefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"asof/engine/event"
	"asof/engine/store"
	"go.etcd.io/bbolt"
)

// FileName is the case file's name in a store's folder.
const FileName = "case.bolt"

// Mark is a named position.
type Mark struct {
	Name     string         `json:"name"`
	Position event.Position `json:"position"`
	Note     string         `json:"note,omitempty"`
	Created  time.Time      `json:"created"`
}

// Note is a text at a position.
type Note struct {
	Number   uint64         `json:"number"`
	Position event.Position `json:"position"`
	Text     string         `json:"text"`
	Created  time.Time      `json:"created"`
}

// Cursor is where somebody stands. The zero Cursor is before everything.
type Cursor struct {
	Position   event.Position `json:"position"`
	Projection string         `json:"projection,omitempty"` // name of a projection in use; "" = the default
	Branch     string         `json:"branch,omitempty"`     // "" = the trunk
	Key        string         `json:"key,omitempty"`        // key whose document is shown, where it is pinned
	Pinned     bool           `json:"pinned,omitempty"`     // Key stays while stepping
	Path       string         `json:"path,omitempty"`       // JSON Pointer of the selected field
}

// Memory is where somebody stood, and came by.
type Memory struct {
	Cursor Cursor   `json:"cursor"`
	Trail  []Cursor `json:"trail,omitempty"`
	// Projections are the references that were in use, in their order.
	Projections []Reference `json:"projections,omitempty"`
}

// Reference is what a projection is opened by.
type Reference struct {
	Ref string `json:"ref"`
	By  string `json:"by,omitempty"`
}

// ErrReadOnly refuses a write to a case file that was opened for reading.
var ErrReadOnly = store.ErrReadOnly

// File is a store's case file. Its methods are safe for concurrent use; several processes may have it open.
type File struct {
	path     string
	readOnly bool
	delay    time.Duration

	mu   sync.Mutex
	file *store.File // nil until there is one

	memory sync.Mutex // guards what follows; never held while waiting for the file
	latest *Memory    // not saved yet
	timer  *time.Timer
	saving sync.WaitGroup
	failed error // of the last save in the background
	closed bool
}

// saveWithin is how long a remembered place may stay unsaved.
const saveWithin = 500 * time.Millisecond

// Open opens the case file of a store's folder. A store without one has an empty one.
func Open(ctx context.Context, dir string, readOnly bool) (*File, error) {
	f := &File{path: filepath.Join(dir, FileName), readOnly: readOnly, delay: saveWithin}
	if err := f.open(ctx); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("case file: %w", err)
	}
	return f, nil
}

// open opens the file if it exists. The caller holds mu, or is alone.
func (f *File) open(ctx context.Context) error {
	if f.file != nil {
		return nil
	}
	file, err := store.Open(ctx, f.path, store.Options{ReadOnly: f.readOnly})
	if err != nil {
		return err
	}
	f.file = file
	return nil
}

// Close saves what is remembered and gives up the file.
func (f *File) Close() error {
	f.memory.Lock()
	f.closed = true
	if f.timer != nil && f.timer.Stop() {
		f.saving.Done()
	}
	f.memory.Unlock()
	f.saving.Wait()
	f.save()
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.failed
	if f.file != nil {
		err = errors.Join(err, f.file.Close())
		f.file = nil
	}
	return err
}

// view reads; fn is not called where there is no file yet.
func (f *File) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	f.mu.Lock()
	err := f.open(ctx)
	file := f.file
	f.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = file.View(ctx, fn)
	}
	if err != nil {
		return fmt.Errorf("case file: %w", err)
	}
	return nil
}

// update writes, and makes the file first where there is none.
func (f *File) update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if f.readOnly {
		return fmt.Errorf("case file: %w", ErrReadOnly)
	}
	file, err := f.made(ctx)
	if err == nil {
		err = file.Update(ctx, fn)
	}
	if err != nil {
		return fmt.Errorf("case file: %w", err)
	}
	return nil
}

func (f *File) made(ctx context.Context) (*store.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.open(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		err = store.Create(ctx, f.path, func(tx *bbolt.Tx) error {
			for _, name := range [][]byte{marks, notes, points, memory} {
				if _, err := tx.CreateBucketIfNotExists(name); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil || errors.Is(err, fs.ErrExist) {
			err = f.open(ctx)
		}
	}
	return f.file, err
}
