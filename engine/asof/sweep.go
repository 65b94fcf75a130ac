package asof

import (
	"asof/engine/event"
	"asof/engine/value"
)

// sweep plays all groups of a segment whose entries lie after from, up to to.
type sweep struct {
	r        *reader
	from, to event.Position
	ignore   []value.Pointer
	visit    func(move)
	keyframe func(id uint32, w *row, sum uint64) error // if not nil, shown each keyframe that a group begins with, and its hash
	going    func(id uint32, now, keyframe *row) error // if not nil, shown that of a group that goes on, without the members of shelves
	bucket   func(p *part, g group, f int) error       // if not nil, shown the groups of buckets
	buf      []byte
	last     mover // of a document with shelves
}

func (w *sweep) segment(ordinal int) error {
	for i := range w.r.extents[ordinal].parts {
		p, err := w.r.part(ordinal, i) // key i is in partition i, since there are more keys than partitions or none
		if err != nil {
			return err
		}
		for f := range p.frames {
			if err := w.r.ctx.Err(); err != nil {
				return err
			}
			if err := w.frame(p, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *sweep) frame(p *part, f int) error {
	var err error
	w.r.ix.probes.Frames.Add(1)
	p.wantOn(f)
	if w.buf, err = p.frame(f, w.buf); err != nil {
		return err
	}
	for rest := w.buf; len(rest) > 0; {
		var g group
		if g, rest, err = nextGroup(rest); err != nil {
			return err
		}
		if g.id >= firstRow {
			if w.bucket == nil {
				continue
			}
			if err := w.bucket(p, g, f); err != nil {
				return err
			}
			continue
		}
		if err := w.group(p, g, f); err != nil {
			return err
		}
	}
	return nil
}

func (w *sweep) group(p *part, g group, f int) error {
	if ok, err := w.meets(p, g); err != nil || !ok {
		return err
	}
	name, err := w.r.name(g.id)
	if err != nil {
		return err
	}
	m := &mover{}
	if g.wide {
		m = &w.last
	}
	m.key, m.id, m.ignore = hashKey(name), g.id, w.ignore
	goesOn := m.tape.goesOn(p, g, f)
	if err := m.tape.load(w.r, p, g, f); err != nil {
		return err
	}
	switch {
	case goesOn && w.going != nil:
		keyframe, _, err := decodeRow(g.row, w.r.docs, w.r.layout.names)
		if err == nil {
			err = w.going(g.id, &m.tape.row, &keyframe)
		}
		if err != nil {
			return err
		}
	case !goesOn && w.keyframe != nil:
		if err := w.keyframe(g.id, &m.tape.row, m.moved("", m.tape.row.doc.Root())); err != nil {
			return err
		}
	}
	_, err = m.run(w.from, w.to, w.visit)
	return err
}

// meets reports whether a group has an entry in the stretch. It reads no document for that.
func (w *sweep) meets(p *part, g group) (bool, error) {
	ahead := entries{part: p, src: g.entries, pos: p.first - 1}
	for !ahead.done() {
		e, err := ahead.next()
		if err != nil || e.pos > w.to {
			return false, err
		}
		if e.pos > w.from {
			return true, nil
		}
		if err := ahead.skip(e.writes); err != nil {
			return false, err
		}
	}
	return false, nil
}
