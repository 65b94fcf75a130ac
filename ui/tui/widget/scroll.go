package widget

import (
	"asof/ui/present"
	"asof/ui/tui/style"
)

// Scroll is a scroll bar that doubles as a map: it carries marks where something of note lies in the whole list.
type Scroll struct {
	Total uint64 // rows of the whole list
	Top   uint64 // first row shown
	Shown uint64 // rows shown
	Marks []ScrollMark
}

// ScrollMark is a mark at a row of the whole list.
type ScrollMark struct {
	Row   uint64
	Glyph present.Safe // one column
	Ink   style.Ink
}

// at is what stands in row y of a bar of h rows.
func (b *Scroll) at(st *style.Styles, y, h int, border style.Ink) (style.Ink, present.Safe) {
	for _, m := range b.Marks {
		if b.place(m.Row, h) == y {
			return m.Ink, m.Glyph
		}
	}
	if b.Total <= b.Shown || b.Total == 0 || h < 3 {
		return border, st.Glyph.Vertical
	}
	size := max(1, int(float64(h)*float64(b.Shown)/float64(b.Total)))
	top := int(float64(h-size)*float64(b.Top)/float64(b.Total-b.Shown) + 0.5)
	top = max(0, min(top, h-size))
	if y >= top && y < top+size {
		return st.Scroll, st.Glyph.Thumb
	}
	return border, st.Glyph.Track
}

// place is the bar's row for a row of the list, or -1.
func (b *Scroll) place(row uint64, h int) int {
	if b.Total == 0 || row >= b.Total {
		return -1
	}
	return int(float64(row) / float64(b.Total) * float64(h))
}
