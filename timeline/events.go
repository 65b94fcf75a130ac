package timeline

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/timeline/debug"
)

// Filter picks events. Empty fields pick everything; set ones must all hold.
type Filter struct {
	Stream      string
	Type        string
	Category    string
	Correlation string
	ID          string
	From, To    event.Position // both included; To 0 = the end
	Where       string         // a condition (package expr) that must hold for the event, or for one of its keys
	Projection  string         // whose state Where asks about
}

func (f Filter) engine() eventlog.Filter {
	return eventlog.Filter{
		Stream: event.StreamID(f.Stream), Type: f.Type, Category: f.Category, Correlation: f.Correlation, ID: f.ID, From: f.From, To: f.To,
	}
}

// Everything reports whether the filter picks every event of its range.
func (f Filter) Everything() bool {
	return f.Where == "" && f.Stream == "" && f.Type == "" && f.Category == "" && f.Correlation == "" && f.ID == ""
}

// EventRow is one line of a list of events.
type EventRow struct {
	Position    event.Position
	ID          string
	Stream      string
	Version     event.Version
	Numbering   event.Numbering
	Type        string
	Time        event.Time
	Correlation string
	Marks       event.Mark
	// Delta is the time since the event before it in the log (not in the list), where both have one, as HasDelta says.
	Delta    time.Duration
	HasDelta bool
}

// EventsQuery asks for a page of events.
type EventsQuery struct {
	Filter  Filter
	From    event.Position // first position looked at; 0 = the beginning, or the end if Reverse
	Limit   int            // rows at most; 0 = 1000
	Reverse bool
}

// Events is a page of events in log order, or in reverse.
func (s *Session) Events(ctx context.Context, q EventsQuery) ([]EventRow, error) {
	if q.Limit <= 0 {
		q.Limit = 1000
	}
	var rows []EventRow
	for pos, err := range s.positions(ctx, q.Filter, q.From, q.Reverse) {
		if err != nil {
			return nil, err
		}
		row, err := s.row(ctx, pos)
		if err != nil {
			return nil, err
		}
		if rows = append(rows, row); len(rows) == q.Limit {
			break
		}
	}
	return rows, nil
}

// positions yields the positions that a filter picks, from a position on, which counts itself. From 0 is the first one, or in
// reverse the last.
func (s *Session) positions(ctx context.Context, f Filter, from event.Position, reverse bool) iter.Seq2[event.Position, error] {
	return func(yield func(event.Position, error) bool) {
		if f.Where != "" && from == 0 {
			s.picked(ctx, f, reverse, nil)(yield)
			return
		}
		at, ok, err := event.Position(0), true, error(nil)
		switch {
		case reverse && from == 0:
			at = s.Head() + 1
		case reverse:
			at = from + 1
		case from > 0:
			at = from - 1
		}
		for {
			at, ok, err = s.beside(ctx, f, at, reverse)
			if err != nil {
				yield(0, err)
				return
			}
			if !ok || !yield(at, nil) {
				return
			}
		}
	}
}

// beside is the next position that a filter picks, or the one before. It reads no posting where everything is picked.
func (s *Session) beside(ctx context.Context, f Filter, at event.Position, reverse bool) (event.Position, bool, error) {
	if err := ctx.Err(); err != nil {
		return 0, false, context.Cause(ctx)
	}
	if f.Where != "" {
		k, err := s.picker(f)
		if err != nil {
			return 0, false, err
		}
		return k.beside(ctx, at, reverse)
	}
	if f.Everything() {
		last := s.Head()
		if f.To > 0 {
			last = min(last, f.To)
		}
		first := max(f.From, 1)
		if reverse {
			at = min(at, last+1)
			return at - 1, at > first, nil
		}
		at = max(at+1, first)
		return at, at <= last, nil
	}
	var err error
	var ok bool
	if reverse {
		at, ok, err = s.log.Prev(ctx, f.engine(), at)
	} else {
		at, ok, err = s.log.Next(ctx, f.engine(), at)
	}
	if err != nil {
		return 0, false, fmt.Errorf("filter: %w", err)
	}
	return at, ok, nil
}

