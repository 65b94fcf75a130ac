package present

import (
	"strconv"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// Version is a version as its source numbers it. One that asof counted itself is marked with a ° after it.
func Version(v event.Version, n event.Numbering) Safe {
	switch n {
	case event.BySource:
		return Safe(strconv.FormatInt(int64(v), 10))
	case event.ByAsof:
		return Safe(strconv.FormatInt(int64(v), 10)) + "°"
	case event.Unnumbered:
	}
	return ""
}

// Marks says in words what import noticed about an event; empty if it noticed nothing.
func Marks(m event.Mark) Safe {
	var words []string
	for _, w := range []struct {
		mark event.Mark
		word string
	}{
		{event.DerivedID, "id made from its place"},
		{event.RepeatedID, "id seen before"},
		{event.RepeatedKey, "an object names a key twice"},
		{event.InvalidUTF8, "bytes that are not UTF-8"},
		{event.Late, "arrived late"},
		{event.Outlier, "time is an outlier"},
		{event.BadTime, "time could not be read"},
		{event.GuessedUnit, "unit of the time is guessed"},
	} {
		if m.Has(w.mark) {
			words = append(words, w.word)
		}
	}
	return Safe(strings.Join(words, ", "))
}

// Sign is the character that marks what happened to a field: + - ~ =.
func Sign(op value.Op) Safe {
	switch op {
	case value.Add:
		return "+"
	case value.Remove:
		return "-"
	case value.Replace:
		return "~"
	case value.Same:
		return "="
	}
	return " "
}

// Difference is a change of a field on one line: ~ /status  "paid" → "refunded". It takes at most cells columns.
func Difference(op value.Op, path value.Pointer, before, after *value.Node, cells int) Safe {
	head := Sign(op) + " " + TruncateMiddle(Path(path), max(cells/2, 8), Ellipsis) + "  "
	room := max(cells-Width(head), 1)
	switch op {
	case value.Add, value.Same:
		return Truncate(head+Preview(after, room), cells)
	case value.Remove:
		return Truncate(head+Preview(before, room), cells)
	case value.Replace:
	}
	return Truncate(head+Change(before, after, room), cells)
}
