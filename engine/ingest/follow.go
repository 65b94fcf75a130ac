package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"asof/engine/eventlog"
)

const (
	pollEvery   = time.Second            // for what the system does not notify of
	followEvery = 200 * time.Millisecond // a follower commits at most five times a second
	holdPatient = 10 * time.Second       // how long another writer of the log is waited for
)

// Follow loads what is new, as Run does, and then what is appended to the plan's files as it comes, until ctx ends, which is no
// error. Each line is read once, when its end is there, or what may be lost is told as a Gap: files that are renamed, deleted
// and made anew are read to their ends; of one that was truncated or overwritten, what was not read before is lost. Tell is
// called after every commit, from this goroutine.
//
// Packed files and documents are loaded at the start and not followed. Lines on standard input are followed by way of a temporary
// file.
func Follow(ctx context.Context, p *Plan, log *eventlog.Log, tell func(Result)) error {
	f, err := newFollower(p, tell)
	if err != nil {
		return err
	}
	defer f.close()
	f.open = func(ctx context.Context) (*store, error) { return openStore(ctx, log) }
	log.Remember(true)
	defer log.Remember(false)
	return f.run(ctx)
}

// follower is one Follow.
type follower struct {
	plan    *Plan
	tell    func(Result)
	open    func(context.Context) (*store, error)
	now     func() time.Time
	watcher *fsnotify.Watcher  // nil where the system has none: then the poll does it alone
	tails   map[string]*tailed // the file that stands at each path now, or stood there last
	old     []*tailed          // rotated away
	once    []Source           // what is loaded and not followed
	paths   map[string]bool    // of all that was found so far
	turned  map[string]*turns  // files made and opened at a path since the last look
	gaps    []Gap
	pipe    *pipe         // standard input, if it is spooled
	wake    chan struct{} // it has more
	refused time.Time     // since when the log cannot be written
}

func newFollower(p *Plan, tell func(Result)) (*follower, error) {
	f := &follower{plan: p, tell: tell, now: time.Now, tails: map[string]*tailed{}, paths: map[string]bool{}, turned: map[string]*turns{}, wake: make(chan struct{}, 1)}
	if w, err := fsnotify.NewWatcher(); err == nil {
		f.watcher = w
	}
	for i := range p.Sources {
		s := &p.Sources[i]
		f.paths[s.Path] = true
		if s.pipe != nil && s.lines {
			t, err := s.pipe.spool(p.config.Temp, f.wake)
			if err != nil {
				return nil, errors.Join(err, f.close())
			}
			f.tails[s.Path], f.pipe = t, s.pipe
			continue
		}
		if !s.lines {
			f.once = append(f.once, *s)
			continue
		}
		t, err := openTail(s.Path)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("follow: %w", err), f.close())
		}
		t.first = true
		f.tails[s.Path] = t
		f.watch(s.Path)
	}
	return f, nil
}

// turns counts, of one path, the files that the system told were made there and those that were opened. The word may come after
// the file was found by a look: what was opened too early to have been told of is kept for the next count.
type turns struct{ made, opened int }

// lost is how many files came and went between two looks. A file that was moved away and back is told as made and is none, so
// one alone is not believed.
func (n *turns) lost() int {
	lost := n.made - max(n.opened, 1)
	*n = turns{opened: max(n.opened-n.made, 0)}
	return max(lost, 0)
}

func (f *follower) turns(path string) *turns {
	if f.turned[path] == nil {
		f.turned[path] = &turns{}
	}
	return f.turned[path]
}

// watch asks to be told of the folder that a path is in. Where that fails, the poll still finds what happens.
func (f *follower) watch(path string) {
	if f.watcher != nil {
		_ = f.watcher.Add(filepath.Dir(path))
	}
}

func (f *follower) close() error {
	var err error
	if f.watcher != nil {
		err = f.watcher.Close()
	}
	if f.pipe != nil {
		f.pipe.stop()
	}
	for _, t := range f.tails {
		err = errors.Join(err, t.close())
	}
	for _, t := range f.old {
		err = errors.Join(err, t.close())
	}
	return err
}

