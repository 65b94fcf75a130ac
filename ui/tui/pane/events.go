package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// EventRow is one event of the list.
type EventRow struct {
	Position present.Safe // with separators, as present.Position writes it
	Time     present.Safe // time of day or difference, as the viewer chose
	Stream   present.Safe
	Type     present.Safe
	Note     present.Safe // one column: a bookmark's letter, ! for a problem, a breakpoint; may be empty
	Problem  bool         // the note tells of a problem
	Future   bool         // the event has not happened yet
	Related  bool         // of the same stream or correlation as the cursor's event
	Match    bool         // a search hit
}

// Events is the list of events around the cursor.
type Events struct {
	Title   present.Safe // "Events", or "Events · filter"
	Right   present.Safe // such as a filter's count
	Rows    []EventRow   // the visible ones
	Cursor  int          // index in Rows; -1 = not among them
	Focused bool
	Stale   bool // an answer to an earlier question: all dimmed
	Digits  int  // columns of the widest position in the log; 0 = as wide as the rows shown
	Clock   int  // columns of the time; 0 = as wide as the rows shown
	Empty   present.Safe
	Scroll  *widget.Scroll
}

// Visible is how many rows fit into a pane of the height h.
func (Events) Visible(h int) int { return max(h-2, 0) }

// columns are the widths of the list's columns.
type columns struct{ position, time, stream, kind int }

// View draws the list.
func (e Events) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: e.Title, Right: e.Right, Focused: e.Focused, Scroll: e.Scroll})
	inner, _ := sheet.Size()
	if len(e.Rows) == 0 {
		notice(sheet, s, e.Empty)
		return sheet.String()
	}
	cols := e.measure(inner)
	for i := range e.Rows {
		if sheet.Full() {
			break
		}
		e.row(sheet, s, i, cols)
	}
	return sheet.String()
}

func (e Events) measure(w int) columns {
	c := columns{position: e.Digits, time: e.Clock}
	stream, kind := 0, 0
	for i := range e.Rows {
		r := &e.Rows[i]
		c.position = max(c.position, present.Width(r.Position))
		c.time = max(c.time, present.Width(r.Time))
		stream, kind = max(stream, present.Width(r.Stream)), max(kind, present.Width(r.Type))
	}
	free := w - 4 - c.position - c.time - 4
	if c.time > 0 && free < 12 { // the time gives way first
		free, c.time = free+c.time+2, 0
	}
	c.stream = min(stream, max(free*40/100, free-kind-2))
	c.kind = free - c.stream
	return c
}

func (e Events) row(sheet *widget.Sheet, s *style.Styles, i int, c columns) {
	r := &e.Rows[i]
	here := i == e.Cursor
	position, stream, kind := s.Dim, s.Dim, s.Text
	var back style.Ink
	switch {
	case here:
		back, position, kind = ground(s, e.Focused), s.Accent, s.Strong
		stream = s.Text
	case r.Related:
		stream = s.Text
	}
	sheet.RowOn(back)
	if (r.Future || e.Stale) && !here {
		sheet.Veil(s.Future)
		defer sheet.Unveil()
	}
	if here {
		sheet.Put(s.Accent, s.Glyph.Cursor)
	} else {
		sheet.Gap(1)
	}
	e.note(sheet, s, r)
	sheet.CellRight(position, r.Position, c.position)
	if c.time > 0 {
		sheet.Gap(2)
		sheet.CellRight(s.Dim, r.Time, c.time)
	}
	sheet.Gap(2)
	sheet.CellMiddle(stream, r.Stream, c.stream)
	sheet.Gap(2)
	if r.Match {
		kind = s.Match
	}
	sheet.Cell(kind, r.Type, c.kind)
}

func (e Events) note(sheet *widget.Sheet, s *style.Styles, r *EventRow) {
	ink := s.Warn
	if r.Problem {
		ink = s.Bad
	}
	sheet.Cell(ink, r.Note, 1)
	sheet.Gap(1)
}

// RowAt is the index in Rows of the row at line y of the pane, for the mouse; -1 = none.
func (e Events) RowAt(y int) int { return rowAt(y-1, len(e.Rows)) }
