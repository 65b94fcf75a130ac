package asof

import (
	"cmp"
	"slices"

	"asof/engine/event"
)

// found is what a visitor has kept, with its place.
type found[T any] struct {
	pos  event.Position
	id   uint32
	what T
}

func (f *found[T]) compare(g *found[T]) int {
	return cmp.Or(cmp.Compare(f.pos, g.pos), cmp.Compare(f.id, g.id))
}

// pile is a list that is not moved as it grows.
type pile[T any] struct {
	chunks [][]found[T]
	n      int
}

const (
	firstChunk   = 16
	largestChunk = 1024
)

func (p *pile[T]) add(f found[T]) {
	last := len(p.chunks) - 1
	if last < 0 || len(p.chunks[last]) == cap(p.chunks[last]) {
		p.chunks = append(p.chunks, make([]found[T], 0, min(max(firstChunk, p.n), largestChunk)))
		last++
	}
	p.chunks[last] = append(p.chunks[last], f)
	p.n++
}

// inOrder is what the units of a walk have kept, by position and then by the number of the key. Units of one segment are next to each
// other, and segments in their order.
func inOrder[T any](units []walkUnit, results []pile[T]) []T {
	n := 0
	for i := range results {
		n += results[i].n
	}
	kept := make([]T, 0, n)
	for i := 0; i < len(units); {
		var chunks [][]found[T]
		from, to := units[i].from, units[i].to
		for first := units[i].first; i < len(units) && units[i].first == first; i++ {
			chunks = append(chunks, results[i].chunks...)
		}
		for _, f := range sorted(from, to, chunks) {
			kept = append(kept, f.what)
		}
	}
	return kept
}

// sparse is of how many positions one is kept at most where what was kept is compared, rather than counted.
const sparse = 32

// sorted is what was kept at the positions from … to, in order. Each position has few: they are laid where their position says, and
// only those of one position are compared.
func sorted[T any](from, to event.Position, chunks [][]found[T]) []*found[T] {
	n := 0
	for _, chunk := range chunks {
		n += len(chunk)
	}
	all := make([]*found[T], n)
	if n <= int(to-from)/sparse {
		all = all[:0]
		for _, chunk := range chunks {
			for i := range chunk {
				all = append(all, &chunk[i])
			}
		}
		slices.SortFunc(all, (*found[T]).compare)
		return all
	}
	starts := make([]uint32, to-from+2) // of each position, one further: where its next one is laid
	for _, chunk := range chunks {
		for i := range chunk {
			starts[chunk[i].pos-from+1]++
		}
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	for _, chunk := range chunks {
		for i := range chunk {
			place := &starts[chunk[i].pos-from]
			all[*place] = &chunk[i]
			*place++
		}
	}
	for i := 0; i < n; {
		next := i + 1
		for next < n && all[next].pos == all[i].pos {
			next++
		}
		if next > i+1 {
			slices.SortFunc(all[i:next], (*found[T]).compare)
		}
		i = next
	}
	return all
}
