package timeline

import (
	"context"
	"io"

	"asof/engine/event"
)

// ExportQuery asks for the log, or a cut of it.
type ExportQuery struct {
	Format string // jsonl, cloudevents, csv or raw: see ExportFormats
	Filter Filter
}

// ExportFormats lists what Export writes.
func ExportFormats() []string { return []string{"jsonl", "cloudevents", "csv", "raw"} }

// Export writes the picked events and returns how many there were. Raw gives back the records' original bytes, each with a
// line's end, once per record.
func (s *Session) Export(ctx context.Context, w io.Writer, q ExportQuery) (int, error) {
	return 0, nil
}

// AppendQuery is events to append to a stream.
type AppendQuery struct {
	Stream string
	Expect string // the stream's last version, "none" or "any"; "" = "any"
	Events []NewEvent
}

// NewEvent is an event to append. Data is one JSON value.
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
	return Appended{}, nil
}
