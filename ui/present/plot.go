package present

import (
	"math"

	"asof/timeline/strip"
)

// Plot draws how a number went as a line of dots: rows lines, each with one character for every column of the strip. The least
// number stands on the lowest line and the greatest on the highest; a number that never changes runs through the middle. In
// plain ASCII the line is made of - and, where it moves within a column, of |.
func Plot(c *strip.Course, rows int, ascii bool) []Safe {
	if rows <= 0 {
		return nil
	}
	canvas := newCanvas(len(c.Slots)/strip.SlotsPerColumn, rows, ascii)
	scale := newScale(c, rows, ascii)
	for i := range c.Slots {
		if slot := &c.Slots[i]; slot.Known && !math.IsNaN(slot.Low) {
			canvas.stroke(i, scale.level(slot.Low), scale.level(slot.High))
		}
	}
	return canvas.lines()
}

// scale maps numbers to levels, of which 0 is the lowest.
type scale struct {
	low, high float64
	levels    int
}

func newScale(c *strip.Course, rows int, ascii bool) scale {
	s := scale{low: math.Inf(1), high: math.Inf(-1), levels: rows}
	if !ascii {
		s.levels *= dotsHigh
	}
	for i := range c.Slots {
		if slot := &c.Slots[i]; slot.Known && !math.IsNaN(slot.Low) {
			s.low, s.high = math.Min(s.low, slot.Low), math.Max(s.high, slot.High)
		}
	}
	return s
}

func (s scale) level(f float64) int {
	if s.low == s.high {
		return (s.levels - 1) / 2
	}
	// Halves keep the span of two huge numbers finite.
	share := (f/2 - s.low/2) / (s.high/2 - s.low/2)
	return min(int(math.Round(share*float64(s.levels-1))), s.levels-1)
}

// dotsHigh is how many dots a braille character has above each other.
const dotsHigh = 4

// dots are the bits of a braille character's dots: its left and its right column, from the lowest dot up.
var dots = [strip.SlotsPerColumn][dotsHigh]rune{{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}

// canvas is lines of characters; the first line is the lowest. A cell is a character in plain ASCII, else the bits of its dots.
type canvas struct {
	cells [][]rune
	ascii bool
}

func newCanvas(columns, rows int, ascii bool) canvas {
	c := canvas{make([][]rune, rows), ascii}
	for i := range c.cells {
		c.cells[i] = make([]rune, columns)
	}
	return c
}

// stroke draws a slot from one level to another.
func (c canvas) stroke(slot, low, high int) {
	column := slot / strip.SlotsPerColumn
	for level := low; level <= high; level++ {
		switch {
		case !c.ascii:
			c.cells[level/dotsHigh][column] |= dots[slot%strip.SlotsPerColumn][level%dotsHigh]
		case low < high:
			c.cells[level][column] = '|'
		case c.cells[level][column] == 0:
			c.cells[level][column] = '-'
		}
	}
}

// lines are the lines from the highest to the lowest, blanks where nothing was drawn.
func (c canvas) lines() []Safe {
	const blankDots = 0x2800
	out := make([]Safe, len(c.cells))
	for i, row := range c.cells {
		text := make([]rune, len(row))
		for x, r := range row {
			switch {
			case r == 0:
				r = ' '
			case !c.ascii:
				r += blankDots
			}
			text[x] = r
		}
		out[len(c.cells)-1-i] = Safe(text)
	}
	return out
}
