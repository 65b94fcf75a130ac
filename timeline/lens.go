package timeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/projection"
)

// lens is one projection in use: its index, and the goroutine that keeps the index up with the log.
type lens struct {
	name, ref, by string
	proj          projection.Projection
	ix            *asof.Index

	memos memos // of filters that ask about its documents

	stop   context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended
	reread atomic.Uint64 // see Projection

	mu       sync.Mutex
	building bool
	err      error
	damage   string
	moved    chan struct{} // closed and renewed whenever something of the above, or Built, has changed
}

// nameOf is what questions call a projection.
func nameOf(p projection.Projection) string {
	if p.By() == "" {
		return p.Name()
	}
	return p.Name() + " by " + p.By()
}

// parse reads a reference. A script that is gone from its place, or is named without one, is taken from the index that it
// was built into.
func (s *Session) parse(ctx context.Context, ref, by string) (projection.Projection, error) {
	o := projection.Options{By: by, ReadFile: s.opts.ReadFile, Patience: s.opts.Patience}
	p, err := projection.Parse(ref, o)
	if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, projection.ErrUnknown) {
		return p, err
	}
	built, listErr := asof.List(ctx, s.indexDir())
	if listErr != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(ref), ".star")
	for _, info := range built {
		if info.Name == name && info.By == by && info.Source != nil {
			return projection.Script(name, ref, info.Source, o)
		}
	}
	return nil, err
}

// openLens opens the index and starts to keep it up.
func (s *Session) openLens(ctx context.Context, p projection.Projection, name, ref, by string) (*lens, error) {
	l := &lens{name: name, ref: ref, by: by, proj: p, done: make(chan struct{}), moved: make(chan struct{})}
	notice := func(cause error) { l.notice(s, cause) }
	var err error
	l.ix, err = s.openIndex(ctx, p, asof.Options{Memory: s.opts.Memory, ReadOnly: s.opts.ReadOnly, Notice: notice})
	if err != nil {
		return nil, err
	}
	work, stop := context.WithCancel(s.work)
	l.stop = stop
	if s.opts.ReadOnly {
		close(l.done)
		return l, nil
	}
	l.building = true
	s.busy.Go(func() {
		defer close(l.done)
		l.keepUp(work, s)
	})
	return l, nil
}

// keepUp builds the index up to the head, and again whenever the log has grown, until ctx ends or a build fails.
func (l *lens) keepUp(ctx context.Context, s *Session) {
	for {
		err := l.ix.Build(ctx, func(p asof.Progress) {
			l.reread.Store(p.Reread)
			l.tell(true, nil)
		})
		l.tell(false, err)
		if err != nil || !s.grown(ctx, l.ix.Built()) {
			return
		}
		l.tell(true, nil)
	}
}

// grown waits until the log has grown beyond a position, and reports false if ctx ends before.
func (s *Session) grown(ctx context.Context, beyond event.Position) bool {
	for head := range s.log.Subscribe(ctx, beyond) {
		if head > beyond {
			return true
		}
	}
	return false
}

// notice says why the index is built anew from the log, which its answers come from in the end.
func (l *lens) notice(s *Session, cause error) {
	text := fmt.Sprintf("the index of %s was damaged and is built anew: %v", l.name, cause)
	if errors.Is(cause, asof.ErrVersion) {
		text = fmt.Sprintf("the index of %s was made by another version of asof and is built anew", l.name)
	}
	l.mu.Lock()
	l.damage = text
	l.mu.Unlock()
	if s.opts.Notice != nil {
		s.opts.Notice(text)
	}
}

func (l *lens) noticed() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.damage
}

func (l *lens) tell(building bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.building, l.err = building, err
	close(l.moved)
	l.moved = make(chan struct{})
}

// now is whether the lens is being built, a channel that is closed when that, or Built, changes, and why its build stopped.
func (l *lens) now() (building bool, moved <-chan struct{}, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.building, l.moved, l.err
}

// end stops the goroutine and closes the index.
func (l *lens) end() error {
	l.stop()
	<-l.done
	return l.ix.Close()
}

// inUse are the lenses, in their order.
func (s *Session) inUse() []*lens {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return append([]*lens(nil), s.lenses...)
}

// lens finds a projection in use by its name or, failing that, by what it was opened by. An empty name is the first one.
func (s *Session) lens(name string) (*lens, error) {
	lenses := s.inUse()
	if name == "" && len(lenses) > 0 {
		return lenses[0], nil
	}
	for _, l := range lenses {
		if l.name == name {
			return l, nil
		}
	}
	var names []string
	for _, l := range lenses {
		if l.ref == name {
			return l, nil
		}
		names = append(names, l.name)
	}
	return nil, &NoProjectionError{name, names}
}

// ready finds a projection in use and checks that it is indexed up to a position.
func (s *Session) ready(name string, at event.Position) (*lens, error) {
	l, err := s.lens(name)
	if err != nil {
		return nil, err
	}
	if built := l.ix.Built(); at > built {
		if _, _, err := l.now(); err != nil {
			return nil, err
		}
		return nil, &NotIndexedError{l.name, at, built}
	}
	return l, nil
}
