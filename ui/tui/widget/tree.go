package widget

import (
	"asof/ui/present"
	"asof/ui/tui/style"
)

// TreeCell draws a node of a tree into a column of w cells: an indent guide per level, its fold's mark, its name. Names that
// have no room left beside deep indents are cut, never dropped.
func TreeCell(sheet *Sheet, s *style.Styles, depth int, fold, name present.Safe, ink style.Ink, w int) {
	end := sheet.At() + min(w, sheet.Left())
	const least = 6 // columns kept for mark and name
	shown := max(min(depth, (w-least)/2), 0)
	for range shown {
		sheet.Put(s.Guide, s.Glyph.Guide)
		sheet.Gap(1)
	}
	sheet.Put(s.Dim, fold)
	sheet.Gap(1)
	sheet.Cell(ink, name, end-sheet.At())
	sheet.To(end)
}
