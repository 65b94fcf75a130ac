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
}

// place finds what has been written to a row up to at, in the segment of that number, which may begin behind at, and those before it.
func (r *reader) place(id uint32, ordinal int, at event.Position) (place, error) {
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok {
		return place{}, err
	}
	p, err := r.part(int(entry&^dirFlags), id)
	return place{true, id, p, p.frameOf(id, at)}, err
}

// places finds keys as of a position, step by step for all of them, so that what a step reads of the disk is read at once. If their
// frames had to be asked for, those that these stand on are as well.
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
	cold, err := r.locate(known)
	for wave := 0; cold && err == nil && wave < maxBack; wave++ {
		if known, err = r.below(known); err == nil {
			cold, err = r.locate(known)
		}
	}
	places := make([]place, len(keys))
	for i := range rows {
		places[i] = rows[i].place
	}
	return places, err
}

func (r *reader) askPlace(id uint32, at event.Position) askedPlace {
	return askedPlace{id: id, at: at, ordinal: r.segment(at)}
}

// locate finds the places of keys and asks for their frames. Cold means that not all of them had been read before.
func (r *reader) locate(rows []*askedPlace) (cold bool, err error) {
	if err := r.lastSegments(rows); err != nil {
		return false, err
	}
	r.wantParts(rows)
	for _, a := range rows {
		if !a.found {
			continue
		}
		p, err := r.part(int(a.entry&^dirFlags), a.id)
		if err != nil {
			return false, err
		}
		a.place = place{true, a.id, p, p.frameOf(a.id, a.at)}
		cold = p.want(a.place.frame) || cold
	}
	return cold, nil
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

// below reads the groups of keys, and holds their frames, for the places that they stand on where they have no keyframe.
func (r *reader) below(rows []*askedPlace) (next []*askedPlace, err error) {
	r.hold()
	var buf []byte
	for _, a := range rows {
		if !a.found {
			continue
		}
		frame, err := r.frame(a.place.p, a.place.frame, &buf)
		if err != nil {
			return nil, err
		}
		g, ok, err := findGroup(frame, a.id)
		if err != nil {
			return nil, err
		}
		if !ok || !g.back {
			continue
		}
		at := a.place.p.first - 1
		if g.serves(a.place.p, a.at) {
			if at, err = r.baseOf(a.place.p, g); err != nil {
				return nil, err
			}
		}
		one := r.askPlace(a.id, at)
		next = append(next, &one)
	}
	return next, nil
}
