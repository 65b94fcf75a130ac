package asof

import (
	"math/bits"
	"slices"
)

// Items of a window are many, come in the order of their events, and are sorted by their keys: digit by digit, the last one first.
const (
	itemDigit = 10 // bits
	fewItems  = 256
)

// sortItems sorts items that are in the order of their events, and returns the room that it took, for the next.
func sortItems(items, room []uint64) []uint64 {
	if len(items) < fewItems {
		slices.Sort(items)
		return room
	}
	most := uint64(0)
	for _, it := range items {
		most |= it
	}
	room = slices.Grow(room[:0], len(items))[:len(items)]
	from, to := items, room
	for shift := 32; shift < bits.Len64(most); shift += itemDigit {
		sortDigit(from, to, shift)
		from, to = to, from
	}
	copy(items, from)
	return room
}

// sortDigit puts what stands in from into to, in the order of one digit; what has the same keeps its order.
func sortDigit(from, to []uint64, shift int) {
	const mask = 1<<itemDigit - 1
	var next [mask + 1]uint32
	for _, it := range from {
		next[it>>shift&mask]++
	}
	at := uint32(0)
	for i, n := range next {
		next[i] = at
		at += n
	}
	for _, it := range from {
		n := &next[it>>shift&mask]
		to[*n] = it
		*n++
	}
}
