package asof

import (
	"context"
	"iter"

	"asof/engine/event"
	"asof/engine/value"
)

// Diff yields what has to be done to the state at from to make it the state at to: for one key, or for all with key "". Keys come
// in the order of their first event in between; to may be before from.
func (ix *Index) Diff(ctx context.Context, from, to event.Position, key string) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		one := func(name string) bool {
			rows, err := ix.diffKey(ctx, name, from, to)
			for _, d := range rows {
				if !yield(d, nil) {
					return false
				}
			}
			if err != nil {
				yield(Difference{}, err)
			}
			return err == nil
		}
		if key != "" {
			one(key)
			return
		}
		for name, err := range ix.Touched(ctx, min(from, to), max(from, to)) {
			if err != nil {
				yield(Difference{}, err)
				return
			}
			if !one(name) {
				return
			}
		}
	}
}

func (ix *Index) diffKey(ctx context.Context, key string, from, to event.Position) (rows []Difference, err error) {
	var removed []int // rows whose writer is not a stamp
	err = ix.read(ctx, func(r *reader) error {
		rows, removed = nil, nil
		id, ok, err := r.known(key, max(from, to))
		if err != nil || !ok {
			return err
		}
		a, err := r.row(id, from)
		if err != nil {
			return err
		}
		b, err := r.row(id, to)
		if err != nil {
			return err
		}
		for _, d := range value.Diff(a.doc.Root(), b.doc.Root()) {
			row := Difference{Key: key, Path: d.Path, Op: d.Op, Old: d.Old, New: d.New}
			switch {
			case d.New != nil:
				row.Position = event.Position(d.New.Changed())
			case d.Path != "" && b.doc.Root().At(d.Path.Parent()).Kind() == value.Array: // its items have moved up
				row.Position = stampOf(b, d.Path.Parent())
			default:
				removed = append(removed, len(rows))
			}
			rows = append(rows, row)
		}
		return nil
	})
	for _, i := range removed {
		if err != nil {
			break
		}
		var c Change
		c, _, err = ix.Prev(ctx, key, rows[i].Path, to+1)
		rows[i].Position = c.Position
	}
	return rows, err
}
