package timeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"asof/engine/asof"
	"asof/engine/projection"
)

// Rebuild builds the index anew from the log, beside the old one, and swaps them when it is done; until then the old one
// answers. A script is read again from its file. Progress, if not nil, is called some times a second.
func (s *Session) Rebuild(ctx context.Context, name string, progress func(Projection)) error {
	l, err := s.lens(name)
	if err != nil {
		return err
	}
	p, err := s.parse(ctx, l.ref, l.by)
	if err != nil {
		return err
	}
	if p.Identity() == l.proj.Identity() {
		err = s.rebuildSame(ctx, l, progress)
	} else {
		err = s.rebuildEdited(ctx, l, p, progress)
	}
	if err != nil {
		return fmt.Errorf("rebuild %s: %w", name, err)
	}
	return nil
}

// rebuildEdited builds an index of another identity, which can lie in the same folder.
func (s *Session) rebuildEdited(ctx context.Context, old *lens, p projection.Projection, progress func(Projection)) error {
	d := &Draft{Name: old.name, lens: old, proj: p}
	if err := s.draft(ctx, d, 0, progress); err != nil {
		return err
	}
	return s.Adopt(ctx, d)
}

// grace is how long an index that another one has replaced goes on answering what was asked of it before.
const grace = 5 * time.Second

// retire stops a lens that is out of use; its index is closed and dropped when its last questions should be over.
func (s *Session) retire(l *lens) {
	l.stop()
	id := l.proj.Identity()
	s.mu.Lock()
	if s.retired == nil {
		s.retired = make(map[string]struct{})
	}
	s.retired[id] = struct{}{}
	s.mu.Unlock()
	s.busy.Go(func() {
		select {
		case <-time.After(grace):
		case <-s.work.Done():
		}
		err := l.end()
		s.changing.Lock()
		defer s.changing.Unlock()
		again := slices.ContainsFunc(s.inUse(), func(o *lens) bool { return o.proj.Identity() == id })
		if err == nil && !again {
			_ = asof.Drop(s.indexDir(), id) // a cache that nobody asked for; Projections lists it if it stays
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.retired, id)
	})
}

// rebuildSame builds an index of the same identity, which its own handle moves over the old one.
func (s *Session) rebuildSame(ctx context.Context, old *lens, progress func(Projection)) error {
	return old.ix.Rebuild(ctx, s.progressOf(old, old.proj, progress))
}

// progressOf tells of a build as of a projection; nil if nobody listens.
func (s *Session) progressOf(l *lens, p projection.Projection, progress func(Projection)) func(asof.Progress) {
	if progress == nil {
		return nil
	}
	return func(at asof.Progress) {
		progress(Projection{
			Name: l.name, Ref: l.ref, By: l.by, Position: at.Position, Head: at.Head, Keys: at.Keys, Errors: at.Errors,
			InUse: true, Building: true, Identity: p.Identity(), Source: p.Source(),
		})
	}
}

// build makes a whole index. The caller closes it.
func (s *Session) build(ctx context.Context, old *lens, p projection.Projection, progress func(Projection)) (*asof.Index, error) {
	ix, err := s.openIndex(ctx, p, asof.Options{Memory: s.opts.Memory})
	if err != nil {
		return nil, err
	}
	err = ix.Build(ctx, s.progressOf(old, p, progress))
	if err != nil {
		return nil, errors.Join(err, ix.Close())
	}
	return ix, nil
}

// replace puts a lens in the place of another, or takes that one out if there is none.
func (s *Session) replace(old, l *lens) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.lenses {
		if s.lenses[i] != old {
			continue
		}
		if l == nil {
			s.lenses = append(s.lenses[:i:i], s.lenses[i+1:]...)
			return
		}
		s.lenses[i] = l
		return
	}
}
