package timeline

import (
	"context"
	"time"

	"asof/engine/event"
	"asof/timeline/where"
)

// Base is what a where is relative to.
type Base struct {
	// At is the cursor.
	At event.Position
	// CommandLine: there is no cursor; relative wheres count from the end.
	CommandLine bool
	// Zone is where times without a zone are read; nil = the session's.
	Zone *time.Location
}

// Place is a position as an answer repeats it.
type Place struct {
	Position event.Position
	Head     event.Position
	Time     event.Time  // the log's clock there, or the recorded time where that was asked; zero = the log has no times yet
	Clock    string      // "event time" or "recorded time": which clock Time is read from
	Where    where.Where // what was asked
}

// Percent is the place's share of the log in percent, 0 … 100.
func (p Place) Percent() float64 {
	if p.Head == 0 {
		return 0
	}
	return 100 * float64(p.Position) / float64(p.Head)
}

// Resolve finds the position that text names. An error says what is legal.
func (s *Session) Resolve(ctx context.Context, text string, base Base) (Place, error) {
	return Place{}, nil
}

// Place tells of a position: its time and percent.
func (s *Session) Place(ctx context.Context, pos event.Position) (Place, error) { return Place{}, nil }
