package asof

import (
	"context"
	"slices"
	"sort"

	"asof/engine/event"
	"asof/engine/value"

	"golang.org/x/sync/errgroup"
)

// Diverge finds the first event after which the states of two projections over one log differ, beside the paths in ignore and
// what is below them, and whether there is one up to where both are built.
func Diverge(ctx context.Context, left, right *Index, ignore []value.Pointer) (d Divergence, found bool, err error) {
	s := splitter{left: left, right: right, ignore: outermost(ignore)}
	s.end = min(left.Built(), right.Built())
	var after, upTo event.Position
	if len(s.ignore) == 0 {
		after, upTo, err = s.bisect(ctx)
	} else {
		after, upTo, err = s.walk(ctx, 0)
	}
	for err == nil && upTo > 0 {
		if d, found, err = s.within(ctx, after, upTo); err != nil || found {
			return d, found, err
		}
		after, upTo, err = s.walk(ctx, upTo)
	}
	return d, false, err
}

// splitter compares two histories.
type splitter struct {
	left, right *Index
	ignore      []value.Pointer
	end         event.Position
}

// bisect finds the first stored totals whose histories differ: the histories part in after … upTo. UpTo 0 means nowhere.
func (s *splitter) bisect(ctx context.Context) (after, upTo event.Position, err error) {
	differ := func(at event.Position) bool {
		if err != nil {
			return true
		}
		a, e := s.left.HistoryHash(ctx, at)
		b, f := s.right.HistoryHash(ctx, at)
		if err = e; err == nil {
			err = f
		}
		return a != b
	}
	if !differ(s.end) || err != nil {
		return 0, 0, err
	}
	n := sort.Search(int(s.end/stride), func(i int) bool { return differ(event.Position(i+1) * stride) })
	return event.Position(n) * stride, min(event.Position(n+1)*stride, s.end), err
}

// walk finds the first stretch after `after` in which the histories may differ beside what is ignored, by the statistics of the
// segments. A stretch lies between two places where both indexes have the end of a segment.
func (s *splitter) walk(ctx context.Context, after event.Position) (from, upTo event.Position, err error) {
	left, err := s.left.histories(ctx, s.ignore)
	if err != nil {
		return 0, 0, err
	}
	right, err := s.right.histories(ctx, s.ignore)
	if err != nil {
		return 0, 0, err
	}
	var same, start stretch
	for j, i := 0, 0; i < len(left) && left[i].last < s.end; i++ {
		for j < len(right) && right[j].last < left[i].last {
			j++
		}
		if j == len(right) || right[j].last != left[i].last {
			continue
		}
		moved := left[i].history-same.history != right[j].history-start.history
		if moved && left[i].last > after {
			return max(same.last, after), left[i].last, nil
		}
		same, start = left[i], right[j]
	}
	if from = max(same.last, after); from < s.end {
		return from, s.end, nil
	}
	return 0, 0, nil
}

// stretch is the history up to the end of a segment.
type stretch struct {
	last    event.Position
	history uint64
}

// histories lists the segments' ends with the history up to there, beside what is ignored.
func (ix *Index) histories(ctx context.Context, ignore []value.Pointer) (all []stretch, err error) {
	err = ix.read(ctx, func(r *reader) error {
		all = nil
		sum, before := uint64(0), uint64(0)
		for i, e := range r.extents {
			st, err := r.stats(i)
			if err != nil {
				return err
			}
			sum += st.without(e.sum.history-before, ignore)
			before = e.sum.history
			all = append(all, stretch{e.last, sum})
		}
		return ctx.Err()
	})
	return all, err
}

// within finds the first difference after `after`, up to upTo. It looks at pieces that grow, since the first is often near.
func (s *splitter) within(ctx context.Context, after, upTo event.Position) (d Divergence, found bool, err error) {
	for piece := event.Position(1024); after < upTo && !found && err == nil; piece *= 8 {
		end := min(upTo, after+piece)
		d, found, err = s.piece(ctx, after, end)
		after = end
	}
	return d, found, err
}

// piece finds the first difference after `after`, up to upTo, by playing both sides.
func (s *splitter) piece(ctx context.Context, after, upTo event.Position) (d Divergence, found bool, err error) {
	var a, b map[event.Position]uint64
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() (err error) { a, err = s.left.movesIn(inner, after, upTo, s.ignore); return err })
	group.Go(func() (err error) { b, err = s.right.movesIn(inner, after, upTo, s.ignore); return err })
	if err := group.Wait(); err != nil {
		return d, false, err
	}
	var at []event.Position
	for pos, sum := range a {
		if b[pos] != sum {
			at = append(at, pos)
		}
	}
	for pos, sum := range b {
		if _, ok := a[pos]; !ok && sum != 0 {
			at = append(at, pos)
		}
	}
	slices.Sort(at)
	for _, pos := range at {
		if d, found, err = s.point(ctx, pos); err != nil || found {
			return d, found, err
		}
	}
	return d, false, nil
}

// movesIn sums up by how much each event of a stretch moves the hash of the state.
func (ix *Index) movesIn(ctx context.Context, after, upTo event.Position, ignore []value.Pointer) (map[event.Position]uint64, error) {
	sums := make(map[event.Position]uint64)
	for after < upTo {
		err := ix.read(ctx, func(r *reader) error {
			ordinal := r.segment(after + 1)
			if ordinal < 0 {
				return r.reaches(upTo)
			}
			end := min(upTo, r.extents[ordinal].last)
			w := sweep{r: r, from: after, to: end, ignore: ignore}
			w.visit = func(m move) { sums[m.pos] += m.by }
			if err := w.segment(ordinal); err != nil {
				return err
			}
			after = end
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// point compares both sides' documents of the keys of one event.
func (s *splitter) point(ctx context.Context, pos event.Position) (d Divergence, found bool, err error) {
	keys, err := s.left.KeysAt(ctx, pos)
	if err != nil {
		return d, false, err
	}
	more, err := s.right.KeysAt(ctx, pos)
	if err != nil {
		return d, false, err
	}
	for _, key := range more {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		a, err := s.left.State(ctx, key, pos)
		if err != nil {
			return d, false, err
		}
		b, err := s.right.State(ctx, key, pos)
		if err != nil {
			return d, false, err
		}
		for _, diff := range value.Diff(a.Root, b.Root) {
			if !slices.ContainsFunc(s.ignore, diff.Path.HasPrefix) {
				return Divergence{Position: pos, Key: key, Path: diff.Path, Left: diff.Old, Right: diff.New}, true, nil
			}
		}
	}
	return d, false, nil
}
