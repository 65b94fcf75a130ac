package asof

import (
	"context"

	"asof/engine/event"
	"asof/engine/value"
)

// A change of a path is an event after which what stands there is not equal to what stood there before, whether the event
// wrote at the path, below or above it. Stamps lead to changes: a node's stamp is the last event that wrote at or below it
// another value, or brought it with a whole. The one kind of stamp that is no change is a part that an equal part replaced.

// tries is how many stamps that are no change are followed before the writes are scanned.
const tries = 8

// Prev is the last change of a path before the event at before, and whether there is one.
func (ix *Index) Prev(ctx context.Context, key string, path value.Pointer, before event.Position) (c Change, found bool, err error) {
	if before == 0 {
		return c, false, nil
	}
	scanTo := event.Position(0)
	err = ix.read(ctx, func(r *reader) error {
		c, found, scanTo = Change{}, false, 0
		r.hold()
		id, ok, err := r.known(key, before-1)
		if err != nil || !ok {
			return err
		}
		c, scanTo, err = r.prev(key, id, path, before-1)
		found = c.Position != 0
		return err
	})
	if err != nil || found || scanTo == 0 {
		return c, found, err
	}
	return one(ix.History(ctx, key, path, HistoryOptions{To: scanTo, Reverse: true}))
}

// Next is the first change of a path after the event at after, and whether there is one.
func (ix *Index) Next(ctx context.Context, key string, path value.Pointer, after event.Position) (c Change, found bool, err error) {
	scanFrom := event.Position(0)
	err = ix.read(ctx, func(r *reader) error {
		c, found, scanFrom = Change{}, false, 0
		r.hold()
		if after >= r.built {
			return nil
		}
		id, _, ok, err := r.id(key)
		if err != nil || !ok {
			return err
		}
		c, scanFrom, err = r.next(key, id, path, after)
		found = c.Position != 0
		return err
	})
	if err != nil || found || scanFrom == 0 {
		return c, found, err
	}
	return one(ix.History(ctx, key, path, HistoryOptions{From: scanFrom}))
}

func one(seq func(func(Change, error) bool)) (Change, bool, error) {
	for c, err := range seq {
		return c, err == nil, err
	}
	return Change{}, false, nil
}

// known is the number of a key, if an event up to at belonged to it.
func (r *reader) known(key string, at event.Position) (uint32, bool, error) {
	if err := r.reaches(at); err != nil {
		return 0, false, err
	}
	id, seen, ok, err := r.id(key)
	return id, ok && seen <= at, err
}

// stampsOf is the scope of the stamps on the way to a path.
func stampsOf(path value.Pointer) scope {
	return scope{few: true, paths: []value.Pointer{path}, stamps: true}
}

// prev follows stamps backwards. A change with position 0 and scanTo 0 mean that there is none; with scanTo, that the writes up
// to there have to be looked through.
func (r *reader) prev(key string, id uint32, path value.Pointer, at event.Position) (c Change, scanTo event.Position, err error) {
	for range tries {
		w, err := r.rowWithin(id, at, stampsOf(path))
		if err != nil {
			return c, 0, err
		}
		if w.doc.Root().At(path) == nil {
			if kept, err := r.keeps(id, path, 0, at); kept || err != nil {
				return c, 0, err // it never was there
			}
		}
		if w.lacks(path) {
			return c, at, nil
		}
		at = stampOf(w, path)
		if at == 0 {
			return c, 0, nil
		}
		if c, ok, err := r.changeAt(key, id, path, at); ok || err != nil {
			return c, 0, err
		}
		at--
	}
	return c, at, nil
}

// keeps reports whether nothing from … to can have taken away what stood at a path of a key, as far as the statistics of the segments
// that wrote to the key tell. So what is not there at the end of them was not there before, and what comes then stays.
func (r *reader) keeps(id uint32, path value.Pointer, from, to event.Position) (bool, error) {
	segments, err := r.segmentsOf(id)
	if err != nil {
		return false, err
	}
	for _, i := range segments {
		if r.extents[i].last < from || r.extents[i].first > to {
			continue
		}
		if st, err := r.stats(i); err != nil || st.loses(path) {
			return false, err
		}
	}
	return true, nil
}

// stampOf is the last event that can have changed what stands at path: its stamp, or if nothing stands there, that of the
// nearest part above it.
func stampOf(w row, path value.Pointer) event.Position {
	root := w.doc.Root()
	if root == nil {
		return event.Position(w.doc.Changed())
	}
	for {
		if n := root.At(path); n != nil {
			return event.Position(n.Changed())
		}
		path = path.Parent()
	}
}

// changeAt is what the event at pos did to a path of a key, and whether it changed it.
func (r *reader) changeAt(key string, id uint32, path value.Pointer, pos event.Position) (c Change, ok bool, err error) {
	t := tape{scope: within(path)}
	if found, err := t.seekFrame(r, id, pos); err != nil || !found {
		return c, false, err
	}
	c, ok, err = t.step(key, path)
	return c, ok && c.Op != value.Same, err
}

// seekFrame winds the tape to before the event at pos, in the frame that holds it.
func (t *tape) seekFrame(r *reader, id uint32, pos event.Position) (bool, error) {
	ordinal := r.segment(pos)
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok || int(entry&^dirFlags) != ordinal {
		return false, err
	}
	p, err := r.part(ordinal, id)
	if err != nil {
		return false, err
	}
	if ok, err = t.openUpTo(pos-1, r, p, p.frameOf(id, pos), id); err != nil || !ok {
		return false, err
	}
	if err := t.playTo(pos - 1); err != nil {
		return false, err
	}
	e, more, err := t.peek()
	return more && e.pos == pos, err
}

// step does the next entry and says what it did to a path; Op is Same if the value is as before. It is not ok if no write was at,
// below or above the path, or nothing stood there before and after.
func (t *tape) step(key string, path value.Pointer) (c Change, ok bool, err error) {
	var old *value.Node
	touched := false
	e, err := t.play(func(w value.Write) error {
		if !touched && (w.Path.HasPrefix(path) || path.HasPrefix(w.Path)) {
			touched = true
			old = t.row.doc.Root().At(path).Clone()
		}
		return nil
	})
	if err != nil || !touched {
		return Change{Position: e.pos}, false, err
	}
	now := t.row.doc.Root().At(path)
	c = Change{Position: e.pos, Key: key, Path: path, Op: opBetween(old, now), Old: old}
	if old == nil && now == nil {
		return c, false, nil
	}
	c.New = now.Clone()
	return c, true, nil
}

func opBetween(old, now *value.Node) value.Op {
	switch {
	case old == nil && now == nil:
		return value.Same
	case old == nil:
		return value.Add
	case now == nil:
		return value.Remove
	case value.Equal(old, now):
		return value.Same
	}
	return value.Replace
}
