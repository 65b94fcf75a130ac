package asof

import (
	"encoding/binary"
	"fmt"
	"math"

	"asof/engine/value"
)

// gists are those of a part's frames, read in place; gist.go draws them.
type gists struct {
	left   bool // some paths are left out
	frames int
	rows   []byte
	texts  []byte
	notes  []byte
	keys   []byte
}

func gistKey(part uint32) []byte { return append([]byte(valueGists), byte(part)) }

func openGists(b []byte) (g gists, err error) {
	if len(b) < gistHeader {
		return g, fmt.Errorf("%w: gists of %d bytes", ErrDamaged, len(b))
	}
	paths, keys := uint64(u32At(b, 0)), uint64(u32At(b, 3))
	g.left, g.frames = u32At(b, 1) != 0, int(u32At(b, 2))
	b = b[gistHeader:]
	if uint64(len(b)) < gistRow*paths+keys {
		return g, fmt.Errorf("%w: gists of %d paths in %d bytes", ErrDamaged, paths, len(b))
	}
	g.rows, b = b[:gistRow*paths], b[gistRow*paths:]
	b, g.keys = b[:uint64(len(b))-keys], b[uint64(len(b))-keys:]
	texts, notes := uint64(0), uint64(0)
	if paths > 0 {
		texts, notes = uint64(u32At(g.rows, int(2*paths-2))), uint64(u32At(g.rows, int(2*paths-1)))
	}
	if texts+notes != uint64(len(b)) {
		return g, fmt.Errorf("%w: gists of %d and %d bytes in %d", ErrDamaged, texts, notes, len(b))
	}
	g.texts, g.notes = b[:texts], b[texts:]
	return g, nil
}

// row cuts what of bytes is that of path i, by the ends in column of the rows.
func (g gists) row(bytes []byte, i, column int) ([]byte, error) {
	start := uint32(0)
	if i > 0 {
		start = u32At(g.rows, 2*i-2+column)
	}
	end := u32At(g.rows, 2*i+column)
	if start > end || int(end) > len(bytes) {
		return nil, fmt.Errorf("%w: gist of path %d lies outside", ErrDamaged, i)
	}
	return bytes[start:end], nil
}

// notesOf are the notes of a path; nil if there are none.
func (g gists) notesOf(path string) ([]byte, error) {
	lo, hi := 0, len(g.rows)/gistRow
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		text, err := g.row(g.texts, mid, 0)
		switch {
		case err != nil:
			return nil, err
		case string(text) == path:
			return g.row(g.notes, mid, 1)
		case string(text) < path:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil, nil
}

// stats says what each frame wrote at a path, or nil if that is not known. What was written above it may have taken away what stood
// there.
func (g gists) stats(path value.Pointer) ([]PathStat, error) {
	if notes, err := g.notesOf(string(path)); err != nil || notes == nil && g.left {
		return nil, err
	}
	all := make([]PathStat, g.frames)
	for q := path; ; q = q.Parent() {
		notes, err := g.notesOf(string(q))
		if err != nil {
			return nil, err
		}
		for f := 0; len(notes) > 0; f++ {
			var n note
			if n, notes, err = cutNote(notes); err != nil {
				return nil, err
			}
			if f += int(n.step); n.step >= uint64(g.frames) || f >= g.frames {
				return nil, fmt.Errorf("%w: a gist of frame %d", ErrDamaged, f)
			}
			if one := &all[f]; q == path {
				*one = n.PathStat
			} else {
				one.Count++
				one.Kinds |= 1 << value.Absent
			}
		}
		if q == "" {
			return all, nil
		}
	}
}

type note struct {
	step uint64
	PathStat
}

func cutNote(b []byte) (n note, rest []byte, err error) {
	if n.step, b, err = uvarint(b); err != nil {
		return n, nil, err
	}
	if len(b) == 0 || b[0]&gistMore != 0 && len(b) < 9 {
		return n, nil, fmt.Errorf("%w: a gist is cut off", ErrDamaged)
	}
	n.PathStat = PathStat{Count: 1, Kinds: uint16(b[0] &^ gistMore), Min: math.Inf(-1), Max: math.Inf(1), Texts: anyText}
	if b[0]&gistMore == 0 {
		return n, b[1:], nil
	}
	if n.Kinds&(1<<value.Number) != 0 {
		n.Min = float64(math.Float32frombits(u32At(b[1:], 0)))
		n.Max = float64(math.Float32frombits(u32At(b[1:], 1)))
	} else {
		n.Texts = TextSet(binary.LittleEndian.Uint64(b[1:]))
	}
	return n, b[9:], nil
}

// cutKeys lists the keys of the first frame in b.
func cutKeys(list []uint32, b []byte, parts, number uint32) (keys []uint32, rest []byte, err error) {
	n, b, err := uvarint(b)
	if err != nil || n > uint64(len(b)) {
		return nil, nil, fmt.Errorf("%w: a gist of %d keys in %d bytes", ErrDamaged, n, len(b))
	}
	place := uint64(0)
	for range n {
		var step uint64
		if step, b, err = uvarint(b); err != nil {
			return nil, nil, err
		}
		if place += step; place > noSegment {
			return nil, nil, fmt.Errorf("%w: a gist of key %d", ErrDamaged, place)
		}
		list = append(list, uint32(place)*parts+number)
	}
	return list, b, nil
}
