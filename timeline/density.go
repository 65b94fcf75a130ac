package timeline

import (
	"context"
	"time"

	"asof/engine/event"
	"asof/timeline/play"
	"asof/timeline/strip"
)

// StripQuery asks for the density of the log in columns.
type StripQuery struct {
	Columns  int
	From, To event.Position // the window: positions after From up to To; To 0 = the head
	Axis     strip.Axis     // ByTime falls back to ByPosition where the window has no times
	Zone     *time.Location // for the ticks; nil = the session's
	// Projection is whose failed folds are counted in the columns; "-" = none.
	Projection string
}

// Strip is the timeline strip: events, marks and problems per column, the axis' ticks, and what a column is worth.
func (s *Session) Strip(ctx context.Context, q StripQuery) (strip.Strip, error) {
	return strip.Strip{}, nil
}

// Due is the position that playing from a position has reached after the elapsed time. Done says that the end is reached.
func (s *Session) Due(ctx context.Context, from event.Position, pace play.Pace, elapsed time.Duration) (pos event.Position, done bool, err error) {
	return 0, false, nil
}
