package timeline

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"asof/engine/event"
)

// ExportQuery asks for the log, or a cut of it.
type ExportQuery struct {
	Format string // see ExportFormats
	Filter Filter
	// Progress is told how far the export is, every some thousand events; nil = nobody asks.
	Progress func(at event.Position)
}

// ExportFormats lists what Export writes.
func ExportFormats() []string { return []string{"jsonl", "cloudevents", "csv", "raw"} }

// exporter writes events in one format.
type exporter interface {
	begin(w *bufio.Writer) error
	event(w *bufio.Writer, e Event) error
}

func newExporter(format string) (exporter, error) {
	switch format {
	case "jsonl":
		return jsonLines{}, nil
	case "cloudevents":
		return cloudEvents{}, nil
	case "csv":
		return commaSeparated{}, nil
	case "raw":
		return &originals{}, nil
	}
	return nil, fmt.Errorf("export format %q is none of %s", format, strings.Join(ExportFormats(), ", "))
}

// Export writes the picked events and returns how many there were. Every format has one line per event, but for line ends
// within a CSV cell; raw gives back the records' original bytes, once per record, each with a line's end.
func (s *Session) Export(ctx context.Context, w io.Writer, q ExportQuery) (int, error) {
	format, err := newExporter(q.Format)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := format.begin(out); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	n := 0
	for e, err := range s.Scan(ctx, q.Filter, false) {
		if err != nil {
			return n, err
		}
		if err := format.event(out, e); err != nil {
			return n, fmt.Errorf("export event %d: %w", e.Position, err)
		}
		if n++; n%4096 == 0 && q.Progress != nil {
			q.Progress(e.Position)
		}
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("export: %w", err)
	}
	return n, nil
}
