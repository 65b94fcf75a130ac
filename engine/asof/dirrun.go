package asof

import (
	"encoding/binary"
	"fmt"
	"math"
)

// dirRun is a part of the directory, read in place: for the keys that some consecutive segments touch, in which of them.
//
//	header  level · 00 00 00 · covers u32 · first u32 · n u32 · leaves u32
//	leaf    of leafSize ids, or of the last ones:   id u32 … · end u32 … · segment u32 …
//
// It covers so many segments, from the first on. Ids ascend; the segments of a key are those from the end of the key before in its leaf to
// its own, ascending, as ordinals with two flags in front.
type dirRun struct {
	leaves
	n      int
	first  uint32 // ordinal of the first segment that the run covers
	covers uint32 // so many
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

func openDirRun(head []byte, l leaves) (dirRun, error) {
	r := dirRun{leaves: l, n: int(binary.LittleEndian.Uint32(head[12:])), covers: binary.LittleEndian.Uint32(head[4:]), first: binary.LittleEndian.Uint32(head[8:])}
	if l.count() != leavesFor(r.n, leafSize) {
		return r, fmt.Errorf("%w: directory run of %d keys in %d leaves", ErrDamaged, r.n, l.count())
	}
	return r, nil
}

// dirLeaf is a leaf of the directory.
type dirLeaf struct {
	n         int
	ids, ends []byte
	segs      []byte
}

func (r *dirRun) dirLeaf(i int) (d dirLeaf, err error) {
	b, err := r.leaf(i)
	if err != nil {
		return d, err
	}
	n := min(leafSize, r.n-i*leafSize)
	if n <= 0 || 8*n > len(b) {
		return d, fmt.Errorf("%w: %s: leaf %d of %d bytes", ErrDamaged, r.name, i, len(b))
	}
	return dirLeaf{n, b[:4*n], b[4*n : 8*n], b[8*n:]}, nil
}

func (d *dirLeaf) id(i int) uint32 { return u32At(d.ids, i) }

// row lists the segments of a key, with flags.
func (d *dirLeaf) row(i int) []byte {
	from, to := 0, int(u32At(d.ends, i))
	if i > 0 {
		from = int(u32At(d.ends, i-1))
	}
	if from > to || 4*to > len(d.segs) {
		return nil
	}
	return d.segs[4*from : 4*to]
}

// leafOf is the leaf that an id stands in, if any does; -1 if none can.
func (r *dirRun) leafOf(id uint32) int {
	if id == noSegment {
		return r.count() - 1
	}
	return r.before(r.count(), id+1) - 1
}

// row lists the segments of a key, with flags; nil if the run has none.
func (r *dirRun) row(id uint32) ([]byte, error) {
	i := r.leafOf(id)
	if i < 0 {
		return nil, nil
	}
	d, err := r.dirLeaf(i)
	if err != nil {
		return nil, err
	}
	lo, hi := 0, d.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if d.id(mid) < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == d.n || d.id(lo) != id {
		return nil, nil
	}
	return d.row(lo), nil
}

// touch is a key of a segment, with the directory's flags.
type touch struct {
	id    uint32
	flags uint32
}

// encodeDirRun packs the keys that one segment touches, ids ascending.
func encodeDirRun(ordinal uint32, keys []touch) []byte {
	w := startDirRun(0, ordinal, 1, len(keys), len(keys))
	var seg [4]byte
	for _, k := range keys {
		binary.LittleEndian.PutUint32(seg[:], ordinal|k.flags)
		w.add(k.id, seg[:])
	}
	return w.finish()
}

// dirWriter writes a run of the directory.
type dirWriter struct {
	*runWriter
	ids, ends []uint32 // of the open leaf
	segs      []byte
}

// startDirRun begins a run of n keys with so many segments in all.
func startDirRun(level int, first, covers uint32, n, segments int) *dirWriter {
	head := []byte{byte(level), 0, 0, 0}
	for _, v := range []uint32{covers, first, uint32(n), uint32(leavesFor(n, leafSize))} {
		head = binary.LittleEndian.AppendUint32(head, v)
	}
	return &dirWriter{runWriter: startRun(head, leavesFor(n, leafSize), 8*n+4*segments)}
}

// add writes the segments of the next key; those of the same key may come in several calls.
func (w *dirWriter) add(id uint32, segs []byte) {
	n := len(w.ids)
	if n == 0 || w.ids[n-1] != id {
		if n == leafSize {
			w.turn()
		}
		w.ids, w.ends = append(w.ids, id), append(w.ends, 0)
	}
	w.segs = append(w.segs, segs...)
	w.ends[len(w.ends)-1] = uint32(len(w.segs) / 4)
}

// turn writes the open leaf.
func (w *dirWriter) turn() {
	for _, id := range w.ids {
		w.u32(id)
	}
	for _, end := range w.ends {
		w.u32(end)
	}
	w.v = append(w.v, w.segs...)
	w.end(w.ids[0])
	w.ids, w.ends, w.segs = w.ids[:0], w.ends[:0], w.segs[:0]
}

func (w *dirWriter) finish() []byte {
	if len(w.ids) > 0 {
		w.turn()
	}
	return w.v
}

// joinDirRuns makes one run of runs that have been checked, whose segments follow one another.
func joinDirRuns(level int, values []opened) ([]byte, error) {
	runs := make([]dirCursor, len(values))
	covers, segments := uint32(0), 0
	for i, v := range values {
		run, err := openDirRun(v.head, v.leaves)
		if err != nil {
			return nil, err
		}
		runs[i].dirRun = run
		covers += run.covers
		segments += (len(run.body) - 8*run.n) / 4
	}
	n := 0
	last := uint32(noSegment)
	if err := eachRow(runs, func(id uint32, _ []byte) {
		if id != last {
			n, last = n+1, id
		}
	}); err != nil {
		return nil, err
	}
	w := startDirRun(level, runs[0].first, covers, n, segments)
	err := eachRow(runs, w.add)
	return w.finish(), err
}

// dirCursor goes through a run.
type dirCursor struct {
	dirRun
	leaf dirLeaf
	next int
	id   uint32
	done bool
}

// turn reads the id at next.
func (c *dirCursor) turn() (err error) {
	if c.done = c.next == c.n; c.done {
		return nil
	}
	if c.next%leafSize == 0 {
		c.leaf, err = c.dirLeaf(c.next / leafSize)
	}
	if err == nil {
		c.id = c.leaf.id(c.next % leafSize)
	}
	return err
}

// eachRow visits the rows of runs, ids ascending; those of one id in the order of the runs.
func eachRow(runs []dirCursor, visit func(id uint32, segs []byte)) error {
	for i := range runs {
		runs[i].next = 0
		if err := runs[i].turn(); err != nil {
			return err
		}
	}
	for {
		var best *dirCursor
		for i := range runs {
			if c := &runs[i]; !c.done && (best == nil || c.id < best.id) {
				best = c
			}
		}
		if best == nil {
			return nil
		}
		visit(best.id, best.leaf.row(best.next%leafSize))
		best.next++
		if err := best.turn(); err != nil {
			return err
		}
	}
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
