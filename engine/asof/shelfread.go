package asof

import (
	"fmt"
	"sort"

	"asof/engine/event"
	"asof/engine/value"
)

// lacks reports whether a path leads into a member of a shelf that is not there: stamps do not tell when it comes or went.
func (w *row) lacks(path value.Pointer) bool {
	for i := range w.shelves {
		s := &w.shelves[i]
		if name, ok := path.Below(s.path); ok {
			return w.doc.Root().At(s.path).Get(name) == nil
		}
	}
	return false
}

// bucketAt is the bucket that a path leads into, as long as its shelf is there.
type bucketAt struct {
	there bool
	row   uint32
	cut   int // size of the shelf's path
}

// shelfWalk reads the frames of a key in a part for the sake of one path. Where that leads into a shelf, its bucket has all of it, for
// a run of frames.
type shelfWalk struct {
	r       *reader
	p       *part
	ordinal int
	id      uint32
	path    value.Pointer
	tape    *tape
	whole   bool // buckets do not do: they have no writes that left everything as it was
}

// open winds the tape to the start of frame f, or finds the bucket that is to be read instead, and from which position up to which.
func (w *shelfWalk) open(f int) (b bucketAt, from, to event.Position, err error) {
	w.tape.scope = scope{few: true}
	s, err := w.shelf(f)
	if err != nil {
		return b, 0, 0, err
	}
	if s != nil && !s.all && !w.whole {
		b, from, to, err = w.run(f, *s)
		if err != nil || b.there {
			return b, from, to, err
		}
		if _, err := w.shelf(f); err != nil {
			return b, 0, 0, err
		}
	}
	if w.tape.row.complete() {
		return b, 0, 0, nil
	}
	e, _, err := w.tape.peek()
	if err != nil {
		return b, 0, 0, err
	}
	sc := within(w.path)
	return b, 0, 0, w.r.shelve(&w.tape.row, &sc, w.ordinal, e.pos)
}

// all is the bucket that has all that the segment writes below the path, and whether there is one.
func (w *shelfWalk) all() (b bucketAt, ok bool, err error) {
	w.tape.scope = scope{few: true}
	first, last := w.p.span(w.id)
	s, err := w.shelf(first)
	if err != nil || s == nil {
		return b, false, err
	}
	base, path := s.base, s.path
	name, _ := w.path.Below(path)
	b = bucketAt{true, s.row(bucketOf(name, s.bits)), len(path)}
	if last > first {
		if s, err = w.shelf(last); err != nil || s == nil || s.base != base {
			return b, false, err
		}
	}
	ends, err := w.tape.entries.end(path)
	return b, !ends && err == nil, err
}

// shelf winds the tape to the start of a frame and is the shelf that the path leads into there.
func (w *shelfWalk) shelf(f int) (*shelf, error) {
	ok, err := w.tape.open(w.r, w.p, f, w.id)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is not in frame %d of the segment at %d", ErrDamaged, w.id, f, w.p.first)
	}
	if err != nil {
		return nil, err
	}
	return w.tape.row.shelfOf(w.path), nil
}

// run finds the frames around f in which a shelf is there all the time. The numbers of rows tell: they are given out once.
func (w *shelfWalk) run(f int, s shelf) (b bucketAt, from, to event.Position, err error) {
	first, last := w.p.span(w.id)
	search := func(n int, other func(int) int) int { // the first of n frames that has another shelf
		return sort.Search(n, func(i int) bool {
			if err != nil {
				return true
			}
			var t *shelf
			t, err = w.shelf(other(i))
			return t == nil || t.base != s.base
		})
	}
	end := f + search(last-f, func(i int) int { return f + 1 + i })
	start := f - search(f-first, func(i int) int { return f - 1 - i })
	if err == nil {
		_, err = w.shelf(end)
	}
	if err != nil {
		return b, 0, 0, err
	}
	if ends, err := w.tape.entries.end(s.path); err != nil {
		return b, 0, 0, err
	} else if ends {
		if end--; end < f {
			return b, 0, 0, nil
		}
	}
	from, to = w.p.first, w.r.extents[w.ordinal].last
	if start > first {
		from += event.Position(w.p.firstPos(start))
	}
	if end < last {
		to = w.p.first + event.Position(w.p.firstPos(end+1)) - 1
	}
	name, _ := w.path.Below(s.path)
	return bucketAt{true, s.row(bucketOf(name, s.bits)), len(s.path)}, from, to, nil
}

// shelfOf is the shelf that a path leads into, or nil.
func (w *row) shelfOf(path value.Pointer) *shelf {
	for i := range w.shelves {
		if _, ok := path.Below(w.shelves[i].path); ok {
			return &w.shelves[i]
		}
	}
	return nil
}

// end reports whether one of the entries ends a shelf.
func (e entries) end(shelf value.Pointer) (bool, error) {
	for !e.done() {
		one, err := e.next()
		if err != nil {
			return false, err
		}
		for range one.writes {
			w, err := e.write()
			if err != nil {
				return false, err
			}
			path, err := e.part.pathText(w.path)
			if err != nil || w.code != codeIdentical && shelf.HasPrefix(value.Pointer(path)) {
				return err == nil, err
			}
		}
	}
	return false, nil
}
