package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

const (
	// heed is how often the holder of a lease looks whether somebody waits for it.
	heed = 5 * time.Millisecond
	// idle is how long a lease is kept that nobody uses.
	idle = 200 * time.Millisecond
)

// File is a bbolt file that is shared with other processes. Its methods are safe for concurrent use.
type File struct {
	path  string
	opts  Options
	lease lease
	write sync.Mutex // one Update at a time

	mu       sync.Mutex
	changed  chan struct{} // closed, and made anew, whenever one of the fields below has changed
	bolt     *bolt         // nil between leases
	writable bool          // the lease at hand is a writer's
	users    int           // transactions at hand
	opening  bool          // somebody is waiting for the lease
	writers  int           // Updates that have not got the file yet
	yielding bool          // no new transaction in this lease
	used     time.Time     // when the last transaction ended
	broken   error         // why the handle is poisoned
	closed   bool
	watchers sync.WaitGroup
}

// Open opens an existing file and checks its pages' tree. A missing file is an error that wraps fs.ErrNotExist. What killed
// processes left half made beside it is deleted, unless it is opened to be read only.
func Open(ctx context.Context, path string, opts Options) (*File, error) {
	if err := exists(path); err != nil {
		return nil, err
	}
	l, err := openLease(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, opts: opts, lease: l, changed: make(chan struct{})}
	err = f.View(ctx, func(*bbolt.Tx) error { return checkTree(f.bolt.file, false) })
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !opts.ReadOnly {
		Sweep(filepath.Dir(path), halfMade)
	}
	return f, nil
}

// View runs fn in a read transaction. Keep it short: no drawing, no waiting, no script. Nothing that fn got from the
// transaction may be kept.
func (f *File) View(ctx context.Context, fn func(*bbolt.Tx) error) error {
	b, err := f.enter(ctx, false)
	if err != nil {
		return err
	}
	defer f.leave()
	return b.view(f.path, fn)
}

// Update runs fn in a write transaction and commits it: durable when it returns nil. An error of fn undoes all of it and
// harms nothing; an error of the commit poisons the handle.
func (f *File) Update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if f.opts.ReadOnly {
		return fmt.Errorf("%s: %w", f.path, ErrReadOnly)
	}
	f.write.Lock()
	defer f.write.Unlock()
	if err := f.Poisoned(); err != nil {
		return err
	}
	b, err := f.enter(ctx, true)
	if err != nil {
		return err
	}
	defer f.leave()
	broken, err := b.update(ctx, f.path, fn)
	if broken {
		f.poison(err)
	}
	return err
}

// Poisoned is nil, or an error that wraps ErrPoisoned and says what failed.
func (f *File) Poisoned() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %w", f.path, ErrPoisoned, f.broken)
}

func (f *File) poison(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = err
	f.yielding = true
	f.signal()
}

// Replaced says that a whole file has been put in the place of this one (Swap): what was wrong with the old one is forgotten.
func (f *File) Replaced() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = nil
	f.signal()
}

// Check reads every page of the file, not only the tree's inner ones as Open does, and returns an error that wraps
// ErrDamaged if one cannot be.
func (f *File) Check(ctx context.Context) error {
	f.write.Lock()
	defer f.write.Unlock()
	return f.View(ctx, func(*bbolt.Tx) error { return checkTree(f.bolt.file, true) })
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Close gives up the file. It waits for running transactions.
func (f *File) Close() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil
	}
	f.closed, f.yielding = true, true
	f.retire()
	f.signal()
	for f.bolt != nil || f.opening {
		wait := f.changed
		f.mu.Unlock()
		<-wait
		f.mu.Lock()
	}
	f.mu.Unlock()
	f.watchers.Wait()
	return f.lease.close()
}

// signal wakes all who wait for a change. The caller holds mu.
func (f *File) signal() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// enter begins a use of the open file, and opens it first where there is no lease, or only a reader's for a writer.
func (f *File) enter(ctx context.Context, write bool) (*bolt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if write {
		f.writers++
		defer func() { f.writers-- }()
	}
	for {
		switch {
		case f.closed:
			return nil, fmt.Errorf("%s: %w", f.path, ErrClosed)
		case f.bolt != nil && !f.yielding && (f.writable || !write):
			f.users++
			return f.bolt, nil
		case f.bolt != nil:
			f.yielding = true
			f.retire()
		}
		if f.bolt == nil && !f.opening {
			if err := f.open(ctx, write); err != nil {
				return nil, err
			}
			continue
		}
		wait := f.changed
		f.mu.Unlock()
		select {
		case <-wait:
			f.mu.Lock()
		case <-ctx.Done():
			f.mu.Lock()
			return nil, ctx.Err()
		}
	}
}

// open takes a lease and opens the file. The caller holds mu, which is let go meanwhile.
func (f *File) open(ctx context.Context, write bool) error {
	f.opening = true
	// A reader opens for writing if a writer of this process waits, so that the two need not take turns.
	both := f.writers > 0
	f.mu.Unlock()
	b, err := f.openUnder(ctx, write || both)
	if err != nil && both && !write {
		both = false
		b, err = f.openUnder(ctx, false)
	}
	write = write || both
	f.mu.Lock()
	f.opening = false
	f.signal()
	if err != nil {
		return err
	}
	f.bolt, f.writable, f.yielding, f.used = b, write, f.closed, time.Now()
	f.watchers.Add(1)
	go f.watch(b, write)
	f.retire()
	return nil
}

func (f *File) openUnder(ctx context.Context, write bool) (*bolt, error) {
	if err := f.lease.take(ctx, write); err != nil {
		return nil, err
	}
	b, err := openBolt(f.path, !write)
	if err != nil {
		f.lease.end()
	}
	return b, err
}

// leave ends a use. A writer looks at once whether somebody waits; a reader leaves that to its watcher.
func (f *File) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users--
	f.used = time.Now()
	if f.writable && f.users == 0 && f.lease.wanted(true) {
		f.yielding = true
	}
	f.retire()
}

// retire ends a lease that is to end and that nobody uses. The caller holds mu.
func (f *File) retire() {
	if f.bolt == nil || !f.yielding || f.users > 0 {
		return
	}
	if f.broken == nil {
		_ = guard(f.path, f.bolt.Close)
	}
	f.bolt.abandon()
	f.lease.end()
	close(f.bolt.ended)
	f.bolt = nil
	f.signal()
}

// watch ends the lease of b when it is wanted by others or idle.
func (f *File) watch(b *bolt, write bool) {
	defer f.watchers.Done()
	tick := time.NewTicker(heed)
	defer tick.Stop()
	for {
		select {
		case <-b.ended:
			return
		case <-tick.C:
		}
		f.mu.Lock()
		if f.bolt != b {
			f.mu.Unlock()
			return
		}
		if !f.yielding && (f.users == 0 && time.Since(f.used) > idle || f.lease.wanted(write)) {
			f.yielding = true
		}
		f.retire()
		f.mu.Unlock()
	}
}
