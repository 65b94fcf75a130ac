package timeline

import (
	"context"
	"fmt"
	"strconv"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/value"
)

// AppendQuery is events to append to a stream.
type AppendQuery struct {
	Stream string
	Expect string // the stream's last version, "none" or "any"; "" = "any"
	Events []NewEvent
}

// NewEvent is an event to append. Data and Metadata are one JSON value each, or nil.
type NewEvent struct {
	Type        string
	ID          string // "" = made
	Data        []byte
	Metadata    []byte
	Time        event.Time // zero = now
	Correlation string
	Causation   string
}

// Appended is where the last appended event stands.
type Appended struct {
	Position event.Position
	Version  event.Version
}

// Append appends under optimistic concurrency. A refusal is an *eventlog.VersionConflict, and nothing is written then.
func (s *Session) Append(ctx context.Context, q AppendQuery) (Appended, error) {
	expect, err := expected(q.Expect)
	if err != nil {
		return Appended{}, err
	}
	if q.Stream == "" {
		return Appended{}, fmt.Errorf("append: the stream is missing")
	}
	var events []eventlog.New
	for _, e := range q.Events {
		if e.Type == "" {
			return Appended{}, fmt.Errorf("append: the event's type is missing")
		}
		for _, part := range []struct {
			name string
			text []byte
		}{{"data", e.Data}, {"metadata", e.Metadata}} {
			if part.text == nil {
				continue
			}
			if _, err := value.Parse(part.text); err != nil {
				return Appended{}, fmt.Errorf("append: %s: %w", part.name, err)
			}
		}
		events = append(events, eventlog.New{
			ID: e.ID, Type: e.Type, Time: e.Time, Correlation: e.Correlation, Causation: e.Causation, Data: e.Data, Metadata: e.Metadata,
		})
	}
	done, err := s.log.Append(ctx, event.StreamID(q.Stream), expect, events)
	if err != nil {
		return Appended{}, fmt.Errorf("append to %s: %w", q.Stream, err)
	}
	return Appended{done.Last, done.Version}, nil
}

func expected(text string) (eventlog.Expect, error) {
	switch text {
	case "", "any":
		return eventlog.Any(), nil
	case "none":
		return eventlog.NoStream(), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return eventlog.Any(), fmt.Errorf("append: expected version %q is neither a number nor none nor any", text)
	}
	return eventlog.Exact(event.Version(n)), nil
}
