package asof

import (
	"context"
	"slices"

	"asof/engine/event"
	"asof/engine/value"
)

// alone is up to how many positions one goroutine walks, rather than to wait for others, and fewPositions of how many it is looked up
// beforehand which partitions have them.
const (
	alone        = 64
	fewPositions = 4096
)

// walkUnits cuts a walk into the partitions of its segments.
func (ix *Index) walkUnits(ctx context.Context, o WalkOptions) (units []walkUnit, err error) {
	err = ix.read(ctx, func(r *reader) error {
		units = nil
		if err := r.reaches(o.To); err != nil {
			return err
		}
		if o.Key != "" || o.Only != nil {
			o.Carry = nil
		}
		key, keyed := uint32(0), o.Key != ""
		if keyed {
			id, seen, ok, err := r.id(o.Key)
			if err != nil || !ok || seen > o.To {
				return err
			}
			key = id
		}
		for i, e := range r.extents {
			if e.last < o.From || e.first > o.To {
				continue
			}
			if o.Changes {
				if skip, err := r.untouched(i, o.Fields); err != nil {
					return err
				} else if skip {
					continue
				}
			}
			if o.Carry != nil {
				o.Carry.fit(e.parts)
				if len(units) > 0 || o.From > e.first {
					o.Carry.lose() // only whole segments, one after the other, carry everything over
				}
			}
			u := walkUnit{o: o, first: e.first, last: e.last, parts: e.parts, key: key, keyed: keyed}
			u.from, u.to = max(o.From, e.first), min(o.To, e.last)
			has := func(part uint32) bool { return !keyed || key%e.parts == part }
			if !keyed && u.to-u.from < fewPositions {
				parts, err := r.partsWith(i, u.from, u.to)
				if err != nil {
					return err
				}
				has = func(part uint32) bool { return parts[part] }
			}
			for u.part = range e.parts {
				u.carry = carried{o.Carry, u.part}
				if has(u.part) {
					units = append(units, u)
				}
			}
		}
		return nil
	})
	return units, err
}

// partsWith are the partitions of the keys that the events from … to of a segment belong to.
func (r *reader) partsWith(ordinal int, from, to event.Position) ([]bool, error) {
	column, err := r.column(ordinal)
	if err != nil {
		return nil, err
	}
	parts := make([]bool, r.extents[ordinal].parts)
	var room [8]uint32
	for pos := from; pos <= to; pos++ {
		for _, id := range column.at(pos, room[:0]) {
			parts[int(id)%len(parts)] = true
		}
	}
	return parts, nil
}

// untouched reports whether a segment has changed nothing at, above or below any of the paths.
func (r *reader) untouched(ordinal int, paths []value.Pointer) (bool, error) {
	if len(paths) == 0 {
		return false, nil
	}
	st, err := r.stats(ordinal)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(paths, st.touches), nil
}
