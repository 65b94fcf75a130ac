package asof

import (
	"context"
	"strings"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// Written is one write as it is stored. It is on loan until the visit returns.
type Written struct {
	Position event.Position
	ID       uint32        // the key's number
	Path     value.Pointer // where it wrote
	Kind     value.Kind    // of what it wrote; Absent for a removal
	Raw      []byte        // the text of a number, text or bool; the encoding of a list or object, in which texts stand as they are

	u *writtenUnit
}

// Key is the key that it wrote to.
func (w *Written) Key() (string, error) { return w.u.r.name(w.ID) }

// Node is what it wrote, as a value that may be kept; nil for a removal.
func (w *Written) Node() (*value.Node, error) {
	if w.Kind == value.Absent {
		return nil, nil
	}
	n, err := decodeValue(append([]byte{byte(w.Kind)}, w.Raw...), w.u.r.layout.names)
	return n.Copy(), err
}

// WalkWrites visits the writes of the events of from … to that have altered a value, in parallel and without making documents of
// them. What the visitors keep comes as Walk returns it.
func WalkWrites[T any](ctx context.Context, ix *Index, from, to event.Position, key string, worker func() func(*Written) (T, bool, error)) ([]T, error) {
	return gatherUnits(ctx, ix, WalkOptions{From: from, To: to, Key: key}, func(u walkUnit, keep func(event.Position, uint32, T)) unit {
		visit := worker()
		return &writtenUnit{walkUnit: u, see: func(w *Written) error {
			what, ok, err := visit(w)
			if ok {
				keep(w.Position, w.ID, what)
			}
			return err
		}}
	})
}

// writtenUnit reads the writes of one partition of a segment.
type writtenUnit struct {
	walkUnit
	see func(*Written) error
}

func (u *writtenUnit) run(ctx context.Context, ix *Index) error {
	for !u.done {
		if err := ix.read(ctx, u.read); err != nil {
			return err
		}
	}
	return nil
}

func (u *writtenUnit) read(r *reader) error {
	if err := u.begin(r); err != nil {
		return err
	}
	last := u.p.frames - 1
	if u.keyed {
		first, end := u.p.span(u.key)
		u.frame, last = max(u.frame, first), end
	}
	for ; u.frame <= last; u.frame++ {
		if wait, err := u.pause(); wait || err != nil {
			return err
		}
		if err := u.open(u.frame); err != nil {
			return err
		}
		for rest := u.buf; len(rest) > 0; {
			var g group
			var err error
			if g, rest, err = nextGroup(rest); err != nil {
				return err
			}
			if u.keyed && g.id != u.key {
				continue
			}
			if err := u.group(g); err != nil {
				return err
			}
		}
	}
	u.done = true
	return nil
}

func (u *writtenUnit) group(g group) error {
	w := Written{ID: g.id, u: u}
	for list := (entries{part: u.p, src: g.entries, pos: u.p.first - 1}); !list.done(); {
		e, err := list.next()
		if err != nil || e.pos > u.to {
			return err
		}
		for range e.writes {
			raw, err := list.write()
			if err != nil {
				return err
			}
			if e.pos < u.from || raw.code == codeSame || raw.code == codeIdentical {
				continue
			}
			path, err := u.p.pathText(raw.path)
			if err != nil {
				return err
			}
			w.Position, w.Path, w.Kind, w.Raw = e.pos, value.Pointer(path), value.Absent, nil
			if len(raw.body) > 0 {
				w.Kind, w.Raw = value.Kind(raw.body[0]), raw.body[1:]
			}
			if err := u.see(&w); err != nil {
				return err
			}
		}
	}
	return nil
}

// Keep is a path that may be kept.
func (w *Written) Keep() value.Pointer { return value.Pointer(strings.Clone(string(w.Path))) }

// begin finds the partition again after the file was let go of.
func (u *walkUnit) begin(r *reader) error {
	ordinal := r.segment(u.first)
	if ordinal < 0 || r.extents[ordinal].first != u.first || r.extents[ordinal].last != u.last || r.extents[ordinal].parts != u.parts {
		return errMoved
	}
	mine := *r
	mine.scratch = &u.own
	u.r, u.opened, u.began = &mine, 0, time.Now()
	var err error
	u.p, err = r.part(ordinal, u.part) // key i is in partition i
	return err
}