func (f *follower) run(ctx context.Context) error {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	pace := time.NewTicker(followEvery)
	defer pace.Stop()
	dirty := true
	for {
		if dirty {
			if err := f.cycle(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
			dirty = false
		}
		select {
		case <-ctx.Done():
			return nil
		case <-pace.C:
		}
		for more := true; more; {
			more = f.wait(ctx, poll.C, &dirty)
		}
	}
}

// wait waits for something to do, or, once there is, takes what has happened already. It reports whether to ask again.
func (f *follower) wait(ctx context.Context, poll <-chan time.Time, dirty *bool) bool {
	var events chan fsnotify.Event
	var troubles chan error
	if f.watcher != nil {
		events, troubles = f.watcher.Events, f.watcher.Errors
	}
	if *dirty {
		select {
		case e, ok := <-events:
			f.heard(e)
			return ok
		case <-troubles:
			return true
		default:
			return false
		}
	}
	select {
	case e := <-events:
		*dirty = f.heard(e)
		return true
	case <-troubles: // some changes were not told, and the watcher waits until this is taken: look for them
		*dirty = true
	case <-poll:
		*dirty = true
	case <-f.wake:
		*dirty = true
	case <-ctx.Done():
		return false
	}
	return true
}

// heard takes note of a change, and reports whether it may matter. A file that was made is opened at once: before the next look
// it may be gone again.
func (f *follower) heard(e fsnotify.Event) bool {
	if _, ok := f.tails[e.Name]; ok {
		if e.Has(fsnotify.Create) {
			f.turns(e.Name).made++
			f.turn(e.Name)
		}
		return true
	}
	return e.Has(fsnotify.Create) // of a link's target, or a new file of the folder
}

// turn compares the file at a path with the one that is held open, and takes the new one over.
func (f *follower) turn(path string) {
	held := f.tails[path]
	if path == Stdin {
		held.rotated = held.rotated || f.pipe.over.Load()
		return
	}
	at, err := os.Stat(path)
	if err != nil {
		return // deleted, or on its way: what is held is read on
	}
	was, err := held.file.Stat()
	if err != nil || os.SameFile(at, was) {
		return
	}
	t, err := openTail(path)
	if err != nil {
		return // gone again
	}
	held.rotated, held.idle = true, f.now()
	f.old = append(f.old, held)
	t.rotation, t.before = true, path
	f.tails[path] = t
	f.turns(path).opened++
}

// cycle looks at all files and loads what is new.
func (f *follower) cycle(ctx context.Context) error {
	for path := range f.tails {
		f.turn(path)
		if n := f.turns(path).lost(); n > 0 {
			f.gaps = append(f.gaps, Gap{Path: path, Why: fmt.Sprintf("files made at this path that were gone before they could be opened, and are lost: %d", n)})
		}
	}
	if f.pipe != nil {
		if err := f.pipe.trouble(); err != nil {
			return err
		}
	}
	f.discover(ctx)
	changed, err := f.look()
	if err != nil || !changed && len(f.gaps)+len(f.once) == 0 {
		return err
	}
	st, err := f.open(ctx)
	if err != nil {
		return f.refuse(err)
	}
	f.refused = time.Time{}
	res, err := st.load(ctx, f.sources(), nil)
	if err = errors.Join(err, st.sink.Close()); err != nil {
		f.forget()
		return err
	}
	res.Gaps = append(res.Gaps, f.gaps...)
	f.gaps = nil
	if f.tell != nil && (res.Records > 0 || len(res.Gaps)+len(res.Notices)+len(f.once) > 0) {
		f.tell(res)
	}
	f.settle()
	return nil
}

// refuse waits for another writer, but not for ever.
func (f *follower) refuse(err error) error {
	if f.refused.IsZero() {
		f.refused = f.now()
	}
	f.forget()
	if errors.Is(err, eventlog.ErrDamaged) || f.now().Sub(f.refused) > holdPatient {
		return err
	}
	return nil
}

// forget makes the next look find everything changed.
func (f *follower) forget() {
	for _, t := range f.all() {
		t.seen = -1
	}
}

func (f *follower) all() []*tailed {
	all := append([]*tailed(nil), f.old...)
	for i := range f.plan.Sources {
		if t := f.tails[f.plan.Sources[i].Path]; t != nil {
			all = append(all, t)
		}
	}
	return all
}

func (f *follower) look() (bool, error) {
	changed := false
	for _, t := range f.all() {
		c, err := t.look(f.now())
		if err != nil {
			return false, fmt.Errorf("follow: %w", err)
		}
		changed = changed || c
	}
	return changed, nil
}

// sources is the plan for one pass: what was rotated away first, so that its lines come before those of the file that took its
// place.
func (f *follower) sources() *Plan {
	p := &Plan{Targets: f.plan.Targets, config: f.plan.config}
	for _, t := range f.old {
		p.Sources = append(p.Sources, Source{Name: filepath.Base(t.path), Path: t.path, Size: t.seen, tail: t})
	}
	for _, s := range f.plan.Sources {
		if s.tail = f.tails[s.Path]; s.tail != nil {
			s.pipe = nil
			p.Sources = append(p.Sources, s)
		}
	}
	p.Sources = append(p.Sources, f.once...)
	return p
}

// settle lets go of what has been read to its end.
func (f *follower) settle() {
	f.once = nil
	for _, t := range f.tails {
		t.rotation = false
	}
	kept := f.old[:0]
	for _, t := range f.old {
		if t.done(f.now()) {
			_ = t.close() // it was only read
			continue
		}
		kept = append(kept, t)
	}
	clear(f.old[len(kept):])
	f.old = kept
}
