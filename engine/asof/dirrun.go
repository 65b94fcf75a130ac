package asof

import (
	"encoding/binary"
	"fmt"
	"math"
)

// dirRun is a part of the directory, read in place: for the keys that some consecutive segments touch, in which of them.
//
//	┌───────┬──────────┬────────────┬───────────┬───────┬───────┬──────┬─────────┬────────┬───────────┬─────────────┐
//	│ level │ 00 00 00 │ covers u32 │ first u32 │ n u32 │ m u32 │ sums │ top u32 │ id u32 │ start u32 │ segment u32 │
//	└───────┴──────────┴────────────┴───────────┴───────┴───────┴──────┴─────────┴───×n───┴────×n+1───┴──────×m─────┘
//
// It covers so many segments, from the first on. Ids ascend; the segments of key i are those from start[i] to start[i+1], ascending,
// as ordinals with two flags in front. Top is every dirBlock-th id, so that one is found in a page or two (dirindex.go). Behind the
// sums are pages.
type dirRun struct {
	n      int
	first  uint32 // ordinal of the first segment that the run covers
	covers uint32 // so many
	ids    []byte
	starts []byte
	segs   []byte
}

const (
	dirRunHeader = 20
	dirBlock     = 512 // ids per top

	// dirAbsent: the key's document does not exist at the end of the segment.
	dirAbsent = 1 << 31
	// dirMixed: in the segment the document came or went otherwise than by its first write there.
	dirMixed = 1 << 30
	dirFlags = dirAbsent | dirMixed

	noSegment = math.MaxUint32
)

// openDirRun opens a run of which all pages have been checked.
func openDirRun(head, body []byte) (dirRun, error) {
	n, m, err := dirSizes(head, len(body))
	if err != nil {
		return dirRun{}, err
	}
	r := dirRun{n: n, covers: binary.LittleEndian.Uint32(head[4:]), first: binary.LittleEndian.Uint32(head[8:])}
	b := body[4*dirTops(n):]
	r.ids, r.starts, r.segs = b[:4*n], b[4*n:4*(2*n+1)], b[4*(2*n+1):4*(2*n+1+m)]
	return r, nil
}

// dirSizes is how many keys and segments a run has.
func dirSizes(head []byte, body int) (n, m int, err error) {
	n, m = int(binary.LittleEndian.Uint32(head[12:])), int(binary.LittleEndian.Uint32(head[16:]))
	if body != dirBody(n, m) {
		err = fmt.Errorf("%w: directory run of %d keys and %d segments in %d bytes", ErrDamaged, n, m, body)
	}
	return n, m, err
}

func dirTops(n int) int { return (n + dirBlock - 1) / dirBlock }

func dirBody(n, m int) int { return 4 * (dirTops(n) + n + n + 1 + m) }

func (r dirRun) row(i int) []byte {
	from, to := int(u32At(r.starts, i)), int(u32At(r.starts, i+1))
	if from > to || 4*to > len(r.segs) {
		return nil
	}
	return r.segs[4*from : 4*to]
}

// touch is a key of a segment, with the directory's flags.
type touch struct {
	id    uint32
	flags uint32
}

// encodeDirRun packs the keys that one segment touches, ids ascending.
func encodeDirRun(ordinal uint32, keys []touch) []byte {
	ids, starts, segs := make([]uint32, len(keys)), make([]uint32, len(keys)+1), make([]byte, 0, 4*len(keys))
	for i, k := range keys {
		ids[i], starts[i+1] = k.id, uint32(i+1)
		segs = binary.LittleEndian.AppendUint32(segs, ordinal|k.flags)
	}
	return packDirRun(0, ordinal, 1, ids, starts, segs)
}

// packDirRun makes a run's value.
func packDirRun(level int, first, covers uint32, ids, starts []uint32, segs []byte) []byte {
	head := []byte{byte(level), 0, 0, 0}
	for _, v := range []uint32{covers, first, uint32(len(ids)), uint32(len(segs) / 4)} {
		head = binary.LittleEndian.AppendUint32(head, v)
	}
	b := startRun(head, dirBody(len(ids), len(segs)/4))
	for i := 0; i < len(ids); i += dirBlock {
		b = binary.LittleEndian.AppendUint32(b, ids[i])
	}
	for _, list := range [][]uint32{ids, starts} {
		for _, v := range list {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
	}
	return finishRun(append(b, segs...), dirRunHeader)
}

// mergeDirRuns joins runs whose segments follow one another.
func mergeDirRuns(level int, runs []dirRun) []byte {
	m, covers := 0, uint32(0)
	for _, r := range runs {
		m += len(r.segs) / 4
		covers += r.covers
	}
	var ids, starts []uint32
	segs := make([]byte, 0, 4*m)
	heads := make([]int, len(runs))
	for {
		next := uint32(noSegment)
		for j, r := range runs {
			if heads[j] < r.n {
				next = min(next, u32At(r.ids, heads[j]))
			}
		}
		if next == noSegment {
			break
		}
		ids, starts = append(ids, next), append(starts, uint32(len(segs)/4))
		for j, r := range runs {
			if heads[j] < r.n && u32At(r.ids, heads[j]) == next {
				segs = append(segs, r.row(heads[j])...)
				heads[j]++
			}
		}
	}
	starts = append(starts, uint32(len(segs)/4))
	return packDirRun(level, runs[0].first, covers, ids, starts, segs)
}

// lastUpTo is the entry of the latest segment of a row that is not later than ordinal.
func lastUpTo(row []byte, ordinal uint32) (entry uint32, ok bool) {
	lo, hi := 0, len(row)/4
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if u32At(row, mid)&^dirFlags <= ordinal {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return 0, false
	}
	return u32At(row, lo-1), true
}
