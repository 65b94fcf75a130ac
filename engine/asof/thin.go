package asof

import (
	"fmt"

	"asof/engine/event"
	"asof/engine/value"
)

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

func newThin(u *walkUnit) *thin {
	t := &thin{u: u, now: value.NewSketch(u.o.Fields)}
	if u.o.Before {
		t.before = value.NewSketch(u.o.Fields)
	}
	return t
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
