package timeline

import (
	"context"
	"fmt"
	"iter"
	"time"

	"asof/engine/event"
)

// byGap steps to events that came long after the log's clock had last moved: the first event after each gap.
func (s *Session) byGap(ctx context.Context, step Step, back bool, side string) (mover, error) {
	least := step.Gap
	if least <= 0 {
		var err error
		if least, err = s.usualGap(ctx); err != nil {
			return mover{}, err
		}
	}
	none := fmt.Sprintf("no %s gap of %s or more", side, least)
	if least == 0 {
		none = "the events of this log have no times"
	}
	return mover{func(ctx context.Context, at event.Position) (event.Position, bool, error) {
		if least == 0 {
			return 0, false, nil
		}
		if back {
			return s.gapBefore(ctx, at, least)
		}
		return s.gapAfter(ctx, at, s.Head(), least)
	}, none}, nil
}

// usualGap is twenty times the mean distance of two events; 0 where there are no times.
func (s *Session) usualGap(ctx context.Context) (time.Duration, error) {
	head := s.Head()
	if head < 2 {
		return 0, nil
	}
	first, err := s.log.ClockAt(ctx, 1)
	if err != nil {
		return 0, fmt.Errorf("clock: %w", err)
	}
	last, err := s.log.ClockAt(ctx, head)
	if err != nil {
		return 0, fmt.Errorf("clock: %w", err)
	}
	const times = 20
	mean := last.Sub(first) / time.Duration(head-1)
	if mean > 1<<63/times-1 {
		return mean, nil
	}
	return mean * times, nil
}

// gapAfter is the first event in from+1 … to that came at least that long after the log's clock had last moved.
func (s *Session) gapAfter(ctx context.Context, from, to event.Position, least time.Duration) (event.Position, bool, error) {
	for pos, err := range s.gaps(ctx, from, to, least) {
		return pos, err == nil, err
	}
	return 0, false, nil
}

// gapBefore looks back in growing runs, each read forwards, since the clock is known forwards only.
func (s *Session) gapBefore(ctx context.Context, at event.Position, least time.Duration) (event.Position, bool, error) {
	for run := event.Position(1024); at > 1; run *= 2 {
		from, last := at-min(at, run), event.Position(0)
		for pos, err := range s.gaps(ctx, from, at-1, least) {
			if err != nil {
				return 0, false, err
			}
			last = pos
		}
		if last > 0 {
			return last, true, nil
		}
		at = from + 1
	}
	return 0, false, nil
}

// gaps yields the first event after each gap in from+1 … to.
func (s *Session) gaps(ctx context.Context, from, to event.Position, least time.Duration) iter.Seq2[event.Position, error] {
	return func(yield func(event.Position, error) bool) {
		if from >= to {
			return
		}
		clock, err := s.log.ClockAt(ctx, from)
		if err != nil {
			yield(0, fmt.Errorf("clock at %d: %w", from, err))
			return
		}
		for e, err := range s.log.Range(ctx, from+1, to) {
			if err != nil {
				yield(0, err)
				return
			}
			if e.Time.IsZero() || e.Marks.Has(event.Outlier) || !e.Time.After(clock) {
				continue
			}
			if !clock.IsZero() && e.Time.Sub(clock) >= least && !yield(e.Position, nil) {
				return
			}
			clock = e.Time
		}
	}
}
