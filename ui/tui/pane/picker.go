package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// PickerRow is something that can be chosen.
type PickerRow struct {
	Text  present.Safe
	Hits  []int        // byte offsets in Text of the characters that the filter matched
	More  present.Safe // said about it, in a column of its own; see Picker.Column
	Note  present.Safe // beside it, right-aligned: how many events, a key, why it cannot be chosen
	Muted bool         // cannot be chosen now
}

// Picker is a list that is narrowed by typing: keys, projections, commands, marks.
type Picker struct {
	Title  present.Safe
	Right  present.Safe // "12 of 1,304"
	Prompt widget.Prompt
	Rows   []PickerRow // the visible ones
	Cursor int
	Help   present.Safe // about the row under the cursor; below the list
	Rest   int          // further rows for what does not fit into one row of Help
	Foot   present.Safe
	Empty  present.Safe
	Column int // where More begins
	Scroll *widget.Scroll
}

// Visible is how many rows fit into a picker of the height h.
func (p Picker) Visible(h int) int {
	if p.Help != "" {
		h -= 2 + p.Rest
	}
	return max(h-4, 0)
}

// mostHelp is how many rows the help takes at most.
const mostHelp = 4

// HelpRows is how many rows a help takes in a picker of the width w.
func HelpRows(help present.Safe, w int) int {
	return min(len(widget.Wrap(help, helpWidth(w))), mostHelp)
}

func helpWidth(w int) int { return max(w-4, 1) }

// View draws the picker. The prompt stands in the first row inside its border, from column 1 on.
func (p Picker) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: p.Title, Right: p.Right, Foot: p.Foot, Focused: true, Scroll: p.Scroll})
	inner, _ := sheet.Size()
	sheet.Row()
	sheet.Gap(1)
	p.Prompt.Draw(sheet, s, inner-2)
	sheet.Row()
	sheet.Leader(s.Border, s.Glyph.Horizontal, inner)
	visible := p.Visible(h)
	if len(p.Rows) == 0 && p.Help == "" && visible > 2 {
		notice(sheet, s, p.Empty)
		return sheet.String()
	}
	used := len(p.Rows)
	if used == 0 && visible > 0 && sheet.Row() {
		sheet.Gap(2)
		sheet.Put(s.Dim, p.Empty)
		used = 1
	}
	for i := range p.Rows {
		if i >= visible {
			break
		}
		p.row(sheet, s, i)
	}
	for i := used; i < visible && p.Help != ""; i++ {
		sheet.Row()
	}
	if p.Help != "" && sheet.Row() {
		sheet.Leader(s.Border, s.Glyph.Horizontal, inner)
		help := []present.Safe{p.Help}
		if p.Rest > 0 {
			help = widget.Wrap(p.Help, helpWidth(w))
		}
		for _, line := range help[:min(len(help), 1+p.Rest)] {
			sheet.Row()
			sheet.Gap(1)
			sheet.Put(s.Dim, widget.Chrome(s, line))
		}
	}
	return sheet.String()
}

func (p Picker) row(sheet *widget.Sheet, s *style.Styles, i int) {
	r := &p.Rows[i]
	ink := s.Text
	var back style.Ink
	if i == p.Cursor {
		back, ink = ground(s, true), s.Strong
	}
	if r.Muted {
		ink = s.Dim
	}
	sheet.RowOn(back)
	if i == p.Cursor {
		sheet.Put(s.Accent, s.Glyph.Cursor)
	} else {
		sheet.Gap(1)
	}
	sheet.Gap(1)
	note := min(present.Width(r.Note), sheet.Left()/2)
	w, _ := sheet.Size()
	if r.More != "" {
		widget.Matched(sheet, r.Text, r.Hits, ink, s.Accent, max(p.Column-sheet.At()-1, 0))
		sheet.To(p.Column)
		sheet.Cell(s.Dim, widget.Chrome(s, r.More), max(sheet.Left()-note-2, 0))
	} else {
		widget.Matched(sheet, r.Text, r.Hits, ink, s.Accent, sheet.Left()-note-2)
	}
	sheet.To(w - note - 1)
	sheet.Cell(s.Dim, widget.Chrome(s, r.Note), note)
}

// RowAt is the index in Rows of the row at line y of the picker, for the mouse; -1 = none.
func (p Picker) RowAt(y int) int { return rowAt(y-3, len(p.Rows)) }
