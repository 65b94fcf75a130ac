package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Lane is a stretch of the plot of something that is no number: from its column on it was this.
type Lane struct {
	Column int
	Text   present.Safe
	Many   bool // it changed more than once in this column
}

// Plot is how a watched thing went, over the columns of the timeline.
type Plot struct {
	Name   present.Safe
	Right  present.Safe   // "0 to 972.72 · 3 changes"
	Lines  []present.Safe // as many characters as there are columns; the highest first
	Lanes  []Lane         // instead of lines
	Cols   int
	Cursor int          // column of the cursor; -1 = outside
	High   present.Safe // the figures of the highest and the lowest line, drawn where there is room
	Low    present.Safe
	Empty  present.Safe // why there is nothing to be drawn
}

func (p Plot) draw(sheet *widget.Sheet, s *style.Styles, rows int) {
	if rows <= 0 || !sheet.Row() {
		return
	}
	p.heading(sheet, s)
	switch {
	case p.Empty != "":
		for i := range rows {
			if sheet.Row(); i == (rows-1)/2 {
				sheet.Gap(1)
				sheet.Put(s.Dim, p.Empty)
			}
		}
	case len(p.Lines) > 0:
		for i, line := range p.Lines {
			p.line(sheet, s, line, i)
		}
	default:
		p.lanes(sheet, s, rows)
	}
}

func (p Plot) heading(sheet *widget.Sheet, s *style.Styles) {
	w, _ := sheet.Size()
	sheet.Leader(s.Border, s.Glyph.Horizontal, 1)
	sheet.Gap(1)
	right := present.Width(widget.Chrome(s, p.Right))
	sheet.Put(s.Label, present.TruncateMiddle(p.Name, max(w-right-8, 8), s.Glyph.Ellipsis))
	sheet.Gap(1)
	if free := w - right - 3 - sheet.At(); free > 0 {
		sheet.Leader(s.Border, s.Glyph.Horizontal, free)
		sheet.Gap(1)
		sheet.Put(s.Dim, widget.Chrome(s, p.Right))
		sheet.Gap(1)
	}
	sheet.Leader(s.Border, s.Glyph.Horizontal, w-sheet.At())
}

// line draws one line of a plot: what was, the cursor, and what is to come.
func (p Plot) line(sheet *widget.Sheet, s *style.Styles, line present.Safe, i int) {
	cells := []rune(line)
	label := p.label(cells, i)
	sheet.Row()
	sheet.Gap(1)
	past := s.Strip.Past[len(s.Strip.Past)-1]
	for x := 0; x < len(cells); x++ {
		if label.text != "" && x == label.at {
			sheet.Put(s.Dim, label.text)
			x += present.Width(label.text) - 1
			continue
		}
		switch {
		case x == p.Cursor && cells[x] == ' ':
			sheet.Put(s.Strip.Cursor, s.Glyph.Vertical)
		case x == p.Cursor:
			sheet.Put(s.Strip.Cursor, present.Safe(cells[x]))
		default:
			end := p.run(cells, x, label)
			ink := past
			if x > p.Cursor && p.Cursor >= 0 {
				ink = s.Strip.Future
			}
			sheet.Put(ink, present.Safe(cells[x:end]))
			x = end - 1
		}
	}
}

// run is the end of the cells from x on that are drawn in one ink.
func (p Plot) run(cells []rune, x int, label plotLabel) int {
	end := len(cells)
	if x < p.Cursor {
		end = min(end, p.Cursor)
	}
	if label.text != "" && x < label.at {
		end = min(end, label.at)
	}
	return end
}

// plotLabel is a figure in a line of a plot.
type plotLabel struct {
	text present.Safe
	at   int
}

// label is the figure of a line, at its left or right end, whichever is free.
func (p Plot) label(cells []rune, i int) plotLabel {
	text := present.Safe("")
	switch i {
	case 0:
		text = p.High
	case len(p.Lines) - 1:
		text = p.Low
	}
	n := present.Width(text)
	free := func(from, to int) bool {
		for x := from; x < to; x++ {
			if x < 0 || x >= len(cells) || cells[x] != ' ' || x == p.Cursor {
				return false
			}
		}
		return true
	}
	switch {
	case text == "":
	case free(0, n+1):
		return plotLabel{text, 0}
	case free(len(cells)-n-1, len(cells)):
		return plotLabel{text, len(cells) - n}
	}
	return plotLabel{}
}

// lanes draws what something was, from change to change, in the middle row.
func (p Plot) lanes(sheet *widget.Sheet, s *style.Styles, rows int) {
	for i := range rows {
		sheet.Row()
		sheet.Gap(1)
		if i == (rows-1)/2 {
			p.lane(sheet, s)
		} else if p.Cursor >= 0 {
			sheet.To(p.Cursor + 1)
			sheet.Put(s.Strip.Cursor, s.Glyph.Vertical)
		}
	}
}

func (p Plot) lane(sheet *widget.Sheet, s *style.Styles) {
	end := p.Cols + 1
	if len(p.Lanes) > 0 {
		sheet.Gap(p.Lanes[0].Column)
	}
	for i, l := range p.Lanes {
		until := end
		if i+1 < len(p.Lanes) {
			until = p.Lanes[i+1].Column + 1
		}
		future := p.Cursor >= 0 && l.Column > p.Cursor
		edge, text := s.Strip.Mark, s.Text
		if future {
			edge, text = s.Strip.Future, s.Future
		}
		glyph := s.Glyph.Vertical
		if l.Many {
			glyph = s.Glyph.Thumb
		}
		if l.Text == "" { // nothing is there
			sheet.To(until)
			continue
		}
		sheet.Put(edge, glyph)
		if room := until - sheet.At() - 1; room > 2 {
			sheet.Put(text, present.TruncateTail(l.Text, room, s.Glyph.Ellipsis))
		}
		sheet.Leader(s.Strip.Ruler, s.Glyph.Rule, until-sheet.At())
	}
}
