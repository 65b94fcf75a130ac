package timeline

import (
	"context"
	"errors"
	"fmt"
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

// The clocks that an answer can name.
const (
	EventTime    = "event time"
	RecordedTime = "recorded time"
)

// Place is a position as an answer repeats it.
type Place struct {
	Position event.Position
	Head     event.Position
	Time     event.Time  // the log's clock there; zero = the log has no times yet
	Clock    string      // EventTime, or RecordedTime where that was asked and is what Time is
	Where    where.Where // what was asked
}

// Percent is the place's share of the log in percent, 0 … 100.
func (p Place) Percent() float64 {
	if p.Head == 0 {
		return 0
	}
	return 100 * float64(p.Position) / float64(p.Head)
}

// Place tells of a position: its time and percent.
func (s *Session) Place(ctx context.Context, pos event.Position) (Place, error) {
	clock, err := s.log.ClockAt(ctx, pos)
	if err != nil {
		return Place{}, fmt.Errorf("clock at %d: %w", pos, err)
	}
	return Place{Position: pos, Head: s.Head(), Time: clock, Clock: EventTime, Where: where.Of(where.Reading{Kind: where.Position, Number: int64(pos)})}, nil
}

// Resolve finds the position that text names. A text that names none gives a *where.Error, which says what is legal.
func (s *Session) Resolve(ctx context.Context, text string, base Base) (Place, error) {
	w, err := where.Parse(text)
	if err != nil {
		return Place{}, err
	}
	if base.CommandLine {
		base.At = s.Head()
	}
	if base.Zone == nil {
		base.Zone = s.zone
	}
	r := resolver{s, base}
	var reason string
	for _, reading := range w.Readings() {
		pos, why, err := r.position(ctx, reading)
		var not *where.Error
		if errors.As(err, &not) {
			return Place{}, not
		}
		if err != nil {
			return Place{}, fmt.Errorf("where %q: %w", text, err)
		}
		if why == "" {
			return r.place(ctx, w, reading, pos)
		}
		reason = why
	}
	return Place{}, &where.Error{Text: text, Reason: reason}
}

// place is the answer, with the time of the clock that was asked.
func (r resolver) place(ctx context.Context, w where.Where, reading where.Reading, pos event.Position) (Place, error) {
	p, err := r.Place(ctx, pos)
	if err != nil {
		return Place{}, err
	}
	p.Where = w
	if reading.Kind == where.Recorded && pos > 0 {
		e, err := r.log.Event(ctx, pos)
		if err != nil {
			return Place{}, fmt.Errorf("event %d: %w", pos, err)
		}
		if !e.Recorded.IsZero() {
			p.Time, p.Clock = e.Recorded, RecordedTime
		}
	}
	return p, nil
}
