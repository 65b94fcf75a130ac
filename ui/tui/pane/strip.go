package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// StripKind is what a mark on the timeline stands for.
type StripKind uint8

// The kinds of marks, the more important ones later: where several fall on one column the last is drawn.
const (
	HoldMark StripKind = iota // what was looked for holds here
	HitMark
	BookMark
	BreakMark
	ProblemMark
)

// StripMark is a mark on the timeline.
type StripMark struct {
	Column int
	Kind   StripKind
	Letter present.Safe // one column, drawn behind a bookmark's ' ; may be empty
}

// StripLabel is a time or position under a column.
type StripLabel struct {
	Column int // where the label begins
	Text   present.Safe
}

// Strip is the timeline: how many events fall on each column, the cursor, marks, an axis.
type Strip struct {
	Title   present.Safe // "Timeline"
	Right   present.Safe // "30 s per column · peak 412"
	Counts  []uint64     // one per column; Columns says how many there are
	Cursor  int          // column; -1 = outside
	Ready   int          // columns that are indexed; those after it are drawn as future. 0 = all
	Marks   []StripMark
	Labels  []StripLabel // from left to right
	Focused bool
	Empty   present.Safe
}

// Columns is how many columns of counts a strip of the width w has.
func (Strip) Columns(w int) int { return max(w-4, 0) }

// Column is the column under the cell x of a strip, for the mouse; it may lie outside.
func (Strip) Column(x int) int { return x - 2 }

// View draws the timeline: as many rows of bars as there is room for, the ruler, and the axis.
func (t Strip) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: t.Title, Right: t.Right, Focused: t.Focused})
	_, rows := sheet.Size()
	if len(t.Counts) == 0 {
		notice(sheet, s, t.Empty)
		return sheet.String()
	}
	bars := max(rows-2, 1)
	if rows == 2 {
		bars = 1
	}
	widget.Bars(sheet, s, t.Counts, bars, t.Cursor, t.Ready)
	if rows > bars {
		t.ruler(sheet, s)
	}
	if rows > bars+1 {
		t.axis(sheet, s)
	}
	return sheet.String()
}

func (t Strip) ruler(sheet *widget.Sheet, s *style.Styles) {
	sheet.Row()
	sheet.Gap(1)
	cells := make([]*StripMark, len(t.Counts))
	for i := range t.Marks {
		m := &t.Marks[i]
		if m.Column < 0 || m.Column >= len(cells) {
			continue
		}
		if old := cells[m.Column]; old == nil || old.Kind <= m.Kind {
			cells[m.Column] = m
		}
	}
	for x := 0; x < len(cells); x++ {
		switch m := cells[x]; {
		case x == t.Cursor:
			sheet.Put(s.Strip.Cursor, s.Glyph.Here)
		case m == nil:
			run := x + 1
			for run < len(cells) && cells[run] == nil && run != t.Cursor {
				run++
			}
			sheet.Leader(s.Strip.Ruler, s.Glyph.Rule, run-x)
			x = run - 1
		default:
			x += t.mark(sheet, s, m, x+1 < len(cells) && x+1 != t.Cursor && cells[x+1] == nil)
		}
	}
}

// mark draws one mark and returns how many columns it took beyond its own.
func (t Strip) mark(sheet *widget.Sheet, s *style.Styles, m *StripMark, room bool) int {
	switch m.Kind {
	case ProblemMark:
		sheet.Put(s.Strip.Problem, s.Glyph.Problem)
	case BreakMark:
		sheet.Put(s.Strip.Break, s.Glyph.Break)
	case HoldMark:
		sheet.Put(s.Strip.Mark, s.Glyph.Full)
	case HitMark:
		sheet.Put(s.Strip.Mark, s.Glyph.Hit)
	case BookMark:
		sheet.Put(s.Strip.Mark, s.Glyph.Mark)
		if room && m.Letter != "" {
			sheet.Cell(s.Strip.Mark, m.Letter, 1)
			return 1
		}
	}
	return 0
}

func (t Strip) axis(sheet *widget.Sheet, s *style.Styles) {
	sheet.Row()
	w, _ := sheet.Size()
	for _, l := range t.Labels {
		x, cells := l.Column+1, present.Width(l.Text)
		if x < sheet.At() || x+cells > w-1 {
			continue
		}
		sheet.To(x)
		sheet.Put(s.Strip.Axis, l.Text)
		sheet.Gap(1)
	}
}
