package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// WatchState is what a watched thing does when it changes.
type WatchState uint8

// A watchpoint stops who continues; one that is disabled, and a display, are only looked at.
const (
	WatchStops WatchState = iota
	WatchDisabled
	WatchDisplays
)

// WatchRow is something that is watched, and what it is at the cursor.
type WatchRow struct {
	State WatchState
	ID    present.Safe // by which commands name it
	Name  present.Safe // "order-481/status", or an expression
	Mark  Mark         // what the event at the cursor did to it
	Value present.Safe
	Kind  Kind
	Old   present.Safe // before that event, where Mark is Changed
	Bad   bool         // Value says why there is none
	By    present.Safe // position of the last writer
	Age   present.Safe
	Type  present.Safe // of the event that wrote it
}

// Watch is what is watched, and a plot of one of it over the columns of the timeline.
type Watch struct {
	Title   present.Safe
	Right   present.Safe
	Rows    []WatchRow // the visible ones
	Room    int        // rows of the list; what is left below is the plot's
	Cursor  int        // index in Rows; -1 = none
	Plot    Plot
	Focused bool
	Stale   bool
	Empty   present.Safe
	Scroll  *widget.Scroll
}

// PlotRows is how many rows a plot has in a pane of the height h, its heading not counted.
func (v Watch) PlotRows(h int) int { return max(h-2-v.Room-1, 0) }

// View draws what is watched.
func (v Watch) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: v.Title, Right: v.Right, Focused: v.Focused, Scroll: v.Scroll})
	if len(v.Rows) == 0 {
		notice(sheet, s, v.Empty)
		return sheet.String()
	}
	if v.Stale {
		sheet.Veil(s.Stale)
	}
	inner, _ := sheet.Size()
	cols := v.measure(inner)
	for i := range min(v.Room, len(v.Rows)) {
		if sheet.Full() {
			break
		}
		v.row(sheet, s, i, cols)
	}
	for i := len(v.Rows); i < v.Room; i++ {
		sheet.Row()
	}
	sheet.Unveil()
	v.Plot.draw(sheet, s, v.PlotRows(h))
	return sheet.String()
}

// watchColumns are the widths of the list's columns.
type watchColumns struct{ id, name, value, by, age, kind int }

func (v Watch) measure(w int) watchColumns {
	var c watchColumns
	widest := 0
	for i := range v.Rows {
		r := &v.Rows[i]
		c.id, c.name = max(c.id, present.Width(r.ID)), max(c.name, present.Width(r.Name))
		c.by, c.age, c.kind = max(c.by, present.Width(r.By)), max(c.age, present.Width(r.Age)), max(c.kind, present.Width(r.Type))
		cells := present.Width(r.Value)
		if r.Mark == Changed {
			cells += present.Width(r.Old) + 4
		}
		widest = max(widest, cells)
	}
	c.kind = min(c.kind, 24)
	if w < 100 {
		c.kind = 0
	}
	if w < 56 {
		c.age = 0
	}
	free := w - 5 - c.id - 2
	for _, column := range []int{c.by, c.age, c.kind} {
		if column > 0 {
			free -= column + 2
		}
	}
	c.name = min(c.name, max(free*45/100, free-2-widest, 8))
	if c.value = max(free-c.name-2, 4); widest <= 48 { // blame stays near the values on very wide screens
		c.value = min(c.value, 48)
	}
	return c
}

func (v Watch) row(sheet *widget.Sheet, s *style.Styles, i int, c watchColumns) {
	r := &v.Rows[i]
	var back style.Ink
	if i == v.Cursor {
		back = ground(s, v.Focused)
	}
	sheet.RowOn(back)
	ink, glyph := r.State.draw(s)
	sheet.Gap(1)
	sheet.Put(ink, glyph)
	sheet.Gap(1)
	sheet.CellRight(s.Dim, r.ID, c.id)
	sheet.Gap(1)
	markInk, mark := r.Mark.draw(s)
	sheet.Put(markInk, mark)
	sheet.Gap(1)
	name := s.Value.Name
	if r.State == WatchDisabled {
		name = s.Dim
	}
	sheet.CellMiddle(name, r.Name, c.name)
	sheet.Gap(2)
	if r.Bad { // nobody wrote it: the message has the whole row
		sheet.Cell(s.Bad, s.Glyph.Problem+" "+r.Value, sheet.Left()-1)
		return
	}
	State{}.value(sheet, s, &StateRow{Mark: r.Mark, Value: r.Value, Kind: r.Kind, Old: r.Old}, c.value)
	w, _ := sheet.Size()
	State{}.blame(sheet, s, &StateRow{Mark: r.Mark, By: r.By, Age: r.Age}, stateColumns{by: c.by, age: c.age}, min(sheet.At()+2+c.by+2+c.age, w))
	if c.kind > 0 {
		sheet.Gap(2)
		sheet.Cell(s.Dim, r.Type, c.kind)
	}
}

func (w WatchState) draw(s *style.Styles) (style.Ink, present.Safe) {
	switch w {
	case WatchDisabled:
		return s.Dim, s.Glyph.Unwatch
	case WatchDisplays:
		return s.Dim, s.Glyph.Display
	case WatchStops:
	}
	return s.Accent, s.Glyph.Watch
}

// RowAt is the index in Rows of the row at line y of the pane, for the mouse; -1 = none.
func (v Watch) RowAt(y int) int { return rowAt(y-1, min(len(v.Rows), v.Room)) }

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
