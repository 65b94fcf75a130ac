package timeline

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
)

// Event is one event with what the log knows around it.
type Event struct {
	*event.Event
	Source string // name of the source it came from; "" = appended here
	Path   string // the source's path

	// What follows is filled in by Session.Event only.
	Clock    event.Time    // the log's clock there
	Delta    time.Duration // since the event before
	HasDelta bool
	Previous event.Position // of the same stream; 0 = none
	Next     event.Position // of the same stream; 0 = none
}

// Event is the event at a position.
func (s *Session) Event(ctx context.Context, pos event.Position) (Event, error) {
	e, err := s.log.Event(ctx, pos)
	if err != nil {
		return Event{}, fmt.Errorf("event %d: %w", pos, err)
	}
	names, err := s.sources(ctx)
	if err != nil {
		return Event{}, err
	}
	full := names.of(e)
	if full.Clock, err = s.log.ClockAt(ctx, pos); err != nil {
		return Event{}, fmt.Errorf("clock at %d: %w", pos, err)
	}
	if full.Delta, full.HasDelta, err = s.delta(ctx, e); err != nil || e.Stream == "" {
		return full, err
	}
	same := eventlog.Filter{Stream: e.Stream}
	if full.Previous, _, err = s.log.Prev(ctx, same, pos); err == nil {
		full.Next, _, err = s.log.Next(ctx, same, pos)
	}
	if err != nil {
		return Event{}, fmt.Errorf("stream of event %d: %w", pos, err)
	}
	return full, nil
}

// sourceNames are the sources by their number.
type sourceNames map[uint32]eventlog.Source

func (s *Session) sources(ctx context.Context) (sourceNames, error) {
	list, err := s.log.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	names := sourceNames{}
	for _, source := range list {
		names[source.ID] = source
	}
	return names, nil
}

func (n sourceNames) of(e *event.Event) Event {
	source := n[e.Place.Source]
	return Event{Event: e, Source: source.Name, Path: source.Path}
}

// Scan is every event that a filter picks, one after the other, for listings of any length; the last one first if reverse.
func (s *Session) Scan(ctx context.Context, f Filter, reverse bool) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		names, err := s.sources(ctx)
		if err != nil {
			yield(Event{}, err)
			return
		}
		for e, err := range s.scan(ctx, f, reverse) {
			if err != nil {
				yield(Event{}, err)
				return
			}
			if !yield(names.of(e), nil) {
				return
			}
		}
	}
}

// scan reads block by block where everything is picked, and by postings else.
func (s *Session) scan(ctx context.Context, f Filter, reverse bool) iter.Seq2[*event.Event, error] {
	if f.Everything() {
		from, to := max(f.From, 1), s.Head()
		if f.To > 0 {
			to = min(to, f.To)
		}
		if from > to {
			return func(func(*event.Event, error) bool) {}
		}
		if reverse {
			return s.log.Range(ctx, to, from)
		}
		return s.blocks(ctx, from, to)
	}
	return func(yield func(*event.Event, error) bool) {
		for pos, err := range s.positions(ctx, f, 0, reverse) {
			var e *event.Event
			if err == nil {
				e, err = s.log.Event(ctx, pos)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// blocks reads forwards in the way that decodes ahead.
func (s *Session) blocks(ctx context.Context, from, to event.Position) iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		for events, err := range s.log.Blocks(ctx, from, to) {
			if err != nil {
				yield(nil, fmt.Errorf("events: %w", err))
				return
			}
			for i := range events {
				if !yield(&events[i], nil) {
					return
				}
			}
		}
	}
}

// Tally is how often something occurs.
type Tally struct {
	Name  string
	Count int
	First event.Position
}

// Types lists the event types, the most frequent first.
func (s *Session) Types(ctx context.Context) ([]Tally, error) {
	var list []Tally
	for name, err := range s.log.Types(ctx, "", "") {
		if err != nil {
			return nil, fmt.Errorf("types: %w", err)
		}
		list = append(list, tally(name))
	}
	slices.SortStableFunc(list, func(a, b Tally) int { return cmp.Compare(b.Count, a.Count) })
	return list, nil
}

func tally(n eventlog.Name) Tally { return Tally{n.Text, int(n.Count), n.First} }

// Streams lists up to limit streams (0 = 1000) whose name starts with prefix, by name, from the one after "after" on.
func (s *Session) Streams(ctx context.Context, prefix, after string, limit int) ([]Tally, error) {
	if limit <= 0 {
		limit = 1000
	}
	var list []Tally
	for name, err := range s.log.Streams(ctx, prefix, after) {
		if err != nil {
			return nil, fmt.Errorf("streams: %w", err)
		}
		if name.Text == after && after != "" {
			continue
		}
		if list = append(list, tally(name)); len(list) == limit {
			break
		}
	}
	return list, nil
}
