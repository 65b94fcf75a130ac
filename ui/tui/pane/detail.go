package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Fact is a named fact of an event.
type Fact struct {
	Label, Value present.Safe
	Note         present.Safe // said beside it, dimmed
}

// Detail is the event at the cursor: its facts, then its payload line by line.
type Detail struct {
	Title   present.Safe // "Event 31,407 · PaymentRefunded"
	Right   present.Safe
	Facts   []Fact
	Lines   [][]Span // payload, from line Top on
	Top     int      // first line of facts and payload that is shown
	Focused bool
	Stale   bool
	Empty   present.Safe
	Scroll  *widget.Scroll
}

// View draws the event.
func (d Detail) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: d.Title, Right: d.Right, Focused: d.Focused, Scroll: d.Scroll})
	if len(d.Facts) == 0 && len(d.Lines) == 0 {
		notice(sheet, s, d.Empty)
		return sheet.String()
	}
	if d.Stale {
		sheet.Veil(s.Stale)
	}
	inner, _ := sheet.Size()
	rows := d.factRows(inner)
	for i := d.Top; i < rows && !sheet.Full(); i++ {
		d.factRow(sheet, s, i, inner)
	}
	for i := max(d.Top-rows, 0); i < len(d.Lines) && !sheet.Full(); i++ {
		sheet.Row()
		sheet.Gap(1)
		for _, span := range d.Lines[i] {
			sheet.Put(inkOf(span.Kind, s), span.Text)
		}
	}
	return sheet.String()
}

// Rows is how many lines there are to scroll through in a pane of the width w.
func (d Detail) Rows(w int) int { return d.factRows(w-2) + len(d.Lines) }

// factRows is how many rows the facts take: two columns where there is room.
func (d Detail) factRows(w int) int {
	if w < 64 {
		return len(d.Facts)
	}
	return (len(d.Facts) + 1) / 2
}

// factRow draws the i-th row of facts. The left column gets what it needs up to three fifths, or to where the right one needs its room,
// so what must not be cut, such as times, stands in the first half of the facts. What stands alone in its row has all of it.
func (d Detail) factRow(sheet *widget.Sheet, s *style.Styles, i, w int) {
	rows := d.factRows(w)
	sheet.Row()
	labels, need := factWidths(d.Facts[:rows])
	if rows == len(d.Facts) {
		d.fact(sheet, s, d.Facts[i], labels, w-1)
		return
	}
	right, beside := factWidths(d.Facts[rows:])
	start := min(max(need+3, w*2/5), max(w*3/5, w-1-beside))
	if i+rows >= len(d.Facts) {
		d.fact(sheet, s, d.Facts[i], labels, w-1)
		return
	}
	d.fact(sheet, s, d.Facts[i], labels, start-1)
	sheet.To(start)
	d.fact(sheet, s, d.Facts[i+rows], right, w-1)
}

// factWidths is how wide the labels of facts are, and the facts with them.
func factWidths(facts []Fact) (labels, all int) {
	values := 0
	for _, f := range facts {
		labels, values = max(labels, present.Width(f.Label)), max(values, present.Width(f.Value))
	}
	return labels, 1 + labels + 2 + values
}

func (d Detail) fact(sheet *widget.Sheet, s *style.Styles, f Fact, labels, end int) {
	sheet.Gap(1)
	sheet.Cell(s.Label, f.Label, labels)
	sheet.Gap(2)
	sheet.Put(s.Text, present.TruncateMiddle(f.Value, end-sheet.At(), s.Glyph.Ellipsis))
	if room := end - sheet.At() - 2; f.Note != "" && room > 3 {
		sheet.Gap(2)
		sheet.Put(s.Dim, present.TruncateTail(f.Note, room, s.Glyph.Ellipsis))
	}
}
