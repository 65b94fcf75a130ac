package asof

import (
	"context"
	"slices"

	"asof/engine/event"
	"asof/engine/value"
)

// Hash is a hash of the whole state at a position: of every key's document, by value. Equal states have equal hashes, whatever
// index they come from.
func (ix *Index) Hash(ctx context.Context, at event.Position) (uint64, error) {
	t, err := ix.totals(ctx, at)
	return t.state, err
}

// HistoryHash is a hash of all states up to a position: of what every event changed, by value.
func (ix *Index) HistoryHash(ctx context.Context, at event.Position) (uint64, error) {
	t, err := ix.totals(ctx, at)
	return t.history, err
}

func (ix *Index) totals(ctx context.Context, at event.Position) (t totals, err error) {
	err = ix.read(ctx, func(r *reader) error {
		t, err = r.totalsAt(at)
		return err
	})
	return t, err
}

// totalsAt starts from the nearest stored totals and does again, or undoes, what at most stride/2 events did in between.
func (r *reader) totalsAt(at event.Position) (totals, error) {
	if err := r.reaches(at); err != nil || at == 0 {
		return totals{}, err
	}
	ordinal := r.segment(at)
	last := r.extents[ordinal].last
	from, sum, err := r.mark(ordinal, at)
	if err != nil || from == at {
		return sum, err
	}
	to, add := at, (*totals).add
	if next := min(at/stride*stride+stride, last); next-at < at-from {
		if from, to, add = at, next, (*totals).sub; next == last {
			sum = r.extents[ordinal].sum
		} else if _, sum, err = r.mark(ordinal, next); err != nil {
			return totals{}, err
		}
	}
	if from == to {
		return sum, nil
	}
	column, err := r.column(ordinal)
	if err != nil {
		return totals{}, err
	}
	var ids []uint32
	for pos := from + 1; pos <= to; pos++ {
		ids = column.at(pos, ids)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := r.moves(ordinal, id, from, to, func(m move) { add(&sum, m) }); err != nil {
			return totals{}, err
		}
	}
	return sum, nil
}

// mark is the last stored totals of a segment up to a position, and where they stand.
func (r *reader) mark(ordinal int, at event.Position) (event.Position, totals, error) {
	first := r.extents[ordinal].first
	base := at / stride * stride
	if base < first {
		return first - 1, r.totalsBefore(ordinal), nil
	}
	v, err := r.value(first, valueMarks)
	if err != nil {
		return 0, totals{}, err
	}
	t, ok := openMarks(v, first).at(base)
	if !ok {
		return 0, totals{}, r.damage(first, "no totals")
	}
	return base, t, nil
}

func (t *totals) add(m move) {
	t.state += m.by
	t.history += factor(m.pos) * m.by
	t.alive += uint64(int64(m.alive))
}

func (t *totals) sub(m move) {
	t.state -= m.by
	t.history -= factor(m.pos) * m.by
	t.alive -= uint64(int64(m.alive))
}

// move is by how much one event moved the hash of the state through one key.
type move struct {
	pos   event.Position
	id    uint32
	by    uint64
	alive int
}

// moves plays one key's entries of a segment after from, up to to.
func (r *reader) moves(ordinal int, id uint32, from, to event.Position, visit func(move)) error {
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok || int(entry&^dirFlags) != ordinal {
		return err
	}
	p, err := r.part(ordinal, id)
	if err != nil {
		return err
	}
	name, err := r.name(id)
	if err != nil {
		return err
	}
	_, last := p.span(id)
	m := mover{key: hashKey(name), id: id}
	m.tape.scope = scope{few: true, from: from + 1, to: to}
	for f := p.frameOf(id, from); f <= last; f++ {
		if ok, err := m.tape.openUpTo(from, r, p, f, id); err != nil || !ok {
			return err
		}
		if more, err := m.run(from, to, visit); err != nil || !more {
			return err
		}
	}
	return nil
}

// mover plays a tape and books what moves.
type mover struct {
	tape   tape
	key    uint64
	id     uint32
	ignore []value.Pointer
}

// run plays the tape after from up to to; more reports whether it came to the tape's end before to.
func (m *mover) run(from, to event.Position, visit func(move)) (more bool, err error) {
	t := &m.tape
	for {
		e, ok, err := t.peek()
		if err != nil || !ok {
			return true, err
		}
		if e.pos > to {
			return false, nil
		}
		if e.pos <= from {
			if _, err := t.play(nil); err != nil {
				return false, err
			}
			continue
		}
		now := move{pos: e.pos, id: m.id}
		before := t.row.doc.Root() != nil
		if _, err := t.play(func(w value.Write) error {
			if w.Op != value.Same {
				now.by += m.moved(w.Path, w.New) - m.moved(w.Path, t.row.doc.Root().At(w.Path))
			}
			return nil
		}); err != nil {
			return false, err
		}
		after := t.row.doc.Root() != nil
		if before != after {
			now.alive = 1
			if before {
				now.alive = -1
			}
		}
		visit(now)
	}
}

// moved sums the terms of what stands at a path, without the paths that are ignored.
func (m *mover) moved(p value.Pointer, n *value.Node) uint64 {
	if n == nil {
		return 0
	}
	if len(m.ignore) == 0 {
		return sumTree(m.key, hashPath(p), n)
	}
	for _, q := range m.ignore {
		if p.HasPrefix(q) {
			return 0
		}
	}
	sum := mix(mix(m.key, hashPath(p)), hashNode(n))
	for name, v := range n.Members() {
		sum += m.moved(p.Child(name), v)
	}
	for i, v := range n.Items() {
		sum += m.moved(p.Elem(i), v)
	}
	return sum
}
