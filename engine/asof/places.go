package asof

import (
	"slices"

	"asof/engine/event"
	"asof/engine/store"
)

// place is where a key's document as of a position stands: nowhere if there is none.
type place struct {
	there bool
	id    uint32
	p     *part
	frame int
	group group  // in the frame, if that is held
	read  bool   // it is
	under *place // what the group stands on, if it has no keyframe
}

// place finds what has been written to a row up to at, in the segment of that number, which may begin behind at, and those before it.
func (r *reader) place(id uint32, ordinal int, at event.Position) (place, error) {
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok {
		return place{}, err
	}
	p, err := r.part(int(entry&^dirFlags), id)
	return place{there: true, id: id, p: p, frame: p.frameOf(id, at)}, err
}

// places finds keys as of a position, and the places that these stand on, step by step for all of them, so that what a step reads of the
// disk is read at once. Their frames are held.
func (r *reader) places(keys []string, at event.Position) ([]place, error) {
	names, rows := make([]asked, len(keys)), make([]askedPlace, len(keys))
	for i, key := range keys {
		names[i].name = key
	}
	if err := r.ids(names); err != nil {
		return nil, err
	}
	known := make([]*askedPlace, 0, len(keys))
	for i, a := range names {
		if a.found && a.seen <= at {
			rows[i] = r.askPlace(a.id, at)
			known = append(known, &rows[i])
		}
	}
	for r.hold(); len(known) > 0; {
		if err := r.locate(known); err != nil {
			return nil, err
		}
		next, err := r.below(known)
		if err != nil {
			return nil, err
		}
		known = next
	}
	places := make([]place, len(keys))
	for i := range rows {
		places[i] = rows[i].place
	}
	return places, nil
}

func (r *reader) askPlace(id uint32, at event.Position) askedPlace {
	return askedPlace{id: id, at: at, ordinal: r.segment(at)}
}

// locate finds the places of keys and asks for their frames.
func (r *reader) locate(rows []*askedPlace) error {
	if err := r.lastSegments(rows); err != nil {
		return err
	}
	r.wantParts(rows)
	for _, a := range rows {
		if !a.found {
			continue
		}
		p, err := r.part(int(a.entry&^dirFlags), a.id)
		if err != nil {
			return err
		}
		a.place = place{there: true, id: a.id, p: p, frame: p.frameOf(a.id, a.at)}
		p.want(a.place.frame)
	}
	return nil
}

// wantParts asks for the heads of the parts that keys were written to last, if this handle has not yet been there. Where it is not said
// where they lie, it goes down to them, all at once a page at a time.
func (r *reader) wantParts(rows []*askedPlace) {
	var list []*store.Descent
	segments := r.tx.Bucket([]byte(bucketSegments))
	for _, a := range rows {
		if !a.found {
			continue
		}
		ordinal := int(a.entry &^ dirFlags)
		part := a.id % r.extents[ordinal].parts
		if !r.reached.first(ordinal*r.head.Partitions + int(part)) {
			continue
		}
		if v, head := r.partAt(r.extents[ordinal], part); v != nil {
			store.WillNeed(v[:head])
		} else if b := segments.Bucket(posKey(r.extents[ordinal].first)); b != nil {
			list = append(list, store.NewDescent(b, []byte{byte(part)}, headGuess))
		}
	}
	for len(list) > 0 {
		list = slices.DeleteFunc(list, func(d *store.Descent) bool { return !d.Step(r.tx) })
	}
}

// below reads the groups of keys, and asks for the places that they stand on where they have no keyframe.
func (r *reader) below(rows []*askedPlace) (next []*askedPlace, err error) {
	var buf []byte // of what there is no room to hold
	for _, a := range rows {
		w := &a.place
		if !w.there {
			continue
		}
		frame, err := r.frame(w.p, w.frame, &buf)
		if err != nil {
			return nil, err
		}
		g, ok, err := findGroup(frame, a.id)
		if err != nil {
			return nil, err
		}
		w.group, w.read = g, ok && buf == nil
		if !ok || !g.back {
			continue
		}
		at := w.p.first - 1
		if g.serves(w.p, a.at) {
			if at, err = r.baseOf(w.p, g); err != nil {
				return nil, err
			}
		}
		one := r.askPlace(a.id, at)
		w.under = &one.place
		next = append(next, &one)
	}
	return next, nil
}
