package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

// newFile writes a file that is not there yet; one that can not be written whole is taken away again.
func newFile(name string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name", name)
	}
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// written is a file that was made.
type written struct {
	name string
	what present.Safe // "120 bytes"
}

func (w written) apply(m *Model) tea.Cmd {
	return m.say("wrote " + w.what + " to " + present.Clip(w.name, 80))
}

// keep writes a text into a new file.
func (m *Model) keep(name string, text []byte) tea.Cmd {
	return m.asks.ask(laneCopy, func(context.Context) result {
		err := newFile(name, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return failure{"write", err}
		}
		return written{name, present.Counted(len(text), "byte")}
	})
}

// export writes the events of the list, as its filter picks them, into a new file.
func (m *Model) export(args string) tea.Cmd {
	name, format := exportTo(args)
	if name == "" {
		return m.say("the file is missing: export FILE [" + present.Text(strings.Join(timeline.ExportFormats(), "|")) + "]")
	}
	q := timeline.ExportQuery{Format: format, Filter: m.filter.pick}
	all := m.head()
	return m.askSearch("exporting to "+present.Clip(name, 40), func(ctx context.Context, report func(debug.Progress)) result {
		n := 0
		err := newFile(name, func(w io.Writer) (err error) {
			q.Progress = func(at event.Position) { report(debug.Progress{At: at, Done: uint64(at), Of: uint64(all)}) }
			n, err = m.session.Export(ctx, w, q)
			return err
		})
		if err != nil {
			return failure{"export", err}
		}
		return written{name, present.Counted(n, "event")}
	})
}

// exportTo reads FILE [FORMAT]; without a format the file's name says it.
func exportTo(args string) (name, format string) {
	name = strings.TrimSpace(args)
	if i := strings.LastIndexByte(name, ' '); i >= 0 && slices.Contains(timeline.ExportFormats(), name[i+1:]) {
		return strings.TrimSpace(name[:i]), name[i+1:]
	}
	if strings.EqualFold(filepath.Ext(name), ".csv") {
		return name, "csv"
	}
	return name, "jsonl"
}

// completeExport offers the formats behind a file's name.
func completeExport(_ context.Context, _ Session, head, args string) []dialog.Choice {
	name, _, found := strings.Cut(strings.TrimLeft(args, " "), " ")
	if !found {
		return nil
	}
	notes := map[string]present.Safe{
		"jsonl": "asof's own form, a line an event", "cloudevents": "CloudEvents 1.0, a line an event", "csv": "a row an event", "raw": "the records as they came in",
	}
	var choices []dialog.Choice
	for _, format := range timeline.ExportFormats() {
		choices = append(choices, dialog.Choice{Text: format, Fill: head + name + " " + format, Note: notes[format]})
	}
	return choices
}
