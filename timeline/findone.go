package timeline

import (
	"context"
	"slices"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/timeline/debug"
)

// FindFirst is the interval that begins first, and whether there is one. It looks no further than it has to.
func (s *Session) FindFirst(ctx context.Context, q FindQuery, progress func(debug.Progress)) (debug.Interval, bool, error) {
	if kind, text := debug.SplitWhat(q.What); kind == debug.ByCondition {
		cond, err := expr.Compile(text)
		if err != nil {
			return debug.Interval{}, false, err
		}
		if cond.NeedsState() {
			return s.firstOfState(ctx, q, cond, progress)
		}
	}
	for i, err := range s.Find(ctx, q, progress) {
		return i, err == nil, err
	}
	return debug.Interval{}, false, nil
}

// firstOfState finds the first event at which the condition holds, and then where that ends for its key.
func (s *Session) firstOfState(ctx context.Context, q FindQuery, cond *expr.Cond, progress func(debug.Progress)) (debug.Interval, bool, error) {
	f := s.finder(q, cond, progress)
	if err := f.begin(); err != nil {
		return debug.Interval{}, false, err
	}
	w := windows{s: s, l: f.lens, at: f.q.From - 1, end: f.q.To}
	if f.start != nil {
		w.size = wholeSegments
	}
	for {
		from, to, ok, err := w.next(ctx)
		if err != nil || !ok {
			return debug.Interval{}, false, err
		}
		turns, err := f.turnsIn(ctx, from, to)
		if err != nil {
			return debug.Interval{}, false, err
		}
		f.tell(to)
		if len(turns) == 0 {
			continue // nothing holds yet, so that a turn can only be a beginning
		}
		if turns[0].err != nil {
			return debug.Interval{}, false, turns[0].err
		}
		if i, ended := f.firstEnd(turns); ended {
			return i, true, nil
		}
		rest := FindQuery{Projection: q.Projection, What: q.What, Key: turns[0].key, From: turns[0].at, To: f.q.To}
		for i, err := range s.Find(ctx, rest, nil) {
			return i, err == nil, err
		}
		return debug.Interval{Key: turns[0].key, From: turns[0].at}, true, nil
	}
}

// firstEnd is where the interval ends that the first turn begins, if that is among the turns.
func (f *finder) firstEnd(turns []turn) (debug.Interval, bool) {
	for _, t := range turns[1:] {
		if t.id == turns[0].id && t.err == nil {
			return debug.Interval{Key: turns[0].key, From: turns[0].at, To: t.at}, true
		}
	}
	return debug.Interval{}, false
}

// FindLast is the interval that begins last, of those that begin together the one that comes last, and whether there is one.
func (s *Session) FindLast(ctx context.Context, q FindQuery, progress func(debug.Progress)) (last debug.Interval, found bool, err error) {
	for i, err := range s.Find(ctx, q, progress) {
		if err != nil {
			return last, found, err
		}
		if !found || i.From >= last.From {
			last, found = i, true
		}
	}
	return last, found, nil
}

// FindCount is how many intervals there are, and how many keys they are of.
func (s *Session) FindCount(ctx context.Context, q FindQuery, progress func(debug.Progress)) (intervals, keys int, err error) {
	if kind, text := debug.SplitWhat(q.What); kind == debug.ByCondition {
		cond, err := expr.Compile(text)
		if err != nil {
			return 0, 0, err
		}
		if cond.NeedsState() {
			return s.countOfState(ctx, q, cond, progress)
		}
	}
	seen := map[string]struct{}{}
	for i, err := range s.Find(ctx, q, progress) {
		if err != nil {
			return intervals, len(seen), err
		}
		intervals++
		if i.Key != "" {
			seen[i.Key] = struct{}{}
		}
	}
	return intervals, len(seen), nil
}

// countOfState counts without looking at the keys' names.
func (s *Session) countOfState(ctx context.Context, q FindQuery, cond *expr.Cond, progress func(debug.Progress)) (intervals, keys int, err error) {
	f := s.finder(q, cond, progress)
	err = f.ended(ctx, func(debug.Interval, error) bool {
		intervals++
		return true
	})
	return intervals + f.open.n, f.open.keys, err
}

// FindEvents lists the positions of the events that a find picks: where intervals begin, each once, in log order. It is what n
// and N walk.
func (s *Session) FindEvents(ctx context.Context, q FindQuery, limit int, progress func(debug.Progress)) (at []event.Position, err error) {
	for i, err := range s.Find(ctx, q, progress) {
		if err != nil {
			return sortedPositions(at), err
		}
		if at = append(at, i.From); limit > 0 && len(at) >= limit {
			break
		}
	}
	return sortedPositions(at), nil
}

func sortedPositions(at []event.Position) []event.Position {
	slices.Sort(at)
	return slices.Compact(at)
}
