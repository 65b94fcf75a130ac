package eventlog

import (
	"encoding/binary"
	"slices"
	"strings"
)

// sortedNames are a copy of names, by name. What is sorted are two numbers that hold the bytes which follow on what all begin with, a
// byte at a time, from the last one; that is the order of nearly all names, and the others are compared.
func sortedNames(list []tally) []tally {
	keys, counts := nameKeys(list)
	spare := make([]nameKey, len(keys))
	for digit := range counts {
		starts := &counts[digit]
		if int(starts[keys[0].byteAt(digit)]) == len(keys) {
			continue // all have the same byte there
		}
		from := uint32(0)
		for i, n := range starts {
			starts[i], from = from, from+n
		}
		for i := range keys {
			b := keys[i].byteAt(digit)
			spare[starts[b]] = keys[i]
			starts[b]++
		}
		keys, spare = spare, keys
	}
	sorted := make([]tally, len(list))
	for i := range keys {
		sorted[i] = list[keys[i].at]
	}
	for from, to := 0, 1; from < len(keys); from, to = to, to+1 {
		for to < len(keys) && keys[to].text == keys[from].text {
			to++
		}
		slices.SortFunc(sorted[from:to], func(a, b tally) int { return strings.Compare(a.Text, b.Text) })
	}
	return sorted
}

// nameKey is what a name is sorted by: its bytes as two numbers, the last ones first; and where it lies.
type nameKey struct {
	text [2]uint64
	at   uint32
}

const keyBytes = 16

// byteAt is a byte of the text, counted from its end.
func (k *nameKey) byteAt(digit int) uint8 { return uint8(k.text[digit>>3&1] >> (digit << 3 & 63)) }

// nameKeys makes the keys of names, and counts how often they have which byte at which place.
func nameKeys(list []tally) (keys []nameKey, counts *[keyBytes][256]uint32) {
	shared := len(list[0].Text)
	for i := range list {
		text := list[i].Text
		shared = min(shared, len(text))
		for shared > 0 && text[:shared] != list[0].Text[:shared] {
			shared--
		}
	}
	keys, counts = make([]nameKey, len(list)), new([keyBytes][256]uint32)
	for i := range list {
		var b [keyBytes]byte
		copy(b[:], list[i].Text[shared:])
		keys[i] = nameKey{[2]uint64{binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[:])}, uint32(i)}
		for digit := range counts {
			counts[digit][keys[i].byteAt(digit)]++
		}
	}
	return keys, counts
}
