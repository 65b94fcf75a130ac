package asof

import (
	"sort"

	"asof/engine/event"
)

// dirIndex looks keys up in a run of the directory, of which it reads few pages.
type dirIndex struct {
	pages
	n, m int
}

func openDirIndex(head []byte, p pages) (dirIndex, error) {
	n, m, err := dirSizes(head, len(p.body))
	return dirIndex{pages: p, n: n, m: m}, err
}

// askedRow is a key that is looked up, one step after the other, so that of many keys each step's pages are asked for at once.
type askedRow struct {
	id   uint32
	lo   int // the ids that may be it
	hi   int
	from int // of its segments
	to   int
}

func (x *dirIndex) idsAt() int    { return 4 * dirTops(x.n) }
func (x *dirIndex) startsAt() int { return x.idsAt() + 4*x.n }
func (x *dirIndex) segsAt() int   { return x.startsAt() + 4*(x.n+1) }

// first is the first of n numbers from a place on for which above is true.
func (x *dirIndex) first(from, n int, above func(v uint32) bool) (i int, err error) {
	i = sort.Search(n, func(i int) bool {
		var v uint32
		if err == nil {
			v, err = x.u32(from, i)
		}
		return err != nil || above(v)
	})
	return i, err
}

// The steps of a look-up. Each asks for what the next one reads.

func (x *dirIndex) start(*askedRow) error {
	x.want(0, x.idsAt())
	return nil
}

func (x *dirIndex) block(a *askedRow) error {
	i, err := x.first(0, dirTops(x.n), func(v uint32) bool { return v > a.id })
	if err != nil {
		return err
	}
	a.lo, a.hi = max(i-1, 0)*dirBlock, min(i*dirBlock, x.n)
	x.want(x.idsAt()+4*a.lo, x.idsAt()+4*a.hi)
	return nil
}

// find narrows the ids down to one, or none.
func (x *dirIndex) find(a *askedRow) error {
	i, err := x.first(x.idsAt()+4*a.lo, a.hi-a.lo, func(v uint32) bool { return v >= a.id })
	if err != nil {
		return err
	}
	if a.lo += i; a.lo == a.hi {
		return nil
	}
	v, err := x.u32(x.idsAt(), a.lo)
	if err != nil {
		return err
	}
	if a.hi = a.lo; v == a.id {
		a.hi++
		x.want(x.startsAt()+4*a.lo, x.startsAt()+4*a.lo+8)
	}
	return nil
}

func (x *dirIndex) bounds(a *askedRow) error {
	if a.lo == a.hi {
		return nil
	}
	from, err := x.u32(x.startsAt(), a.lo)
	if err != nil {
		return err
	}
	to, err := x.u32(x.startsAt(), a.lo+1)
	if err != nil {
		return err
	}
	a.from, a.to = x.segsAt()+4*int(from), x.segsAt()+4*int(to)
	x.want(a.from, a.to)
	return nil
}

// row lists the segments of the key, with flags; nil if the run has none.
func (x *dirIndex) row(a *askedRow) ([]byte, error) {
	if a.lo == a.hi {
		return nil, nil
	}
	return x.at(a.from, a.to)
}

// of is row of one key.
func (x *dirIndex) of(id uint32) ([]byte, error) {
	a := askedRow{id: id}
	for _, step := range x.steps() {
		if err := step(x, &a); err != nil {
			return nil, err
		}
	}
	return x.row(&a)
}

func (*dirIndex) steps() [4]func(*dirIndex, *askedRow) error {
	return [...]func(*dirIndex, *askedRow) error{(*dirIndex).start, (*dirIndex).block, (*dirIndex).find, (*dirIndex).bounds}
}

// askedPlace is a key whose last segment up to some position is looked for.
type askedPlace struct {
	askedRow
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
		x, err := r.dirIndex(i)
		if err != nil {
			return err
		}
		r.ix.probes.Runs.Add(uint64(len(left)))
		for _, step := range x.steps() {
			for _, a := range left {
				if err := step(x, &a.askedRow); err != nil {
					return err
				}
			}
		}
		n := 0
		for _, a := range left {
			row, err := x.row(&a.askedRow)
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
