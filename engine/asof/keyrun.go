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
//	┌───────┬──────────┬───────┬──────────────┬──────┬─────────────┬───────────────────────────────┬─────────────┬───────┐
//	│ level │ 00 00 00 │ n u32 │ first id u32 │ sums │ by hash u64 │ first seen u64 · name end u32 │ by name u32 │ names │
//	└───────┴──────────┴───────┴──────────────┴──────┴─────×n──────┴──────────────×n───────────────┴──────×n─────┴───────┘
//
// First seen with name end, and names stand in the order of ids, which is the order in which keys were first seen. By name lists
// the ids minus the first id in the order of names, by hash in that of the names' hashes, each behind its hash: keyindex.go looks up
// there. Behind the sums are pages.
type keyRun struct {
	n       int
	firstID uint32
	rows    []byte // first seen and the end of the name
	perm    []byte
	names   []byte
}

const (
	keyRunHeader = 12
	runHeader    = 8 // of runs of both kinds: level, and how many ids or segments the run covers
	seenRow      = 12
	keyRow       = 8 + seenRow + 4 // bytes per key, beside its name
)

// openKeyRun opens a run of which all pages have been checked.
func openKeyRun(head, body []byte) (keyRun, error) {
	n := int(binary.LittleEndian.Uint32(head[4:]))
	r := keyRun{n: n, firstID: binary.LittleEndian.Uint32(head[8:])}
	if len(body)/keyRow < n {
		return keyRun{}, fmt.Errorf("%w: key run of %d keys in %d bytes", ErrDamaged, n, len(body))
	}
	b := body[8*n:]
	r.rows, b = b[:seenRow*n], b[seenRow*n:]
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
		start = r.end(i - 1)
	}
	end := r.end(i)
	if start > end || int(end) > len(r.names) {
		return ""
	}
	return borrow(r.names[start:end])
}

func (r keyRun) firstSeen(i int) event.Position {
	return event.Position(binary.LittleEndian.Uint64(r.rows[seenRow*i:]))
}

// end is where the name of key firstID+i ends.
func (r keyRun) end(i int) uint32 { return binary.LittleEndian.Uint32(r.rows[seenRow*i+8:]) }

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

// newKey is a key that the window at hand has seen first.
type newKey struct {
	name string
	seen event.Position
}

// encodeKeyRun packs keys whose ids count up from firstID.
func encodeKeyRun(level int, firstID uint32, keys []newKey) []byte {
	perm, hashes := make([]uint32, len(keys)), make([]uint64, len(keys))
	size := 0
	for i := range keys {
		perm[i], hashes[i] = uint32(i), hashEntry(nameHash(keys[i].name), i)
		size += len(keys[i].name)
	}
	slices.SortFunc(perm, func(a, b uint32) int { return cmp.Compare(keys[a].name, keys[b].name) })
	slices.Sort(hashes)
	b := startRun(keyRunHead(level, len(keys), firstID), keyRow*len(keys)+size)
	b = appendHashes(b, hashes)
	end := uint32(0)
	for i := range keys {
		end += uint32(len(keys[i].name))
		b = binary.LittleEndian.AppendUint64(b, uint64(keys[i].seen))
		b = binary.LittleEndian.AppendUint32(b, end)
	}
	for _, p := range perm {
		b = binary.LittleEndian.AppendUint32(b, p)
	}
	for i := range keys {
		b = append(b, keys[i].name...)
	}
	return finishRun(b, keyRunHeader)
}

func keyRunHead(level, n int, firstID uint32) []byte {
	head := binary.LittleEndian.AppendUint32([]byte{byte(level), 0, 0, 0}, uint32(n))
	return binary.LittleEndian.AppendUint32(head, firstID)
}

// mergeKeyRuns joins runs whose ids follow one another.
func mergeKeyRuns(level int, runs []keyRun) []byte {
	n, size := 0, 0
	for _, r := range runs {
		n += r.n
		size += len(r.names)
	}
	b := startRun(keyRunHead(level, n, runs[0].firstID), keyRow*n+size)
	hashes := make([]uint64, 0, n)
	for _, r := range runs {
		for i := range r.n {
			hashes = append(hashes, hashEntry(nameHash(r.name(i)), len(hashes)))
		}
	}
	slices.Sort(hashes)
	b = appendHashes(b, hashes)
	base := uint32(0)
	for _, r := range runs {
		for i := range r.n {
			b = binary.LittleEndian.AppendUint64(b, uint64(r.firstSeen(i)))
			b = binary.LittleEndian.AppendUint32(b, base+r.end(i))
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
	return finishRun(b, keyRunHeader)
}

func u32At(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

// borrow looks at bytes as text. The text lives as long as the bytes, which is as long as the transaction for bytes of the
// file: whoever keeps it clones it.
func borrow(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
