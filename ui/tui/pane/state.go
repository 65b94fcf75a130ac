package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// StateRow is one field of the document.
type StateRow struct {
	Depth int
	Fold  Fold
	Mark  Mark
	Name  present.Safe
	Value present.Safe // one line; of a closed container its preview, of a removed field what it was
	Kind  Kind
	Old   present.Safe // value before the current event, where Mark is Changed
	By    present.Safe // position that last changed the field
	Age   present.Safe // how long before the cursor that was
	Watch bool         // the field is watched
	Match bool         // a search hit
}

// State is one key's document as of the cursor, with blame beside every field.
type State struct {
	Title   present.Safe // "State · orders @ 31,407"
	Key     present.Safe // whose document, and ⊙ when it is pinned
	Rows    []StateRow   // the visible ones
	Cursor  int          // index in Rows; -1 = none
	Focused bool
	Stale   bool           // an answer to an earlier question: dimmed until the new one is there
	Note    present.Safe   // a line above the fields: tainted since, deleted, …; empty = none
	More    []present.Safe // lines that go on from the note
	Bad     bool           // the note tells of a problem
	Empty   present.Safe   // shown instead of fields
	Scroll  *widget.Scroll
}

// Visible is how many rows fit into a pane of the height h.
func (v State) Visible(h int) int {
	return max(h-2-v.noted(), 0)
}

// View draws the document.
func (v State) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: v.Title, Right: v.Key, Focused: v.Focused, Scroll: v.Scroll})
	if v.Note != "" && sheet.Row() {
		v.note(sheet, s)
	}
	if len(v.Rows) == 0 {
		if len(v.More) == 0 {
			notice(sheet, s, v.Empty)
		}
		return sheet.String()
	}
	inner, _ := sheet.Size()
	cols := v.measure(inner)
	if v.Stale {
		sheet.Veil(s.Stale)
	}
	for i := range v.Rows {
		if sheet.Full() {
			break
		}
		v.row(sheet, s, i, cols)
	}
	return sheet.String()
}

func (v State) note(sheet *widget.Sheet, s *style.Styles) {
	ink, glyph := s.Dim, s.Glyph.Dot
	if v.Bad {
		ink, glyph = s.Bad, s.Glyph.Problem
	}
	sheet.Gap(1)
	sheet.Put(ink, glyph)
	sheet.Gap(1)
	sheet.Put(ink, v.Note)
	for _, line := range v.More {
		if !sheet.Row() {
			return
		}
		sheet.Gap(3)
		sheet.Put(s.Text, line)
	}
}

// stateColumns are the widths of the document's columns: everything before the value, the value, and blame.
type stateColumns struct{ name, value, by, age int }

func (v State) measure(w int) stateColumns {
	var c stateColumns
	for i := range v.Rows {
		r := &v.Rows[i]
		c.name = max(c.name, 2*r.Depth+present.Width(r.Name))
		c.by, c.age = max(c.by, present.Width(r.By)), max(c.age, present.Width(r.Age))
	}
	if w < 56 {
		c.age = 0
	}
	free := w - 6 - c.by - 2
	if c.age > 0 {
		free -= c.age + 2
	}
	c.name = min(max(c.name, 8), max(free*40/100, 6))
	c.value = v.valueWidth(free - c.name - 2)
	return c
}

// valueWidth keeps blame near the values on very wide screens. It goes in steps, so that scrolling seldom moves a column.
func (v State) valueWidth(free int) int {
	widest := 0
	for i := range v.Rows {
		cells := present.Width(v.Rows[i].Value)
		if v.Rows[i].Mark == Changed {
			cells += present.Width(v.Rows[i].Old) + 4
		}
		widest = max(widest, cells)
	}
	for _, room := range []int{48, 72} {
		if widest <= room {
			return min(free, room)
		}
	}
	return free
}

func (v State) row(sheet *widget.Sheet, s *style.Styles, i int, c stateColumns) {
	r := &v.Rows[i]
	var back style.Ink
	if i == v.Cursor {
		back = ground(s, v.Focused)
	}
	sheet.RowOn(back)
	markInk, mark := r.Mark.draw(s)
	sheet.Gap(1)
	sheet.Put(markInk, mark)
	v.watch(sheet, s, r)
	name := s.Value.Name
	if r.Match {
		name = s.Match
	}
	widget.TreeCell(sheet, s, r.Depth, r.Fold.glyph(s), r.Name, name, c.name+2)
	sheet.Gap(2)
	v.value(sheet, s, r, c.value)
	w, _ := sheet.Size()
	v.blame(sheet, s, r, c, w)
}

func (v State) watch(sheet *widget.Sheet, s *style.Styles, r *StateRow) {
	if r.Watch {
		sheet.Put(s.Accent, s.Glyph.Watch)
		return
	}
	sheet.Gap(1)
}

// value draws a field's value, and where it changed both values with the arrow between them.
func (v State) value(sheet *widget.Sheet, s *style.Styles, r *StateRow, room int) {
	end := sheet.At() + room
	ink, now := inkOf(r.Kind, s), r.Value
	switch r.Mark {
	case Changed:
		arrow := present.Width(s.Glyph.Arrow) + 2
		half := max((room-arrow)/2, 1)
		var old present.Safe
		old, now = present.Unlike(r.Old, now, room-arrow, s.Glyph.Ellipsis)
		sheet.Cell(s.Diff.Removed, old, min(present.Width(old), max(half, room-arrow-present.Width(now))))
		sheet.Gap(1)
		sheet.Put(s.Dim, s.Glyph.Arrow)
		sheet.Gap(1)
		ink = s.Diff.Changed
	case Added:
		ink = s.Diff.Added
	case Removed:
		ink = s.Diff.Removed
	case Unmarked, Rewritten, Inside:
	}
	sheet.Cell(ink, now, end-sheet.At())
	sheet.To(end)
}

func (v State) blame(sheet *widget.Sheet, s *style.Styles, r *StateRow, c stateColumns, w int) {
	ink := s.Dim
	if r.Mark == Added || r.Mark == Changed || r.Mark == Removed {
		ink = s.Accent
	}
	sheet.Gap(2)
	sheet.CellRight(ink, r.By, c.by)
	if c.age > 0 {
		sheet.Gap(2)
		sheet.Cell(s.Dim, r.Age, c.age)
	}
	sheet.To(w)
}

// RowAt is the index in Rows of the row at line y of the pane, for the mouse; -1 = none.
func (v State) RowAt(y int) int {
	return rowAt(y-1-v.noted(), len(v.Rows))
}

// noted is how many lines stand above the fields.
func (v State) noted() int {
	if v.Note == "" {
		return 0
	}
	return 1 + len(v.More)
}
