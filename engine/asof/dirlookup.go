package asof

import "asof/engine/event"

// askedPlace is a key whose last segment up to some position is looked for.
type askedPlace struct {
	id      uint32
	at      event.Position
	ordinal int // of the segment that at lies in
	entry   uint32
	found   bool
	place   place
}

// lastSegments is lastSegment of many keys, all of them in a run before the next.
func (r *reader) lastSegments(list []*askedPlace) error {
	left, last := append([]*askedPlace(nil), list...), -1
	for _, a := range list {
		last = max(last, a.ordinal)
	}
	for i := r.dirRunOf(last); i >= 0 && len(left) > 0; i-- {
		x, err := r.dirRun(i)
		if err != nil {
			return err
		}
		r.ix.probes.Runs.Add(uint64(len(left)))
		for _, a := range left {
			x.want(x.leafOf(a.id))
		}
		n := 0
		for _, a := range left {
			row, err := x.row(a.id)
			if err != nil {
				return err
			}
			if a.entry, a.found = lastUpTo(row, uint32(a.ordinal)); !a.found {
				left[n] = a
				n++
			} else if err := r.isSegment(a.entry); err != nil {
				return err
			}
		}
		left = left[:n]
	}
	return nil
}
