package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// CompareSide is one side of a comparison.
type CompareSide struct {
	Title present.Safe // "orders_v1 @ 31,407", with # and the branch if it is on one
	Note  present.Safe // such as "absent", "tainted"
}

// CompareCell is a field on one side.
type CompareCell struct {
	Value  present.Safe
	Kind   Kind
	By     present.Safe // position that last changed it
	Absent bool         // the side has no such field
}

// CompareRow is a path, side by side. Mark is Unmarked where both sides are equal, Added where only the right one has it,
// Removed where only the left one has it, Changed where both have it and differ.
type CompareRow struct {
	Depth       int
	Fold        Fold
	Mark        Mark
	Name        present.Safe
	Left, Right CompareCell
}

// Compare shows two documents in aligned columns, or as one unified column where there is little room.
type Compare struct {
	Title       present.Safe
	Key         present.Safe
	Left, Right CompareSide
	Rows        []CompareRow // the visible ones
	Cursor      int
	Focused     bool
	Stale       bool
	Note        present.Safe // "3 differences · first at 30,112"
	Empty       present.Safe
	Scroll      *widget.Scroll
}

// unifiedBelow is the width from which both sides stand beside each other.
const unifiedBelow = 108

// Unified reports whether a comparison of the width w is drawn as one column, in which a differing row takes two lines.
func (Compare) Unified(w int) bool { return w < unifiedBelow }

// Visible is how many lines there are for rows in a pane of the height h.
func (Compare) Visible(h int) int { return max(h-4, 0) }

// View draws the comparison.
func (c Compare) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: c.Title, Right: c.Key, Foot: c.Note, Focused: c.Focused, Scroll: c.Scroll})
	inner, _ := sheet.Size()
	if c.Stale {
		sheet.Veil(s.Stale)
	}
	name := c.nameWidth(inner)
	if c.Unified(w) {
		c.unifiedHead(sheet, s)
	} else {
		c.head(sheet, s, name)
	}
	if len(c.Rows) == 0 {
		notice(sheet, s, c.Empty)
		return sheet.String()
	}
	for i := range c.Rows {
		if sheet.Full() {
			break
		}
		if c.Unified(w) {
			c.unified(sheet, s, i, name)
		} else {
			c.row(sheet, s, i, name)
		}
	}
	return sheet.String()
}

func (c Compare) nameWidth(w int) int {
	n := 8
	for i := range c.Rows {
		n = max(n, 2*c.Rows[i].Depth+present.Width(c.Rows[i].Name))
	}
	return min(n, w*28/100)
}

// sideWidth is the width of one side's column.
func sideWidth(w, name int) int { return max((w-7-name-4)/2, 4) }

func (c Compare) head(sheet *widget.Sheet, s *style.Styles, name int) {
	w, _ := sheet.Size()
	side := sideWidth(w, name)
	sheet.Row()
	sheet.Gap(7 + name)
	c.sideTitle(sheet, s, c.Left, side)
	sheet.Put(s.Border, " "+s.Glyph.Vertical+" ")
	c.sideTitle(sheet, s, c.Right, side)
	sheet.Row()
	sheet.Leader(s.Border, s.Glyph.Horizontal, w)
}

func (c Compare) sideTitle(sheet *widget.Sheet, s *style.Styles, side CompareSide, w int) {
	note := min(present.Width(side.Note), w/2)
	sheet.CellMiddle(s.Accent, side.Title, w-note)
	sheet.CellRight(s.Dim, side.Note, note)
}

func (c Compare) unifiedHead(sheet *widget.Sheet, s *style.Styles) {
	w, _ := sheet.Size()
	sheet.Row()
	sheet.Put(s.Diff.Removed, " - ")
	c.sideTitle(sheet, s, c.Left, w/2-4)
	sheet.To(w / 2)
	sheet.Put(s.Diff.Added, "+ ")
	c.sideTitle(sheet, s, c.Right, w-w/2-3)
	sheet.Row()
	sheet.Leader(s.Border, s.Glyph.Horizontal, w)
}

func (c Compare) begin(sheet *widget.Sheet, s *style.Styles, i int, mark Mark, name int) {
	r := &c.Rows[i]
	var back style.Ink
	if i == c.Cursor {
		back = ground(s, c.Focused)
	}
	sheet.RowOn(back)
	ink, glyph := mark.draw(s)
	sheet.Gap(1)
	sheet.Put(ink, glyph)
	sheet.Gap(1)
	label := s.Value.Name
	if r.Mark == Unmarked && i != c.Cursor {
		label = s.Dim
	}
	widget.TreeCell(sheet, s, r.Depth, r.Fold.glyph(s), r.Name, label, name+2)
	sheet.Gap(2)
}

func (c Compare) row(sheet *widget.Sheet, s *style.Styles, i, name int) {
	r := &c.Rows[i]
	w, _ := sheet.Size()
	side := sideWidth(w, name)
	c.begin(sheet, s, i, r.Mark, name)
	start := sheet.At()
	c.cell(sheet, s, r, r.Left, s.Diff.Removed, side)
	sheet.To(start + side)
	sheet.Put(s.Border, " "+s.Glyph.Vertical+" ")
	c.cell(sheet, s, r, r.Right, s.Diff.Added, side)
}

// cell draws a side's value, and at the end of its column who wrote it.
func (c Compare) cell(sheet *widget.Sheet, s *style.Styles, r *CompareRow, v CompareCell, differs style.Ink, w int) {
	ink := s.Dim
	if r.Mark != Unmarked {
		ink = differs
	}
	if v.Absent {
		sheet.Cell(s.Value.Null, "absent", w)
		return
	}
	by := present.Width(v.By)
	if by+6 > w {
		by = 0
	}
	sheet.Cell(ink, v.Value, w-by-1)
	sheet.Gap(1)
	if by > 0 {
		sheet.CellRight(s.Dim, v.By, by)
	}
}

func (c Compare) unified(sheet *widget.Sheet, s *style.Styles, i, name int) {
	r := &c.Rows[i]
	if r.Mark == Unmarked {
		c.begin(sheet, s, i, Unmarked, name)
		c.cell(sheet, s, r, r.Left, s.Dim, sheet.Left()-1)
		return
	}
	if !r.Left.Absent {
		c.begin(sheet, s, i, Removed, name)
		c.cell(sheet, s, r, r.Left, s.Diff.Removed, sheet.Left()-1)
	}
	if !r.Right.Absent && !sheet.Full() {
		c.begin(sheet, s, i, Added, name)
		c.cell(sheet, s, r, r.Right, s.Diff.Added, sheet.Left()-1)
	}
}

// Lines is how many lines row r takes in a pane of the width w.
func (c Compare) Lines(w int, r CompareRow) int {
	if c.Unified(w) && r.Mark == Changed {
		return 2
	}
	return 1
}

// RowAt is the index in Rows of the row at line y of a pane of the width w, for the mouse; -1 = none.
func (c Compare) RowAt(w, y int) int {
	line := y - 3
	for i := range c.Rows {
		if line < 0 {
			break
		}
		if line -= c.Lines(w, c.Rows[i]); line < 0 {
			return i
		}
	}
	return -1
}
