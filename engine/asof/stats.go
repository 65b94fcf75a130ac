package asof

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// stats is what a segment did, path by path over all keys, read in place. Rows are sorted by their path's text; row 0 sums the
// paths that have no row of their own.
//
//	┌───────┬────────────────────────────────────────────────────────────────────────┬───────┐
//	│ n u32 │ count u64 · history u64 · min f64 · max f64 · kinds u32 · path end u32 │ paths │
//	└───────┴─────────────────────────────────── ×n ─────────────────────────────────┴───────┘
//
// Kinds are those of PathStat, and swapped.
type stats struct {
	n     int
	rows  []byte
	texts []byte
}

const (
	statRow = 40

	// swapped is a bit of kinds: a list or an object was replaced or removed, and with it what stood below.
	swapped = 1 << 16
)

func openStats(b []byte) (stats, error) {
	if len(b) < columnHeader {
		return stats{}, fmt.Errorf("%w: statistics of %d bytes", ErrDamaged, len(b))
	}
	n := int(binary.LittleEndian.Uint32(b))
	b = b[columnHeader:]
	if n < 1 || len(b)/statRow < n {
		return stats{}, fmt.Errorf("%w: statistics of %d paths in %d bytes", ErrDamaged, n, len(b))
	}
	return stats{n: n, rows: b[:n*statRow], texts: b[n*statRow:]}, nil
}

func (s stats) path(i int) string {
	start := uint32(0)
	if i > 0 {
		start = binary.LittleEndian.Uint32(s.rows[i*statRow-4:])
	}
	end := binary.LittleEndian.Uint32(s.rows[(i+1)*statRow-4:])
	if start > end || int(end) > len(s.texts) {
		return ""
	}
	return borrow(s.texts[start:end])
}

func (s stats) history(i int) uint64 { return binary.LittleEndian.Uint64(s.rows[i*statRow+8:]) }

func (s stats) kinds(i int) uint32 { return binary.LittleEndian.Uint32(s.rows[i*statRow+32:]) }

func (s stats) stat(i int) PathStat {
	row := s.rows[i*statRow:]
	return PathStat{
		Path:  value.Pointer(strings.Clone(s.path(i))),
		Count: binary.LittleEndian.Uint64(row),
		Min:   math.Float64frombits(binary.LittleEndian.Uint64(row[16:])),
		Max:   math.Float64frombits(binary.LittleEndian.Uint64(row[24:])),
		Kinds: uint16(s.kinds(i)),
		Texts: anyText,
	}
}

// find is the first row from 1 on whose path is not less than text.
func (s stats) find(text string) int {
	lo, hi := 1, s.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s.path(mid) < text {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// touches reports whether the segment may have changed what stands at p for some key: false only if it has not.
func (s stats) touches(p value.Pointer) bool {
	if binary.LittleEndian.Uint64(s.rows) > 0 { // paths without a row
		return true
	}
	for q := p; ; q = q.Parent() {
		if i := s.find(string(q)); i < s.n && s.path(i) == string(q) {
			return true
		}
		if q == "" {
			break
		}
	}
	i := s.find(string(p) + "/")
	return i < s.n && value.Pointer(s.path(i)).HasPrefix(p)
}

// loses reports whether the segment may have taken away what stood at p for some key: false only if it has not.
func (s stats) loses(p value.Pointer) bool {
	if binary.LittleEndian.Uint64(s.rows) > 0 { // paths without a row
		return true
	}
	taken := uint32(1 << value.Absent)
	for q := p; ; q = q.Parent() {
		if i := s.find(string(q)); i < s.n && s.path(i) == string(q) && s.kinds(i)&taken != 0 {
			return true
		}
		if q == "" {
			return false
		}
		taken |= swapped
	}
}

// without takes the paths in ignore, and what is below them, out of the segment's history.
func (s stats) without(history uint64, ignore []value.Pointer) uint64 {
	for _, p := range outermost(ignore) {
		if j := s.find(string(p)); j < s.n && s.path(j) == string(p) {
			history -= s.history(j)
		}
		below := string(p) + "/"
		for j := s.find(below); j < s.n && strings.HasPrefix(s.path(j), below); j++ {
			history -= s.history(j)
		}
	}
	return history
}

// outermost leaves out the paths that lie below others.
func outermost(paths []value.Pointer) []value.Pointer {
	var out []value.Pointer
	for i, p := range paths {
		inner := slices.ContainsFunc(paths, func(q value.Pointer) bool { return p != q && p.HasPrefix(q) })
		if !inner && !slices.Contains(paths[:i], p) {
			out = append(out, p)
		}
	}
	return out
}

// encodeStats sums up the paths of all partitions.
func encodeStats(parts []*folded) (bytes []byte, changes uint64) {
	all := make(map[string]*pathEntry)
	over := newPathEntry(0)
	for _, f := range parts {
		over.add(&f.paths.over)
		for text, e := range f.paths.byText {
			if e.count == 0 && e.history == 0 {
				continue
			}
			if all[text] == nil {
				sum := newPathEntry(0)
				all[text] = &sum
			}
			all[text].add(e)
			changes += e.count
		}
	}
	paths := slices.Sorted(maps.Keys(all))
	if len(paths) > maxPaths {
		for _, p := range paths[maxPaths:] {
			over.add(all[p])
		}
		paths = paths[:maxPaths]
	}
	b := newValue(columnHeader + (len(paths)+1)*statRow)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(paths)+1))
	b = over.append(b, 0)
	end := 0
	for _, p := range paths {
		end += len(p)
		b = all[p].append(b, end)
	}
	for _, p := range paths {
		b = append(b, p...)
	}
	return b, changes
}

func (e *pathEntry) add(f *pathEntry) {
	e.count += f.count
	e.history += f.history
	e.min, e.max = min(e.min, f.min), max(e.max, f.max)
	e.kinds |= f.kinds
}

func (e *pathEntry) append(b []byte, pathEnd int) []byte {
	b = binary.LittleEndian.AppendUint64(b, e.count)
	b = binary.LittleEndian.AppendUint64(b, e.history)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e.min))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e.max))
	b = binary.LittleEndian.AppendUint32(b, uint32(e.kinds))
	return binary.LittleEndian.AppendUint32(b, uint32(pathEnd))
}

// SegmentStat says what the positions First … Last wrote at one path, over all keys.
type SegmentStat struct {
	First, Last event.Position
	PathStat
	Partly bool // paths without a row of their own were written too, of which the path may be one
}

// Stats lists what each segment that meets from … to wrote at a path, so that a condition on the path can pass over segments in
// which it cannot come true. To 0 means the end.
func (ix *Index) Stats(ctx context.Context, path value.Pointer, from, to event.Position) (all []SegmentStat, err error) {
	err = ix.read(ctx, func(r *reader) error {
		all = nil
		for i, e := range r.extents {
			if e.last < from || to > 0 && e.first > to {
				continue
			}
			st, err := r.stats(i)
			if err != nil {
				return err
			}
			one := SegmentStat{First: e.first, Last: e.last, PathStat: PathStat{Path: path}, Partly: st.stat(0).Count > 0}
			if j := st.find(string(path)); j < st.n && st.path(j) == string(path) {
				one.PathStat = st.stat(j)
			}
			all = append(all, one)
		}
		return ctx.Err()
	})
	return all, err
}
