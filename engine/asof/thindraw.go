package asof

import (
	"fmt"

	"asof/engine/event"
)

// draw finds out how the fields stand before the next entry. No entry before has changed them.
func (t *thin) draw() error {
	if t.drawn {
		return nil
	}
	t.drawn = true
	if err := t.drawBefore(); err != nil {
		return err
	}
	if t.before != nil {
		for i := range t.u.o.Fields {
			t.before.PutLike(i, t.now)
		}
	}
	return nil
}

func (t *thin) drawBefore() error {
	names := t.u.r.layout.names
	if t.group.wide && !t.group.back {
		t.u.own.journal.Reuse()
		wide := tape{scope: t.scope()}
		if err := wide.load(t.u.r, t.u.p, t.group, t.frame); err != nil {
			return err
		}
		t.drawRow(wide.row)
		return nil
	}
	if !t.group.back {
		_, doc, err := uvarint(t.group.row) // tainted
		if err == nil {
			err = t.now.Load(doc, names)
		}
		if err != nil {
			return fmt.Errorf("%w: keyframe: %w", ErrDamaged, err)
		}
		return nil
	}
	if text, known := t.u.carry.get(t.group.id); known {
		if text == nil {
			t.now.Clear()
			return nil
		}
		return t.now.LoadFields(text, names)
	}
	ok, err := t.drawPast(t.group.id, t.u.p.first-1, 0)
	if ok || err != nil {
		return err
	}
	t.u.own.journal.Reuse()
	fields := t.scope()
	row, err := t.u.r.rowBefore(t.group.id, t.u.p.first, &fields)
	if err != nil {
		return err
	}
	t.drawRow(row)
	return nil
}

// drawPast draws the fields of a key as they stood at the end of the last segment up to at that wrote to it; not ok if they have
// to be found out in another way.
func (t *thin) drawPast(id uint32, at event.Position, depth int) (ok bool, err error) {
	if depth > maxBack {
		return false, nil
	}
	w, g, ok, err := t.u.past(id, at)
	if err != nil || !ok || g.wide { // whose row has not all
		return false, err
	}
	if !w.touches {
		w.touches = true
		w.paths, err = t.touches(w.p)
	}
	if err != nil || w.paths.list == nil {
		return false, err
	}
	if g.patched {
		var end event.Position
		if end, err = t.u.r.baseOf(w.p, g); err != nil {
			return false, err
		}
		if ok, err = t.drawPast(id, end, depth+1); ok && err == nil {
			err = t.replay(w, g.changes(w.p))
		}
	} else if g.back {
		ok, err = t.drawPast(id, w.p.first-1, depth+1)
	} else {
		var doc []byte
		if _, doc, err = uvarint(g.row); err == nil {
			err = t.now.Load(doc, t.u.r.layout.names)
		}
	}
	if err != nil || !ok {
		return false, err
	}
	return true, t.replay(w, entries{part: w.p, src: g.entries, pos: w.p.first - 1})
}

// replay does all writes of a group of the past.
func (t *thin) replay(w *past, list entries) error {
	mine, entriesNow, changed := t.paths, t.entries, t.changed
	t.paths, t.entries = w.paths, list
	defer func() { t.paths, t.entries, t.changed = mine, entriesNow, changed }()
	for !t.entries.done() {
		if _, err := t.entry(); err != nil {
			return err
		}
	}
	return nil
}

// scope is what of a document with shelves the fields are in.
func (t *thin) scope() scope { return scope{few: true, paths: t.u.o.Fields} }

func (t *thin) drawRow(w row) {
	for i, path := range t.u.o.Fields {
		t.now.Put(i, w.doc.Root().At(path))
	}
}

func (t *thin) untold(id uint32) error {
	t.group, t.drawn, t.dirty, t.entries.src = group{id: id, back: true}, len(t.u.o.Fields) == 0, false, nil
	t.changed = t.changed[:0]
	if t.drawn {
		return nil
	}
	if _, known := t.u.carry.get(id); known {
		return nil
	}
	t.u.own.journal.Reuse()
	row, err := t.u.r.rowWithin(id, t.u.first-1, t.scope())
	if err != nil {
		return err
	}
	t.drawRow(row)
	if t.before != nil {
		for i := range t.u.o.Fields {
			t.before.PutLike(i, t.now)
		}
	}
	t.drawn = true
	return nil
}
