package asof

import (
	"encoding/binary"
	"fmt"
	"math"
)

// dirRun is a part of the directory, read in place: for the keys that some consecutive segments touch, in which of them.
//
//	┌───────┬──────────┬────────────┬───────────┬───────┬───────┬────────┬───────────┬─────────────┐
//	│ level │ 00 00 00 │ covers u32 │ first u32 │ n u32 │ m u32 │ id u32 │ start u32 │ segment u32 │
//	└───────┴──────────┴────────────┴───────────┴───────┴───────┴───×n───┴────×n+1───┴──────×m─────┘
//
// It covers so many segments, from the first on. Ids ascend; the segments of key i are those from start[i] to start[i+1], ascending, as ordinals with two flags in front.
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

	// dirAbsent: the key's document does not exist at the end of the segment.
	dirAbsent = 1 << 31
	// dirMixed: in the segment the document came or went otherwise than by its first write there.
	dirMixed = 1 << 30
	dirFlags = dirAbsent | dirMixed

	noSegment = math.MaxUint32
)

func openDirRun(b []byte) (dirRun, error) {
	if len(b) < dirRunHeader {
		return dirRun{}, fmt.Errorf("%w: directory run of %d bytes", ErrDamaged, len(b))
	}
	n, m := int(binary.LittleEndian.Uint32(b[12:])), int(binary.LittleEndian.Uint32(b[16:]))
	r := dirRun{n: n, covers: binary.LittleEndian.Uint32(b[4:]), first: binary.LittleEndian.Uint32(b[8:])}
	b = b[dirRunHeader:]
	if len(b) != 4*(n+n+1+m) {
		return dirRun{}, fmt.Errorf("%w: directory run of %d keys and %d segments in %d bytes", ErrDamaged, n, m, len(b))
	}
	r.ids, r.starts, r.segs = b[:4*n], b[4*n:4*(2*n+1)], b[4*(2*n+1):]
	return r, nil
}

// of lists the segments of a key, with flags; nil if the run has none.
func (r dirRun) of(id uint32) []byte {
	lo, hi := 0, r.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if u32At(r.ids, mid) < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == r.n || u32At(r.ids, lo) != id {
		return nil
	}
	return r.row(lo)
}

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
	n := len(keys)
	b := appendDirHeader(newValue(dirRunHeader+4*(3*n+1)), 0, n, n, ordinal, 1)
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint32(b, k.id)
	}
	for i := range n + 1 {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
	}
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint32(b, ordinal|k.flags)
	}
	return b
}

func appendDirHeader(b []byte, level, n, m int, first, covers uint32) []byte {
	b = append(b, byte(level), 0, 0, 0)
	for _, v := range []uint32{covers, first, uint32(n), uint32(m)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
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
	b := newValue(dirRunHeader + 4*(len(ids)+len(starts)) + len(segs))
	b = appendDirHeader(b, level, len(ids), len(segs)/4, runs[0].first, covers)
	for _, list := range [][]uint32{ids, starts} {
		for _, v := range list {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
	}
	return append(b, segs...)
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
