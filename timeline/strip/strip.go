// Package strip makes the timeline strip: columns of equal time or of equally many positions, their labels and their zoom.
// The functions are pure; the session tells them at which position the log's clock passes a time.
package strip

import (
	"slices"
	"sort"

	"asof/engine/event"
)

// Axis is what runs along the strip.
type Axis uint8

// The two axes.
const (
	ByTime Axis = iota
	ByPosition
)

// Column is one column of the strip.
type Column struct {
	From, To event.Position // it holds the positions after From up to To
	Count    int            // To - From
	Marks    []string       // names of marks in it
	Problems int            // failed folds in it
}

// Tick is a label on the axis.
type Tick struct {
	Column int // where the label's instant or position lies
	Text   string
}

// Strip is a window of the log in columns. The columns follow each other without a gap, so that their counts add up to
// To - From.
type Strip struct {
	Axis       Axis
	From, To   event.Position // the window: the positions after From up to To
	Start, End event.Time     // the clock at the window's first and last event; zero without times
	Columns    []Column
	Peak       int    // the largest count
	Unit       string // what a column is worth: "30 s per column"
	Ticks      []Tick
}

// Columns cuts the window (from, to] at the edges, which are the last positions of each column but the last. Edges may be
// out of order or outside; a column never is.
func Columns(from, to event.Position, edges []event.Position) []Column {
	columns := make([]Column, 0, len(edges)+1)
	last := from
	for _, edge := range append(slices.Clone(edges), to) {
		edge = min(max(edge, last), to)
		columns = append(columns, Column{From: last, To: edge, Count: int(edge - last)})
		last = edge
	}
	return columns
}

// Edges are the inner edges of n columns of equally many positions, as far as these can be shared out.
func Edges(from, to event.Position, n int) []event.Position {
	edges := make([]event.Position, 0, n)
	for i := 1; i < n; i++ {
		edges = append(edges, from+event.Position(share(uint64(to-from), uint64(i), uint64(n))))
	}
	return edges
}

// share is total·i/n without overflow.
func share(total, i, n uint64) uint64 { return total/n*i + total%n*i/n }

// Peak is the largest count of the columns.
func Peak(columns []Column) int {
	peak := 0
	for _, c := range columns {
		peak = max(peak, c.Count)
	}
	return peak
}

// ColumnOf is the column that holds a position; -1 outside of the window. Position From, before the window's first event,
// counts to the first column.
func (s Strip) ColumnOf(pos event.Position) int {
	if len(s.Columns) == 0 || pos < s.From || pos > s.To {
		return -1
	}
	return sort.Search(len(s.Columns)-1, func(i int) bool { return s.Columns[i].To >= pos })
}

// At is the position that a click on a column goes to: the column's last event, or, if it has none, the last one before it.
func (s Strip) At(column int) event.Position {
	if len(s.Columns) == 0 {
		return s.From
	}
	return s.Columns[min(max(column, 0), len(s.Columns)-1)].To
}

// Beside is where scrubbing by one column goes to from a position: to the last event of the next column that has any, or of
// the one before. It is pos itself at the window's end.
func (s Strip) Beside(pos event.Position, forward bool) event.Position {
	column := s.ColumnOf(pos)
	if column < 0 {
		return pos
	}
	if forward {
		for _, c := range s.Columns[column:] {
			if c.To > pos {
				return c.To
			}
		}
		return pos
	}
	for i := column; i >= 0; i-- {
		if c := s.Columns[i]; c.To < pos {
			return c.To
		}
	}
	return s.From
}
