package timeline

import (
	"context"
	"fmt"
	"time"

	"asof/engine/event"
	"asof/timeline/play"
	"asof/timeline/strip"
)

// StripQuery asks for the density of the log in columns.
type StripQuery struct {
	Columns  int
	From, To event.Position // the window: positions after From up to To; To 0 = the head
	Axis     strip.Axis     // ByTime becomes ByPosition where the window has no times
	Zone     *time.Location // for the ticks; nil = the session's
	// Projection is whose failed folds are counted in the columns; "-" = none.
	Projection string
}

// Strip is the timeline strip: events, marks and problems per column, the axis' ticks, and what a column is worth.
func (s *Session) Strip(ctx context.Context, q StripQuery) (strip.Strip, error) {
	st, err := s.window(ctx, &q)
	if err != nil {
		return strip.Strip{}, err
	}
	edges, err := s.edges(ctx, st, q.Columns)
	if err != nil {
		return strip.Strip{}, err
	}
	st.Columns = strip.Columns(st.From, st.To, edges)
	if err := s.decorate(ctx, &st, q.Projection); err != nil {
		return strip.Strip{}, err
	}
	const room = 16 // columns that a tick's label and a blank take
	st.Label(q.Zone, room)
	return st, nil
}

// window completes a query and makes the strip of it, still without columns.
func (s *Session) window(ctx context.Context, q *StripQuery) (strip.Strip, error) {
	head := s.Head()
	if q.To == 0 || q.To > head {
		q.To = head
	}
	q.From, q.Columns = min(q.From, q.To), max(q.Columns, 1)
	if q.Zone == nil {
		q.Zone = s.zone
	}
	st := strip.Strip{Axis: q.Axis, From: q.From, To: q.To}
	return st, s.span(ctx, &st)
}

// span fills in the clock at both ends, and falls back to positions where there is none.
func (s *Session) span(ctx context.Context, st *strip.Strip) error {
	if st.To == st.From {
		st.Axis = strip.ByPosition
		return nil
	}
	var err error
	if st.Start, err = s.log.ClockAt(ctx, st.From+1); err == nil {
		st.End, err = s.log.ClockAt(ctx, st.To)
	}
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	if st.Start.IsZero() && !st.End.IsZero() {
		// The window begins before the first time; the axis begins with that.
		st.Start = s.log.Info().First
	}
	if st.End.IsZero() || !st.End.After(st.Start) {
		st.Axis = strip.ByPosition
	}
	return nil
}

// edges are the last positions of all columns but the last. By time, a column holds what the clock shows from its begin up to
// but not with its end.
func (s *Session) edges(ctx context.Context, st strip.Strip, n int) ([]event.Position, error) {
	if st.Axis == strip.ByPosition {
		return strip.Edges(st.From, st.To, n), nil
	}
	asked := edgesAsked{st.From, st.To, st.Start, n}
	if known, ok := s.edgesKnown.get(asked); ok {
		return known, nil
	}
	edges := make([]event.Position, n-1)
	if err := s.timeEdges(ctx, st, edges, n); err != nil {
		return nil, fmt.Errorf("density: %w", err)
	}
	s.edgesKnown.put(asked, edges)
	return edges, nil
}

// timeEdges asks for an edge in the middle first: between two equal edges all are equal, and a quiet night costs nothing.
func (s *Session) timeEdges(ctx context.Context, st strip.Strip, edges []event.Position, n int) error {
	whole := float64(st.End.Sub(st.Start))
	var fill func(low, high int, from, to event.Position) error // the edges low … high-1, which lie in from … to
	fill = func(low, high int, from, to event.Position) error {
		if low >= high {
			return nil
		}
		middle := low + (high-low)/2
		pos := from
		if from < to {
			var err error
			if pos, err = s.log.AtTime(ctx, st.Start.Add(time.Duration(whole*float64(middle+1)/float64(n))-1)); err != nil {
				return err
			}
			pos = min(max(pos, from), to)
		}
		edges[middle] = pos
		if err := fill(low, middle, from, pos); err != nil {
			return err
		}
		return fill(middle+1, high, pos, to)
	}
	return fill(0, len(edges), st.From, st.To)
}

// decorate puts marks and failed folds into their columns.
func (s *Session) decorate(ctx context.Context, st *strip.Strip, projection string) error {
	marks, err := s.Marks(ctx)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if i := st.ColumnOf(m.Position); i >= 0 {
			st.Columns[i].Marks = append(st.Columns[i].Marks, m.Name)
		}
	}
	l, err := s.lens(projection)
	if err != nil || st.To == st.From || l.ix.Info().Errors == 0 {
		return nil //nolint:nilerr // a strip needs no projection
	}
	for e, err := range s.FoldErrors(ctx, l.name, st.From+1, st.To) {
		if err != nil {
			return err
		}
		if i := st.ColumnOf(e.Position); i >= 0 {
			st.Columns[i].Problems++
		}
	}
	return nil
}

// Zoom is the window of a strip made narrower (factor below 1) or wider, with a position at the same place in it: by time
// where the strip is by time.
func (s *Session) Zoom(ctx context.Context, st strip.Strip, around event.Position, factor float64) (from, to event.Position, err error) {
	head := s.Head()
	if st.Axis == strip.ByPosition {
		from, to = strip.Zoom(st.From, st.To, around, head, factor)
		return from, to, nil
	}
	whole := strip.Strip{From: 0, To: head, Axis: strip.ByTime}
	if err := s.span(ctx, &whole); err != nil {
		return 0, 0, err
	}
	clock, err := s.log.ClockAt(ctx, around)
	if err != nil {
		return 0, 0, fmt.Errorf("clock: %w", err)
	}
	start, end := strip.ZoomTime(st.Start, st.End, clock, whole.Start, whole.End, factor)
	if from, err = s.log.AtTime(ctx, start.Add(-1)); err == nil {
		to, err = s.log.AtTime(ctx, end)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("clock: %w", err)
	}
	if around > from && around <= head {
		return from, max(to, around), nil
	}
	return from, max(to, min(from+1, head)), nil
}

// Due is the position that playing from a position has reached after the elapsed time. Done says that the end is reached.
// Where the log has no times, a multiple of its time is taken as that many events a second.
func (s *Session) Due(ctx context.Context, from event.Position, pace play.Pace, elapsed time.Duration) (pos event.Position, done bool, err error) {
	head := s.Head()
	start, err := s.log.ClockAt(ctx, max(from, min(1, head)))
	if err != nil {
		return from, false, fmt.Errorf("clock: %w", err)
	}
	if pace.ByTime() && !start.IsZero() {
		if pos, err = s.log.AtTime(ctx, pace.Instant(start, elapsed)); err != nil {
			return from, false, fmt.Errorf("clock: %w", err)
		}
		pos = max(pos, from)
		return pos, pos >= head, nil
	}
	if pace.ByTime() {
		pace = play.Pace{PerSecond: pace.Times}
	}
	due := pace.Events(elapsed)
	if due >= head-min(from, head) {
		return head, true, nil
	}
	return from + due, false, nil
}
