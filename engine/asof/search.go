package asof

import (
	"fmt"
	"slices"

	"asof/engine/event"
	"asof/engine/value"
)

// next gallops over the key's segments to the one in which the path's stamp first moves beyond after, then bisects its frames,
// then reads one frame. The results are as those of prev.
func (r *reader) next(key string, id uint32, path value.Pointer, after event.Position) (c Change, scanFrom event.Position, err error) {
	segments, err := r.segmentsOf(id)
	if err != nil || len(segments) == 0 {
		return c, 0, err
	}
	s := search{r: r, id: id, segments: segments, tape: tape{scope: stampsOf(path)}}
	for range tries {
		w, err := r.rowWithin(id, after, stampsOf(path))
		if err != nil {
			return c, 0, err
		}
		s.path, s.after, s.comes = nearest(w, path), after, false
		if s.path != path {
			never, err := s.absent(path)
			if never || err != nil {
				return c, 0, err
			}
		}
		if w.lacks(path) {
			break
		}
		pos, err := s.first(after)
		if err != nil || pos == 0 {
			return c, 0, err
		}
		if c, ok, err := r.changeAt(key, id, path, pos); ok || err != nil {
			return c, 0, err
		}
		after = pos
	}
	return c, after + 1, nil
}

// absent looks how it is with a path that does not stand there. If nothing takes away what comes there, it may be that it never comes,
// or that its coming is what is searched for.
func (s *search) absent(path value.Pointer) (never bool, err error) {
	kept, err := s.r.keeps(s.id, path, s.after+1, s.r.built)
	if err != nil || !kept {
		return false, err
	}
	w, err := s.r.rowWithin(s.id, s.r.built, stampsOf(path))
	if err != nil || w.doc.Root().At(path) == nil {
		return err == nil, err
	}
	s.path, s.comes = path, true
	return false, nil
}

// nearest is the path, or if nothing stands there, that of the nearest part above it.
func nearest(w row, path value.Pointer) value.Pointer {
	for w.doc.Root().At(path) == nil && path != "" {
		path = path.Parent()
	}
	return path
}

// moved tells of a row after s.after, whose document stands at the first cut bytes of paths, whether what stood at the path then can
// have changed in between. Once true it stays true: a stamp above after does not come down again, and what has been removed comes back
// with such a stamp. Of a path that is to come it tells whether it is there.
func (s *search) moved(w row) bool {
	n := w.doc.Root().At(s.path[w.cut:])
	if s.comes {
		return n != nil
	}
	if n == nil && s.path == "" {
		return event.Position(w.doc.Changed()) > s.after
	}
	return n == nil || event.Position(n.Changed()) > s.after
}

// search finds the first event at which a predicate that never turns false again becomes true.
type search struct {
	r        *reader
	id       uint32
	segments []int
	path     value.Pointer
	after    event.Position
	comes    bool // the path is not there after after, and stays once it is: that is looked for
	tape     tape
}

// first is the position of the first event after after where moved is true; 0 if there is none.
func (s *search) first(after event.Position) (event.Position, error) {
	start := s.r.segment(after)
	lo, _ := slices.BinarySearch(s.segments, start+1)
	lo = max(lo-1, 0)
	hi, err := s.gallop(lo)
	if err != nil {
		return 0, err
	}
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if moved, err := s.keyframe(mid); err != nil {
			return 0, err
		} else if moved {
			hi = mid
		} else {
			lo = mid
		}
	}
	return s.within(s.segments[lo], after)
}

// gallop is an index above lo whose keyframe has moved, or the number of segments.
func (s *search) gallop(lo int) (int, error) {
	for step := 1; lo+step < len(s.segments); step *= 2 {
		if moved, err := s.keyframe(lo + step); moved || err != nil {
			return lo + step, err
		}
		lo += step
	}
	return len(s.segments), nil
}

// keyframe tells whether the path had moved before segment i.
func (s *search) keyframe(i int) (bool, error) {
	p, err := s.r.part(s.segments[i], s.id)
	if err != nil {
		return false, err
	}
	return s.frame(p, p.frameOf(s.id, 0))
}

// frame tells whether the path had moved before frame f.
func (s *search) frame(p *part, f int) (bool, error) {
	return s.frameOf(s.id, p, f)
}

// frameOf is frame of a row, the key's or a bucket's.
func (s *search) frameOf(id uint32, p *part, f int) (bool, error) {
	ok, err := s.tape.open(s.r, p, f, id)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is not in frame %d of the segment at %d", ErrDamaged, id, f, p.first)
	}
	if err != nil {
		return false, err
	}
	return s.moved(s.tape.row), nil
}

// within reads the frame of a segment in which the path moves.
func (s *search) within(segment int, after event.Position) (event.Position, error) {
	p, err := s.r.part(segment, s.id)
	if err != nil {
		return 0, err
	}
	id := s.id
	w := shelfWalk{r: s.r, p: p, ordinal: segment, id: id, path: s.path, tape: &tape{}}
	if b, whole, err := w.all(); err != nil {
		return 0, err
	} else if whole {
		id = b.row
		if entry, there, err := s.r.lastSegment(id, segment); err != nil || !there || int(entry&^dirFlags) != segment {
			return 0, err
		}
	}
	from, to := p.span(id)
	if f := p.frameOf(id, after); after >= p.first && f > from {
		from = f
	}
	lo, hi := from, to+1
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if moved, err := s.frameOf(id, p, mid); err != nil {
			return 0, err
		} else if moved {
			hi = mid
		} else {
			lo = mid
		}
	}
	if _, err := s.frameOf(id, p, lo); err != nil {
		return 0, err
	}
	if err := s.tape.playTo(after); err != nil {
		return 0, err
	}
	for {
		_, more, err := s.tape.peek()
		if err != nil || !more {
			return 0, err
		}
		e, err := s.tape.play(nil)
		if err != nil {
			return 0, err
		}
		if s.moved(s.tape.row) {
			return e.pos, nil
		}
	}
}