// row is the event at a position as a line of a list.
func (s *Session) row(ctx context.Context, pos event.Position) (EventRow, error) {
	e, err := s.log.Event(ctx, pos)
	if err != nil {
		return EventRow{}, fmt.Errorf("event %d: %w", pos, err)
	}
	row := EventRow{
		Position: pos, ID: e.ID, Stream: string(e.Stream), Version: e.Version, Numbering: e.Numbering, Type: e.Type, Time: e.Time,
		Correlation: e.Correlation, Marks: e.Marks,
	}
	row.Delta, row.HasDelta, err = s.delta(ctx, e)
	return row, err
}

// delta is the time since the event before in the log.
func (s *Session) delta(ctx context.Context, e *event.Event) (time.Duration, bool, error) {
	if e.Position <= 1 || e.Time.IsZero() {
		return 0, false, nil
	}
	before, err := s.log.Event(ctx, e.Position-1)
	if err != nil {
		return 0, false, fmt.Errorf("event %d: %w", e.Position-1, err)
	}
	return e.Time.Sub(before.Time), !before.Time.IsZero(), nil
}

// Window is the events around a position, in log order.
type Window struct {
	Rows   []EventRow
	Cursor int  // index in Rows of the last event at or before the asked position; -1 = none
	First  bool // Rows begins with the first event that the filter picks
	Last   bool // Rows ends with the last event that the filter picks
}

// Around is up to before events up to and with the one at pos, and up to after events that follow it.
func (s *Session) Around(ctx context.Context, f Filter, pos event.Position, before, after int) (Window, error) {
	w := Window{First: true, Last: true}
	if pos > 0 {
		for at, err := range s.positions(ctx, f, pos, true) {
			if w.First = len(w.Rows) < before; !w.First && err == nil {
				break
			}
			if err := s.take(ctx, &w, at, err); err != nil {
				return Window{}, err
			}
		}
	}
	slices.Reverse(w.Rows)
	w.Cursor = len(w.Rows) - 1
	for at, err := range s.positions(ctx, f, pos+1, false) {
		if w.Last = len(w.Rows)-w.Cursor-1 < after; !w.Last && err == nil {
			break
		}
		if err := s.take(ctx, &w, at, err); err != nil {
			return Window{}, err
		}
	}
	return w, nil
}

func (s *Session) take(ctx context.Context, w *Window, at event.Position, err error) error {
	if err != nil {
		return err
	}
	row, err := s.row(ctx, at)
	w.Rows = append(w.Rows, row)
	return err
}

// Count is how many events a filter picks. Where the filter has a condition, that takes a look at all events, whose progress is
// told (nil = to nobody), and then it is known which ones they are.
func (s *Session) Count(ctx context.Context, f Filter, progress func(debug.Progress)) (int, error) {
	if f.Where != "" {
		n := 0
		for _, err := range s.picked(ctx, f, false, progress) {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}
	n, err := s.log.Count(ctx, f.engine())
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return int(n), nil
}

// Times are the events' own times at the positions, for the rows that a screen shows. A missing time, and that of position 0,
// is the zero Time.
func (s *Session) Times(ctx context.Context, positions []event.Position) ([]event.Time, error) {
	times := make([]event.Time, len(positions))
	known := map[event.Position]event.Time{0: {}}
	for i, pos := range positions {
		t, ok := known[pos]
		if !ok {
			e, err := s.log.Event(ctx, pos)
			if err != nil {
				return nil, fmt.Errorf("event %d: %w", pos, err)
			}
			t = e.Time
			known[pos] = t
		}
		times[i] = t
	}
	return times, nil
}

// TypesAt is the types of the events at some positions.
func (s *Session) TypesAt(ctx context.Context, positions []event.Position) ([]string, error) {
	types := make([]string, len(positions))
	for i, pos := range positions {
		e, err := s.log.Event(ctx, pos)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", pos, err)
		}
		types[i] = e.Type
	}
	return types, nil
}
