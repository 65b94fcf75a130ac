package asof

import (
	"fmt"
	"strconv"

	"asof/engine/event"
	"asof/engine/value"
)

// bucketOf plays the groups of buckets, and checks that each keyframe of one is what the writes before it make of it. That buckets
// say what their documents do shows where those are put together: at the beginning of every segment, and at the end.
func (v *verifier) bucketOf(r *reader) func(p *part, g group, f int) error {
	return func(p *part, g group, f int) error {
		var m mover
		if err := m.tape.load(r, p, g, f); err != nil {
			return err
		}
		sum := m.moved("", m.tape.row.doc.Root())
		if was, known := v.buckets[g.id]; known && was != sum {
			return fmt.Errorf("%w: keyframe of bucket %d in the segment at %d", ErrMismatch, g.id, p.first)
		}
		_, err := m.run(0, event.Position(1<<64-1), func(move move) { sum += move.by })
		v.buckets[g.id], v.found[g.id] = sum, presence{}
		return err
	}
}

// going checks the keyframe of a document with shelves, without their members.
func (v *verifier) going(id uint32, now, keyframe *row) error {
	v.wide[id] = v.wide[id] || len(now.shelves) > 0
	hollow := make(map[*value.Node]bool)
	for i := range now.shelves {
		hollow[now.doc.Root().At(now.shelves[i].path)] = true
	}
	if sumHollow(0, now.doc.Root(), hollow) != sumHollow(0, keyframe.doc.Root(), nil) || now.doc.Changed() != keyframe.doc.Changed() {
		return fmt.Errorf("%w: keyframe of a document with shelves", ErrMismatch)
	}
	return nil
}

// sumHollow is sumTree as if some objects had no members.
func sumHollow(path uint64, n *value.Node, hollow map[*value.Node]bool) uint64 {
	sum := mix(mix(0, path), hashNode(n))
	if hollow[n] {
		return sum
	}
	for name, v := range n.Members() {
		sum += sumHollow(hashChild(path, name), v, hollow)
	}
	for i, v := range n.Items() {
		sum += sumHollow(hashChild(path, strconv.Itoa(i)), v, hollow)
	}
	return sum
}

// shelves checks the documents with shelves as they stand at the end.
func (v *verifier) shelves(r *reader) error {
	for id := range v.wide {
		w, err := r.row(id, v.upTo)
		if err != nil {
			return err
		}
		name, err := r.name(id)
		if err != nil {
			return err
		}
		m := mover{key: hashKey(name)}
		if m.moved("", w.doc.Root()) != v.sums[id] {
			return fmt.Errorf("%w: %q at position %d", ErrMismatch, name, v.upTo)
		}
	}
	return nil
}
