// Package pane draws the regions of the debugger's screen. A pane is a plain value that says what is to be seen; View draws it
// into exactly w by h cells. Panes hold no store, see no messages and keep nothing between two frames.
//
// All text in them is present.Safe, and already clipped (present.Clip, present.Scalar) to about what a screen shows. Rows are those
// that are visible: a pane never needs the whole of a long list.
package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Kind is what a text stands for, for its ink.
type Kind = present.Kind

// Span is a run of text of one kind.
type Span = present.Span

// Fold says whether a row can be opened or closed.
type Fold uint8

// Leaves have no fold.
const (
	Leaf Fold = iota
	Closed
	Open
)

// Mark is what happened to a row; it is drawn as a character as well as a colour.
type Mark uint8

// The marks ' ', '+', '-', '~', '=' and '·'.
const (
	Unmarked  Mark = iota
	Added          // +
	Removed        // -
	Changed        // ~
	Rewritten      // = : written again with the same value
	Inside         // · : a container, in which something was touched
)

func inkOf(k Kind, s *style.Styles) style.Ink {
	switch k {
	case present.Null:
		return s.Value.Null
	case present.Bool:
		return s.Value.Bool
	case present.Number:
		return s.Value.Number
	case present.String:
		return s.Value.String
	case present.Container:
		return s.Value.Container
	case present.Name:
		return s.Value.Name
	case present.Punct:
		return s.Value.Punct
	case present.Plain:
	}
	return s.Text
}

func (m Mark) draw(s *style.Styles) (style.Ink, present.Safe) {
	switch m {
	case Added:
		return s.Diff.Added, "+"
	case Removed:
		return s.Diff.Removed, "-"
	case Changed:
		return s.Diff.Changed, "~"
	case Rewritten:
		return s.Diff.Same, "="
	case Inside:
		if s.ASCII { // where a dot is drawn as a minus, which means removed
			return s.Diff.Changed, ":"
		}
		return s.Diff.Changed, s.Glyph.Dot
	case Unmarked:
	}
	return s.Text, " "
}

func (f Fold) glyph(s *style.Styles) present.Safe {
	switch f {
	case Closed:
		return s.Glyph.Closed
	case Open:
		return s.Glyph.Open
	case Leaf:
	}
	return " "
}

// ground is the ground of the cursor's row.
func ground(s *style.Styles, focused bool) style.Ink {
	if focused {
		return s.Select
	}
	return s.SelectIdle
}

// notice draws a message in the middle of an otherwise empty sheet.
func notice(sheet *widget.Sheet, s *style.Styles, text present.Safe) {
	w, h := sheet.Size()
	lines := widget.Wrap(text, max(w-2, 1))
	for range (h - len(lines)) / 2 {
		sheet.Row()
	}
	for _, line := range lines {
		if sheet.Row() {
			sheet.Gap(max(1, (w-present.Width(line))/2))
			sheet.Put(s.Dim, line)
		}
	}
}

func rowAt(line, rows int) int {
	if line < 0 || line >= rows {
		return -1
	}
	return line
}
