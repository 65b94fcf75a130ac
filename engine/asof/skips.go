package asof

import (
	"fmt"
	"slices"

	"asof/engine/value"
)

// skips decides which frames of a part a walk with a sieve need not open.
type skips struct {
	paths  []value.Pointer
	left   bool         // not all paths have gists
	stats  [][]PathStat // of each path, by frame; nil if it may be one of those
	keys   []uint32     // of all frames, one after the other
	starts []int        // where those of a frame start, and where the last ones end
}

// newSkips reads the gists of a part.
func newSkips(r *reader, p *part, parts uint32, paths []value.Pointer) (*skips, error) {
	b, err := r.value(p.first, string(gistKey(p.number)))
	if err != nil {
		return nil, err
	}
	g, err := openGists(b)
	if err != nil {
		return nil, err
	}
	if g.frames != p.frames {
		return nil, r.damage(p.first, fmt.Sprintf("gists of %d frames for %d", g.frames, p.frames))
	}
	s := &skips{paths: paths, left: g.left, starts: make([]int, 1, g.frames+1)}
	for _, path := range paths {
		all, err := g.stats(path)
		if err != nil {
			return nil, err
		}
		s.stats = append(s.stats, all)
	}
	for range g.frames {
		if s.keys, g.keys, err = cutKeys(s.keys, g.keys, parts, p.number); err != nil {
			return nil, err
		}
		s.starts = append(s.starts, len(s.keys))
	}
	return s, nil
}

// frame is what a frame wrote at one of the paths.
func (s *skips) frame(f int, path value.Pointer) SegmentStat {
	for i, p := range s.paths {
		if p == path && s.stats[i] != nil {
			return SegmentStat{PathStat: s.stats[i][f]}
		}
	}
	return SegmentStat{Partly: true}
}

// skip reports whether no moment of a frame has another answer than no, the one that its keys have before it. Where a question is about
// several fields that is not asked: each group that is opened after all would have to look the others up.
func (u *walkUnit) skip(f int) (bool, error) {
	if u.sifter.sieve == nil || len(u.o.Fields) != 1 || !u.sifter.sieve.Asks() {
		return false, nil
	}
	if u.skips == nil {
		var err error
		if u.skips, err = newSkips(u.r, u.p, u.parts, u.o.Fields); err != nil {
			return false, err
		}
	}
	s := u.skips
	keys := s.keys[s.starts[f]:s.starts[f+1]]
	for _, id := range keys {
		if u.sifter.holds(id) {
			return false, nil
		}
	}
	may, err := u.sifter.sieve.May(func(path value.Pointer) (SegmentStat, error) { return s.frame(f, path), nil })
	if may || err != nil {
		return false, err
	}
	if s.left || slices.ContainsFunc(s.stats, func(all []PathStat) bool { return all[f].Count > 0 }) {
		u.carry.forget(keys)
	}
	return true, nil
}
