package strip

import (
	"math"
	"strconv"

	"asof/engine/event"
	"asof/engine/value"
)

// SlotsPerColumn is how finely a course is cut: two slots to a column, which is what a character of dots can show.
const SlotsPerColumn = 2

// Sample is what a value was from a position on.
type Sample struct {
	At    event.Position
	Value *value.Node // nil = absent
}

// number is the sample's number; NaN where it is none, or none that can be drawn.
func (s Sample) number() float64 {
	if s.Value.Kind() != value.Number {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s.Value.Text(), 64)
	if err != nil || math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// Slot is a part of a course: what the value was while the log passed these positions, what it came with included.
type Slot struct {
	Known     bool        // the state is known up to the slot's end
	Low, High float64     // the least and the greatest number; NaN = none
	Changes   int         // within it
	Last      *value.Node // at its end; nil = absent
}

// Course is how a value went, in slots of equal time or of equally many positions. Its numbers are for drawing; what is to be
// told exactly are the samples.
type Course struct {
	Slots     []Slot
	Low, High Sample // the least and the greatest number that it was; their values are nil if it never was one
	Changes   int
}

// Numeric reports whether there is anything to be drawn as a line.
func (c *Course) Numeric() bool { return c.High.Value != nil }

// Plotter makes a course of samples.
type Plotter struct {
	columns   []Column
	course    Course
	current   Sample
	number    float64
	slot      int
	low, high float64
}

// NewPlotter begins a course over the window (from, to] that is cut at the edges. Entry is what the value was at from.
func NewPlotter(from, to event.Position, edges []event.Position, entry Sample) *Plotter {
	p := &Plotter{columns: Columns(from, to, edges), low: math.Inf(1), high: math.Inf(-1)}
	p.course.Slots = make([]Slot, len(p.columns))
	p.take(entry)
	p.open()
	return p
}

// take makes a sample the present one.
func (p *Plotter) take(s Sample) {
	p.current, p.number = s, s.number()
	if p.number < p.low {
		p.low, p.course.Low = p.number, s
	}
	if p.number > p.high {
		p.high, p.course.High = p.number, s
	}
}

// open begins a slot with what the value comes with.
func (p *Plotter) open() {
	if p.slot < len(p.columns) {
		p.course.Slots[p.slot].Low, p.course.Slots[p.slot].High = p.number, p.number
	}
}

// pass closes the slots that end before a position.
func (p *Plotter) pass(before event.Position) {
	for p.slot < len(p.columns) && p.columns[p.slot].To < before {
		p.close()
	}
}

func (p *Plotter) close() {
	slot := &p.course.Slots[p.slot]
	slot.Known, slot.Last = true, p.current.Value
	p.slot++
	p.open()
}

// Add takes what the value was after the next event that wrote it. They come in the order of their positions, one for each; one
// that leaves a scalar as it was is no change.
func (p *Plotter) Add(s Sample) {
	if !s.Value.IsContainer() && value.Equal(s.Value, p.current.Value) {
		return
	}
	p.pass(s.At)
	p.take(s)
	if p.slot == len(p.columns) {
		return
	}
	slot := &p.course.Slots[p.slot]
	slot.Changes++
	p.course.Changes++
	slot.Low, slot.High = least(slot.Low, p.number), greatest(slot.High, p.number)
}

// Course ends the course: the state is known up to a position, and the slots that end after it stay unknown.
func (p *Plotter) Course(known event.Position) Course {
	p.pass(known + 1)
	for i := p.slot; i < len(p.course.Slots); i++ {
		p.course.Slots[i].Low, p.course.Slots[i].High = math.NaN(), math.NaN()
	}
	return p.course
}

// least is the lesser of two numbers, either of which may be none.
func least(a, b float64) float64 {
	if math.IsNaN(a) || b < a {
		return b
	}
	return a
}

func greatest(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}
