package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// HelpRow is a command, or the heading of a group if it has no keys and no name.
type HelpRow struct {
	Group  present.Safe // heading; the other fields are then empty
	Keys   present.Safe
	Name   present.Safe // as the command line says it
	Text   present.Safe // what it does
	Hits   []int        // byte offsets in Text that the filter matched
	Reason present.Safe // why it cannot run now; empty = it can
}

// Help is the table of keys: filtered by typing, run by enter.
type Help struct {
	Title  present.Safe
	Right  present.Safe
	Prompt widget.Prompt
	Rows   []HelpRow // the visible ones
	Cursor int
	Foot   present.Safe
	Empty  present.Safe
	Scroll *widget.Scroll
}

// Visible is how many rows fit into a table of the height h.
func (Help) Visible(h int) int { return max(h-4, 0) }

// View draws the table.
func (t Help) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: t.Title, Right: t.Right, Foot: t.Foot, Focused: true, Scroll: t.Scroll})
	inner, _ := sheet.Size()
	sheet.Row()
	sheet.Gap(1)
	t.Prompt.Draw(sheet, s, inner-2)
	sheet.Row()
	sheet.Leader(s.Border, s.Glyph.Horizontal, inner)
	if len(t.Rows) == 0 {
		notice(sheet, s, t.Empty)
		return sheet.String()
	}
	keys, name := 0, 0
	for i := range t.Rows {
		keys, name = max(keys, present.Width(t.Rows[i].Keys)), max(name, present.Width(t.Rows[i].Name))
	}
	keys = min(keys, inner/3)
	if name = min(name, inner/4); inner < 60 {
		name = 0
	}
	for i := range t.Rows {
		if sheet.Full() {
			break
		}
		t.row(sheet, s, i, keys, name)
	}
	return sheet.String()
}

func (t Help) row(sheet *widget.Sheet, s *style.Styles, i, keys, name int) {
	r := &t.Rows[i]
	if r.Group != "" {
		sheet.Row()
		sheet.Gap(1)
		sheet.Put(s.TitleFocus, r.Group)
		return
	}
	text, key := s.Text, s.Key
	var back style.Ink
	if i == t.Cursor {
		back, text = ground(s, true), s.Strong
	}
	if r.Reason != "" {
		text, key = s.Dim, s.Dim
	}
	sheet.RowOn(back)
	if i == t.Cursor {
		sheet.Put(s.Accent, s.Glyph.Cursor)
	} else {
		sheet.Gap(1)
	}
	sheet.CellRight(key, widget.Chrome(s, r.Keys), keys)
	sheet.Gap(2)
	if name > 0 {
		sheet.Cell(s.Dim, r.Name, name)
		sheet.Gap(2)
	}
	reason := min(present.Width(r.Reason), sheet.Left()/2)
	widget.Matched(sheet, r.Text, r.Hits, text, s.Accent, sheet.Left()-reason-2)
	if reason > 0 {
		w, _ := sheet.Size()
		sheet.To(w - reason - 1)
		sheet.Cell(s.Dim, r.Reason, reason)
	}
}

// RowAt is the index in Rows of the row at line y of the table, for the mouse; -1 = none.
func (t Help) RowAt(y int) int { return rowAt(y-3, len(t.Rows)) }
