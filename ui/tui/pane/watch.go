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
