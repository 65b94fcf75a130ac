// Package shrink makes a failing list of things as short as it gets by leaving things out: delta debugging.
package shrink

import (
	"context"
	"slices"
	"sync"
)

// Test tries lists, for one goroutine at a time.
type Test interface {
	// Begin says that lists may come that begin otherwise than those before.
	Begin()
	// Fails tries a list: ascending numbers from 0. Needed is how many of them are enough to fail, from the first one on; 0 says
	// that the list does not fail. The first `fixed` of them are those of all lists to come until the next Begin, so that what
	// they lead to may be kept. Fixed does not get less in between.
	Fails(ctx context.Context, keep []int, fixed int) (needed int, err error)
}

// Shrink leaves things out of keep, which fails, until no single one of those left can be left out without it ceasing to fail.
// Group says which things belong together: whole groups are tried first. Several tests try different lists at the same time;
// what comes out does not depend on how many there are. Tried, if not nil, is told after every trial how many things are left.
// When ctx ends, what is left so far is returned beside its error; it still fails.
func Shrink(ctx context.Context, keep []int, group func(i int) int, tests []Test, tried func(left int)) ([]int, error) {
	s := shrinker{ctx: ctx, keep: keep, tests: tests, tried: tried}
	units := s.grouped(group)
	if len(units) > 1 {
		if err := s.levels(units); err != nil {
			return s.keep, err
		}
	}
	before := len(s.keep)
	if err := s.levels(s.singles()); err != nil {
		return s.keep, err
	}
	for len(s.keep) < before { // what was needed may not be any more
		before = len(s.keep)
		if _, err := s.pass(s.singles(), 1); err != nil {
			return s.keep, err
		}
	}
	return s.keep, nil
}

type shrinker struct {
	ctx   context.Context
	keep  []int
	tests []Test
	tried func(left int)
}

// grouped are the things that are left, group by group in the order in which the groups begin.
func (s *shrinker) grouped(group func(i int) int) [][]int {
	at := map[int]int{}
	var units [][]int
	for _, i := range s.keep {
		g := group(i)
		k, ok := at[g]
		if !ok {
			k = len(units)
			at[g] = k
			units = append(units, nil)
		}
		units[k] = append(units[k], i)
	}
	return units
}

func (s *shrinker) singles() [][]int {
	units := make([][]int, len(s.keep))
	for k := range s.keep {
		units[k] = s.keep[k : k+1 : k+1]
	}
	return units
}

// levels tries to leave out half of the units, then quarters, down to single ones. Where all of some size are needed, so are most
// smaller ones, and sizes are passed over: the long way would cost most where nothing can be left out.
func (s *shrinker) levels(units [][]int) error {
	for size := (len(units) + 1) / 2; size > 0 && len(units) > 0; {
		before := len(units)
		var err error
		if units, err = s.pass(units, size); err != nil {
			return err
		}
		switch {
		case size == 1:
			return nil
		case len(units) < before:
			size /= 2
		default:
			size = max(size/8, 1)
		}
	}
	return nil
}

// pass tries to leave out each chunk of so many units, the first one first: what stands before it is decided then. It answers
// with the units that are left.
func (s *shrinker) pass(units [][]int, size int) ([][]int, error) {
	for _, t := range s.tests {
		t.Begin()
	}
	for at := 0; at < len(units); {
		if s.ctx.Err() != nil {
			return units, context.Cause(s.ctx)
		}
		chunks := chunksFrom(units, at, size, len(s.tests))
		needed, err := s.tryAll(units, at, chunks)
		if err != nil {
			return units, err
		}
		for i, list := range needed {
			if s.tried != nil {
				s.tried(len(s.keep))
			}
			if list == nil {
				at = chunks[i].end
				continue
			}
			s.keep = list
			units = until(slices.Delete(units, chunks[i].start, chunks[i].end), list[len(list)-1])
			at = chunks[i].start
			break
		}
	}
	return units, nil
}

// chunk is a run of units.
type chunk struct{ start, end int }

func chunksFrom(units [][]int, at, size, most int) (list []chunk) {
	for ; at < len(units) && len(list) < most; at += size {
		list = append(list, chunk{at, min(at+size, len(units))})
	}
	return list
}

// tryAll tries what is left without each chunk, at the same time. The lists are those that are enough to fail, or nil.
func (s *shrinker) tryAll(units [][]int, at int, chunks []chunk) ([][]int, error) {
	fixed, _ := slices.BinarySearch(s.keep, units[at][0])
	needed, errs := make([][]int, len(chunks)), make([]error, len(chunks))
	var group sync.WaitGroup
	for i, c := range chunks {
		group.Go(func() {
			left := s.without(units[c.start:c.end])
			n, err := s.tests[i].Fails(s.ctx, left, fixed)
			if errs[i] = err; n > 0 {
				needed[i] = left[:n]
			}
		})
	}
	group.Wait()
	for i := range chunks {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if needed[i] != nil {
			return needed[:i+1], nil // what was tried beside it counted on its chunk
		}
	}
	return needed, nil
}

// without is what is kept but some units.
func (s *shrinker) without(units [][]int) []int {
	gone := slices.Concat(units...)
	slices.Sort(gone)
	left := make([]int, 0, len(s.keep)-len(gone))
	from := 0
	for _, i := range gone {
		to, _ := slices.BinarySearch(s.keep, i)
		left, from = append(left, s.keep[from:to]...), to+1
	}
	return append(left, s.keep[from:]...)
}

// until leaves out of units what stands behind last.
func until(units [][]int, last int) [][]int {
	out := units[:0]
	for _, unit := range units {
		n, found := slices.BinarySearch(unit, last)
		if found {
			n++
		}
		if n > 0 {
			out = append(out, unit[:n])
		}
	}
	return out
}
