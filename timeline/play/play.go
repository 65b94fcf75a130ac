// Package play says how far a playback is: pure functions of the elapsed time, so that a late frame loses nothing.
package play

import (
	"math"
	"strconv"
	"time"

	"asof/engine/event"
)

// Pace is how fast to play: a multiple of the log's own time, or a number of events a second. The zero Pace stands still.
type Pace struct {
	Times     float64 // of the log's own time; counts only if PerSecond is 0
	PerSecond float64 // events a second
}

// String is "×10" or "50/s".
func (p Pace) String() string {
	if p.PerSecond != 0 {
		return strconv.FormatFloat(p.PerSecond, 'g', 4, 64) + "/s"
	}
	return "×" + strconv.FormatFloat(p.Times, 'g', 4, 64)
}

// ByTime reports whether the pace follows the log's own time.
func (p Pace) ByTime() bool { return p.PerSecond == 0 }

// Events is how many events are due after the elapsed time, for a pace of events a second.
func (p Pace) Events(elapsed time.Duration) event.Position {
	due := p.PerSecond * elapsed.Seconds()
	switch {
	case !(due > 0):
		return 0
	case due >= math.MaxInt64:
		return math.MaxInt64
	}
	return event.Position(due)
}

// Instant is what the log's clock shows after the elapsed time, if it showed start when the playback began.
func (p Pace) Instant(start event.Time, elapsed time.Duration) event.Time {
	due := p.Times * float64(elapsed)
	switch {
	case !(due > 0):
		return start
	case due >= math.MaxInt64:
		return start.Add(math.MaxInt64)
	}
	return start.Add(time.Duration(due))
}

// Faster is the next pace of 1, 2, 5, 10, 20, 50 … of the same kind.
func (p Pace) Faster() Pace { return p.scaled(func(x float64) float64 { return rung(x, 1) }) }

// Slower is the pace before it, and at the least a thousandth.
func (p Pace) Slower() Pace { return p.scaled(func(x float64) float64 { return rung(x, -1) }) }

func (p Pace) scaled(f func(float64) float64) Pace {
	if p.PerSecond != 0 {
		return Pace{PerSecond: f(p.PerSecond)}
	}
	return Pace{Times: f(p.Times)}
}

const (
	slowest = 1e-3
	fastest = 1e9
)

// rung is the neighbour of x on the ladder 1, 2, 5, 10 …, upwards or downwards.
func rung(x float64, way int) float64 {
	x = min(max(x, slowest), fastest)
	ladder := func(i int) float64 {
		return []float64{1, 2, 5}[((i%3)+3)%3] * math.Pow10(int(math.Floor(float64(i)/3)))
	}
	i := int(math.Floor(math.Log10(x) * 3))
	for ladder(i) > x*1.0001 {
		i--
	}
	for ladder(i+1) < x*1.0001 {
		i++
	}
	if way < 0 && ladder(i) > x*0.9999 {
		i--
	}
	if way > 0 {
		i++
	}
	return min(max(ladder(i), slowest), fastest)
}
