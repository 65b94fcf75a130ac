// Package shrink makes a failing list of things as short as it gets by leaving things out: delta debugging.
package shrink

import "context"

// Fails reports whether what is kept, ascending numbers from 0, still fails.
type Fails func(ctx context.Context, keep []int) (bool, error)

// Shrink leaves things out of keep, which fails, until no single one of those left can be left out without it ceasing to fail.
// Group says which things belong together: whole groups are tried first. Tried, if not nil, is told after every trial how many
// things are left. When ctx ends, what is left so far is returned beside its error; it still fails.
func Shrink(ctx context.Context, keep []int, group func(i int) int, fails Fails, tried func(left int)) ([]int, error) {
	s := shrinker{ctx: ctx, keep: keep, fails: fails, tried: tried}
	if err := s.chunks(s.grouped(group)); err != nil {
		return s.keep, err
	}
	for {
		before := len(s.keep)
		if err := s.chunks(s.singles()); err != nil {
			return s.keep, err
		}
		if len(s.keep) == before {
			return s.keep, nil
		}
	}
}

type shrinker struct {
	ctx   context.Context
	keep  []int
	fails Fails
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

// chunks tries to leave out half of the units, then quarters, down to single ones. The last units are tried first: what comes
// late is more often needless.
func (s *shrinker) chunks(units [][]int) error {
	for size := (len(units) + 1) / 2; size > 0 && len(units) > 0; size /= 2 {
		for end := len(units); end > 0; {
			start := max(end-size, 0)
			out, err := s.without(units[start:end])
			if err != nil {
				return err
			}
			if out {
				units = append(units[:start:start], units[end:]...)
			}
			end = start
		}
	}
	return nil
}

// without leaves units out, if what is left still fails.
func (s *shrinker) without(units [][]int) (bool, error) {
	if err := s.ctx.Err(); err != nil {
		return false, context.Cause(s.ctx)
	}
	gone := map[int]bool{}
	for _, unit := range units {
		for _, i := range unit {
			gone[i] = true
		}
	}
	left := make([]int, 0, len(s.keep)-len(gone))
	for _, i := range s.keep {
		if !gone[i] {
			left = append(left, i)
		}
	}
	failing, err := s.fails(s.ctx, left)
	if err != nil {
		return false, err
	}
	if failing {
		s.keep = left
	}
	if s.tried != nil {
		s.tried(len(s.keep))
	}
	return failing, nil
}
