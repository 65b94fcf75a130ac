package cli

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/x/term"

	"asof/engine/event"
	"asof/ui/present"
)

// println writes one line of text, escaped.
func (a *app) println(text string) error {
	_, err := a.out.WriteString(string(present.Text(text)) + "\n")
	return err
}

// object writes one line of JSON.
func (a *app) object(o *object) error {
	if _, err := a.out.Write(o.bytes()); err != nil {
		return err
	}
	return a.out.WriteByte('\n')
}

// pairs writes names and values, aligned.
func (a *app) pairs(rows [][2]string) error {
	widest := 0
	for _, row := range rows {
		widest = max(widest, len(row[0]))
	}
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(a.out, "%-*s  %s\n", widest, row[0], present.Text(row[1])); err != nil {
			return err
		}
	}
	return nil
}

// when is an event's time in the zone that was asked for, or its own.
func (a *app) when(t event.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case a.zone != nil:
		return t.In(a.zone)
	}
	return t.Text()
}

func position(p event.Position) string { return strconv.FormatUint(uint64(p), 10) }

// at is a position for a table of blame: 0 is nobody.
func at(p event.Position) string {
	if p == 0 {
		return "-"
	}
	return position(p)
}

// terminalSize is "120x34", or "" if a stream is no terminal.
func terminalSize(stream any) string {
	f, ok := stream.(interface{ Fd() uintptr })
	if !ok {
		return ""
	}
	w, h, err := term.GetSize(f.Fd())
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%dx%d", w, h)
}
