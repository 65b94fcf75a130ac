package asof

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"unsafe"

	"asof/engine/event"
)

// keyRun is a part of the key dictionary: the keys of consecutive ids, read in place.
//
//	┌───────┬──────────┬─────────┬─────────────┬───────────────┬─────────────┬──────────────┬───────┐
//	│ level │ 00 00 00 │ n u32   │ first id u32│ first seen u64│ name end u32│ by name u32  │ names │
//	└───────┴──────────┴─────────┴─────────────┴───────×n──────┴──────×n─────┴──────×n──────┴───────┘
//
// First seen, name end and names stand in the order of ids, which is the order in which keys were first seen. By name lists
// the ids minus the first id in the order of names.
type keyRun struct {
	n       int
	firstID uint32
	seen    []byte
	ends    []byte
	perm    []byte
	names   []byte
}

const (
	keyRunHeader = 12
	runHeader    = 8 // of runs of both kinds: level, and how many ids or segments the run covers
)

func openKeyRun(b []byte) (keyRun, error) {
	if len(b) < keyRunHeader {
		return keyRun{}, fmt.Errorf("%w: key run of %d bytes", ErrDamaged, len(b))
	}
	n := int(binary.LittleEndian.Uint32(b[4:]))
	r := keyRun{n: n, firstID: binary.LittleEndian.Uint32(b[8:])}
	b = b[keyRunHeader:]
	if len(b)/16 < n {
		return keyRun{}, fmt.Errorf("%w: key run of %d keys in %d bytes", ErrDamaged, n, len(b))
	}
	r.seen, b = b[:8*n], b[8*n:]
	r.ends, b = b[:4*n], b[4*n:]
	r.perm, r.names = b[:4*n], b[4*n:]
	return r, nil
}

// name is the name of key firstID+i. It lives as long as the run's bytes do.
func (r keyRun) name(i int) string {
	if i < 0 || i >= r.n {
		return ""
	}
	start := uint32(0)
	if i > 0 {
		start = u32At(r.ends, i-1)
	}
	end := u32At(r.ends, i)
	if start > end || int(end) > len(r.names) {
		return ""
	}
	return borrow(r.names[start:end])
}

func (r keyRun) firstSeen(i int) event.Position {
	return event.Position(binary.LittleEndian.Uint64(r.seen[8*i:]))
}

// rank is the index in name order of the first name that is not less than name.
func (r keyRun) rank(name string) int {
	lo, hi := 0, r.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if r.byRank(mid) < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (r keyRun) byRank(i int) string { return r.name(int(u32At(r.perm, i))) }

func (r keyRun) find(name string) (id uint32, seen event.Position, ok bool) {
	i := r.rank(name)
	if i == r.n || r.byRank(i) != name {
		return 0, 0, false
	}
	k := int(u32At(r.perm, i))
	return r.firstID + uint32(k), r.firstSeen(k), true
}

// newKey is a key that the window at hand has seen first.
type newKey struct {
	name string
	seen event.Position
}

// encodeKeyRun packs keys whose ids count up from firstID.
func encodeKeyRun(level int, firstID uint32, keys []newKey) []byte {
	perm := make([]uint32, len(keys))
	size := 0
	for i := range keys {
		perm[i] = uint32(i)
		size += len(keys[i].name)
	}
	slices.SortFunc(perm, func(a, b uint32) int { return cmp.Compare(keys[a].name, keys[b].name) })
	b := append(newValue(keyRunHeader+16*len(keys)+size), byte(level), 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(keys)))
	b = binary.LittleEndian.AppendUint32(b, firstID)
	for i := range keys {
		b = binary.LittleEndian.AppendUint64(b, uint64(keys[i].seen))
	}
	end := uint32(0)
	for i := range keys {
		end += uint32(len(keys[i].name))
		b = binary.LittleEndian.AppendUint32(b, end)
	}
	for _, p := range perm {
		b = binary.LittleEndian.AppendUint32(b, p)
	}
	for i := range keys {
		b = append(b, keys[i].name...)
	}
	return b
}

// mergeKeyRuns joins runs whose ids follow one another.
func mergeKeyRuns(level int, runs []keyRun) []byte {
	n, size := 0, 0
	for _, r := range runs {
		n += r.n
		size += len(r.names)
	}
	b := append(newValue(keyRunHeader+16*n+size), byte(level), 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = binary.LittleEndian.AppendUint32(b, runs[0].firstID)
	for _, r := range runs {
		b = append(b, r.seen...)
	}
	base := uint32(0)
	for _, r := range runs {
		for i := range r.n {
			b = binary.LittleEndian.AppendUint32(b, base+u32At(r.ends, i))
		}
		base += uint32(len(r.names))
	}
	heads := make([]int, len(runs))
	for range n {
		best, name := -1, ""
		for j, r := range runs {
			if heads[j] == r.n {
				continue
			}
			if s := r.byRank(heads[j]); best < 0 || s < name {
				best, name = j, s
			}
		}
		r := runs[best]
		b = binary.LittleEndian.AppendUint32(b, r.firstID-runs[0].firstID+u32At(r.perm, heads[best]))
		heads[best]++
	}
	for _, r := range runs {
		b = append(b, r.names...)
	}
	return b
}

func u32At(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

// borrow looks at bytes as text. The text lives as long as the bytes, which is as long as the transaction for bytes of the
// file: whoever keeps it clones it.
func borrow(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
