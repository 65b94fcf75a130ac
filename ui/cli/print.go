package cli

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/x/term"

	"asof/engine/event"
	"asof/engine/value"
	"asof/ui/present"
)

// println writes one line of text, escaped.
func (a *app) println(text string) error {
	_, err := a.out.WriteString(string(present.Text(text)) + "\n")
	return err
}

// object writes one line of JSON.
func (a *app) object(o *present.Line) error {
	_, err := o.WriteTo(a.out)
	return err
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
	if t.IsZero() {
		return "-"
	}
	return a.seen(t).Text()
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

// count is a number with thousands separators, for a table.
func count[T int | uint64 | event.Position](n T) string { return string(present.Count(n)) }

// counted is a count with its noun, in the singular for one.
func counted[T int | uint64 | event.Position](n T, noun present.Safe) string {
	return string(present.Counted(n, noun))
}

// block writes a text of several lines, each escaped.
func (a *app) block(text string) error {
	for _, line := range present.Lines(text) {
		if _, err := a.out.WriteString(string(line) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// sign is the character that marks a change in a listing.
func sign(op value.Op) string {
	switch op {
	case value.Add:
		return "+"
	case value.Remove:
		return "-"
	case value.Replace:
		return "~"
	}
	return "="
}

// markNames spells out what import noticed about an event.
func markNames(m event.Mark) []string {
	var names []string
	for _, mark := range []struct {
		mark event.Mark
		name string
	}{
		{event.DerivedID, "derived id"}, {event.RepeatedID, "repeated id"}, {event.RepeatedKey, "repeated key"},
		{event.InvalidUTF8, "invalid UTF-8"}, {event.Late, "late"}, {event.Outlier, "time outlier"}, {event.BadTime, "unreadable time"},
		{event.GuessedUnit, "time unit guessed"},
	} {
		if m.Has(mark.mark) {
			names = append(names, mark.name)
		}
	}
	return names
}

// jsonOf is a value's JSON text; nothing for an absent value, whose member is then left out.
func jsonOf(n *value.Node) []byte {
	if n == nil {
		return nil
	}
	return n.JSON()
}

// seen is a time in the zone that was asked for, or its own.
func (a *app) seen(t event.Time) event.Time {
	if a.zone == nil {
		return t
	}
	return t.At(a.zone)
}
