package timeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"asof/engine/asof"
	"asof/engine/projection"
	"asof/engine/store"
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
	ix, err := s.build(ctx, s.Dir(), old, p, progress)
	if err != nil {
		return err
	}
	if err := ix.Close(); err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	l, err := s.openLens(ctx, p, old.name, old.ref, old.by)
	if err != nil {
		return err
	}
	s.replace(old, l)
	return errors.Join(old.end(), asof.Drop(s.Dir(), old.proj.Identity()))
}

// rebuildSame builds an index of the same identity in a folder of its own and then moves it over the old one.
func (s *Session) rebuildSame(ctx context.Context, old *lens, progress func(Projection)) error {
	aside := filepath.Join(s.Dir(), "rebuild")
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(aside) //nolint:errcheck // what is left over is overwritten the next time
	id := old.proj.Identity()
	if err := asof.Drop(aside, id); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	ix, err := s.build(ctx, aside, old, old.proj, progress)
	if err != nil {
		return err
	}
	if err := ix.Close(); err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := old.end(); err != nil {
		return err
	}
	swapped := store.Swap(ctx, asof.Path(aside, id), asof.Path(s.Dir(), id))
	l, err := s.openLens(ctx, old.proj, old.name, old.ref, old.by)
	if err != nil {
		s.replace(old, nil)
		return errors.Join(swapped, err)
	}
	s.replace(old, l)
	return swapped
}

// build makes a whole index in a folder. The caller closes it.
func (s *Session) build(ctx context.Context, dir string, old *lens, p projection.Projection, progress func(Projection)) (*asof.Index, error) {
	ix, err := asof.Open(ctx, dir, s.log, p, asof.Options{Memory: s.opts.Memory})
	if err != nil {
		return nil, err
	}
	err = ix.Build(ctx, func(at asof.Progress) {
		if progress != nil {
			progress(Projection{
				Name: old.name, Ref: old.ref, By: old.by, Position: at.Position, Head: at.Head, Keys: at.Keys, Errors: at.Errors,
				InUse: true, Building: true, Identity: p.Identity(), Source: p.Source(),
			})
		}
	})
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
