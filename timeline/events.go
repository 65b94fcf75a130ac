package timeline

import (
	"context"
	"iter"
	"time"

	"asof/engine/event"
)

// Filter picks events. Empty fields pick everything; set ones must all hold.
type Filter struct {
	Stream      string
	Type        string
	Category    string
	Correlation string
	ID          string
	From, To    event.Position // both included; To 0 = the end
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
func (s *Session) Events(ctx context.Context, q EventsQuery) ([]EventRow, error) { return nil, nil }

// Window is the events around a position, in log order.
type Window struct {
	Rows   []EventRow
	Cursor int // index in Rows of the last event at or before the asked position; -1 = none
	First  bool
	Last   bool // Rows ends with the last event that the filter picks
}

// Around is up to before events up to and with the one at pos, and up to after events that follow it.
func (s *Session) Around(ctx context.Context, f Filter, pos event.Position, before, after int) (Window, error) {
	return Window{}, nil
}

// Event is one event with what the log knows around it.
type Event struct {
	*event.Event
	Source   string        // name of the source it came from; "" = appended here
	Path     string        // the source's path
	Clock    event.Time    // the log's clock there
	Delta    time.Duration // since the event before
	HasDelta bool
	Previous event.Position // of the same stream; 0 = none
	Next     event.Position // of the same stream; 0 = none
}

// Event is the event at a position.
func (s *Session) Event(ctx context.Context, pos event.Position) (Event, error) { return Event{}, nil }

// Scan is every event that a filter picks, one after the other, for listings of any length. Later events come first if reverse.
func (s *Session) Scan(ctx context.Context, f Filter, reverse bool) iter.Seq2[Event, error] {
	return nil
}

// Count is how many events a filter picks.
func (s *Session) Count(ctx context.Context, f Filter) (int, error) { return 0, nil }

// Tally is how often something occurs.
type Tally struct {
	Name  string
	Count int
	First event.Position
}

// Types lists the event types, the most frequent first.
func (s *Session) Types(ctx context.Context) ([]Tally, error) { return nil, nil }

// Streams lists up to limit streams whose name starts with prefix, by name, from the one after "after" on.
func (s *Session) Streams(ctx context.Context, prefix, after string, limit int) ([]Tally, error) {
	return nil, nil
}

// Times are the events' own times at the positions, for the rows that a screen shows. A missing time is the zero Time.
func (s *Session) Times(ctx context.Context, positions []event.Position) ([]event.Time, error) {
	return nil, nil
}
