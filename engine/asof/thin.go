package asof

import (
	"fmt"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// player plays a key's group for a walk: the document after each entry, and where asked for the one before.
type player interface {
	// load winds to the start of a group in frame f.
	load(g group, f int) error
	// peek is the next entry, without moving.
	peek() (entry, bool, error)
	// play does the next entry. It reports whether it may have changed what the walk asks about.
	play() (bool, error)
	// skim plays entries up to the next one that may have changed what the walk asks about; not more at the group's end.
	skim() (at event.Position, more bool, err error)
	// settle makes the document before the one after.
	settle() error
	// untold winds to a key that the segment does not write to.
	untold(id uint32) error
	// documents are those before and after the last entry.
	documents() (before, after *value.Node, err error)
	// leave is told that the walk goes on with another key.
	leave() error
}

// carried is a row that the walk has carried over, for a group without one.
func (f *fat) carried(g group) group {
	if g.back && !g.wide {
		if text, known := f.u.carry.get(g.id); known && text != nil {
			g.back, g.patched, g.row = false, false, text
		}
	}
	return g
}

// fat plays whole documents.
type fat struct {
	u      *walkUnit
	now    tape
	lag    tape // one entry behind
	behind bool // lag is to follow
}

func (f *fat) load(g group, frame int) error {
	f.behind = false
	if !f.goesOn(g, frame) {
		f.u.own.journal.Reuse()
		f.now.row.doc, f.lag.row.doc = nil, nil // their room has been given to others
	}
	f.now.walk, f.lag.walk = f.u, f.u
	g = f.carried(g)
	if err := f.now.load(f.u.r, f.u.p, g, frame); err != nil || !f.u.o.Before {
		return err
	}
	return f.lag.load(f.u.r, f.u.p, g, frame)
}

// goesOn reports whether the group follows what has been played, whose documents are still needed.
func (f *fat) goesOn(g group, frame int) bool {
	return f.now.goesOn(f.u.p, g, frame) && (!f.u.o.Before || f.lag.goesOn(f.u.p, g, frame))
}

func (f *fat) peek() (entry, bool, error) { return f.now.peek() }

func (f *fat) play() (bool, error) {
	f.behind = true
	_, err := f.now.play(f.u.see)
	return true, err
}

func (f *fat) settle() error {
	if !f.behind || !f.u.o.Before {
		return nil
	}
	f.behind = false
	_, err := f.lag.play(nil)
	return err
}

func (f *fat) untold(id uint32) (err error) {
	f.behind = false
	f.u.own.journal.Reuse()
	f.now.entries.src, f.now.id, f.lag.id = nil, noSegment, noSegment
	f.now.row, err = f.u.r.row(id, f.u.first-1)
	f.lag.row = f.now.row
	return err
}

func (f *fat) documents() (before, after *value.Node, err error) {
	after = f.now.row.doc.Root()
	if f.u.o.Before {
		before = f.lag.row.doc.Root()
	}
	return before, after, nil
}

// leave carries the document over to the key's next group. One with shelves is found again there.
func (f *fat) leave() error {
	u := f.u
	switch {
	case u.to != u.last || u.carry.c == nil:
	case len(f.now.row.shelves) > 0:
		u.carry.fill(u.moment.ID, func([]byte) []byte { return nil })
	default:
		u.carry.fill(u.moment.ID, func(room []byte) []byte { return appendRow(room, &f.now.row, f.now.names) })
	}
	return nil
}

// thin plays the fields alone that a walk asks about. It makes no documents: it reads past what it does not need.
type thin struct {
	u       *walkUnit
	now     *value.Sketch
	before  *value.Sketch // nil if nobody asks for it
	paths   touchings
	of      event.Position
	entries entries
	group   group
	frame   int   // that group is in
	drawn   bool  // now is as before the next entry; else that is still to be found out
	changed []int // fields by which before is behind
	dirty   bool  // the group has changed a field
}

// touchings is what the paths of a part have to do with the fields, by their numbers.
type touchings struct {
	list []touching // nil if one lies inside of a field
	dull dull
}

// touching is what a path has to do with the fields.
type touching struct {
	kind   uint8 // touchNone …
	field  int
	fields []int // of touchAbove
	path   value.Pointer
}

const (
	touchNone  = iota
	touchField // it is a field
	touchAbove // fields lie below it
)

func newThin(u *walkUnit) *thin {
	t := &thin{u: u, now: value.NewSketch(u.o.Fields)}
	if u.o.Before {
		t.before = value.NewSketch(u.o.Fields)
	}
	return t
}

// suits reports whether thin can play a part: no path that it writes at lies inside of a field.
func (t *thin) suits() (ok bool, err error) {
	if t.of == t.u.first && len(t.paths.list) == t.u.p.paths {
		return true, nil
	}
	t.of = t.u.first
	t.paths, err = t.touches(t.u.p)
	return t.paths.list != nil, err
}

// touches says what each path of a part has to do with the fields.
func (t *thin) touches(p part) (touchings, error) {
	paths := touchings{make([]touching, p.paths), make(dull, p.paths)}
	for i := range paths.list {
		paths.dull[i] = 1 << codeIdentical
		text, err := p.pathText(uint64(i))
		if err != nil {
			return touchings{}, err
		}
		fields, above := t.now.Below(value.Pointer(text))
		switch {
		case above >= 0:
			return touchings{}, nil
		case len(fields) == 0:
			paths.dull[i] = allDull
		case len(fields) == 1 && value.Pointer(text) == t.u.o.Fields[fields[0]]:
			paths.list[i] = touching{kind: touchField, field: fields[0]}
		default:
			paths.list[i] = touching{kind: touchAbove, fields: fields, path: value.Pointer(strings.Clone(text))}
		}
	}
	return paths, nil
}

func (t *thin) load(g group, f int) error {
	t.frame = f
	t.dirty = t.dirty && t.group.id == g.id // a group that goes on in another frame
	t.group, t.drawn = g, len(t.u.o.Fields) == 0
	t.entries = entries{part: t.u.p, src: g.entries, pos: t.u.p.first - 1}
	t.changed = t.changed[:0]
	return nil
}

func (t *thin) peek() (entry, bool, error) { return t.entries.peek() }

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

func (t *thin) play() (bool, error) {
	touched, err := t.entry()
	t.dirty = t.dirty || touched
	return touched, err
}

// entry does the next entry to the fields. It reports whether it wrote to one.
func (t *thin) entry() (touched bool, err error) {
	e, err := t.entries.next()
	if err != nil {
		return false, err
	}
	for left := t.entries.pass(e.writes, t.paths.dull); left > 0; left = t.entries.pass(left-1, t.paths.dull) {
		var w write
		if !t.entries.cut(&w) {
			if w, err = t.entries.write(); err != nil {
				return false, err
			}
		}
		if w.path >= uint64(len(t.paths.list)) {
			return false, fmt.Errorf("%w: segment at %d: no path %d", ErrDamaged, t.u.first, w.path)
		}
		use := &t.paths.list[w.path]
		if use.kind == touchNone || w.code == codeIdentical {
			continue
		}
		if len(t.u.o.Fields) == 1 && t.before == nil && use.kind == touchField && w.code != codeTail {
			t.drawn = true // it is about to be overwritten
		} else if err := t.draw(); err != nil {
			return false, err
		}
		touched = true
		if err := t.write(use, w); err != nil {
			return false, fmt.Errorf("%w: write at %d: %w", ErrDamaged, e.pos, err)
		}
	}
	return touched, nil
}

// write does a write to the fields that it touches.
func (t *thin) write(use *touching, w write) error {
	names := t.u.r.layout.names
	if use.kind == touchAbove {
		var n *value.Node
		if w.code != codeRemove {
			var err error
			if n, err = value.DecodeValue(w.body, names); err != nil {
				return err
			}
		}
		if w.code == codeTail {
			n = nil // the text of something that is no object
		}
		t.now.Draw(use.path, n)
		t.changed = append(t.changed, use.fields...)
		return nil
	}
	t.changed = append(t.changed, use.field)
	if w.code == codeRemove {
		t.now.Put(use.field, nil)
		return nil
	}
	kind, text, ok := value.Scalar(w.body)
	switch {
	case !ok:
		n, err := value.DecodeValue(w.body, names)
		t.now.Put(use.field, n)
		return err
	case w.code == codeTail:
		old := t.now.Field(use.field)
		if w.shared > uint64(len(old.Text())) {
			return fmt.Errorf("%d bytes of %d", w.shared, len(old.Text()))
		}
		t.now.PutText(use.field, old.Kind(), old.Text()[:w.shared]+text)
	default:
		t.now.PutText(use.field, kind, text)
	}
	return nil
}

func (t *thin) settle() error {
	if t.before != nil {
		for _, i := range t.changed {
			t.before.PutLike(i, t.now)
		}
	}
	t.changed = t.changed[:0]
	return nil
}

func (t *thin) documents() (before, after *value.Node, err error) {
	if err := t.draw(); err != nil {
		return nil, nil, err
	}
	if t.before != nil {
		before = t.before.Root()
	}
	return before, t.now.Root(), nil
}

// leave carries the fields over to the key's next group.
func (t *thin) leave() error {
	if !t.dirty || t.u.to != t.u.last || t.u.carry.c == nil {
		return nil
	}
	if err := t.draw(); err != nil { // the texts of the frame before, in which the group began, are gone
		return err
	}
	t.u.carry.put(t.group.id, t.now, t.u.r.layout.names)
	return nil
}
