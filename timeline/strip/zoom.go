package strip

import (
	"time"

	"asof/engine/event"
)

// Zoom is the window (from, to] by a factor wider (factor above 1) or narrower, with around at the same place in it, within
// (0, head]. A window has at least one position.
func Zoom(from, to, around, head event.Position, factor float64) (event.Position, event.Position) {
	if head == 0 {
		return 0, 0
	}
	around = min(max(around, from), to)
	width := float64(to - from)
	wanted := min(max(width*factor, 1), float64(head))
	left := 0.5
	if width > 0 {
		left = float64(around-from) / width
	}
	begin := float64(around) - left*wanted
	begin = min(max(begin, 0), float64(head)-wanted)
	first := event.Position(begin)
	return first, min(head, max(first+1, event.Position(begin+wanted+0.5)))
}

// ZoomTime is the same for times, within first and last.
func ZoomTime(start, end, around, first, last event.Time, factor float64) (event.Time, event.Time) {
	width, whole := end.Sub(start), last.Sub(first)
	wanted := min(max(time.Duration(float64(width)*factor), time.Millisecond), max(whole, time.Millisecond))
	if float64(width)*factor > float64(whole) {
		wanted = whole
	}
	left := 0.5
	if at := around.Sub(start); width > 0 && at >= 0 && at <= width {
		left = float64(at) / float64(width)
	} else {
		around = start.Add(width / 2)
	}
	begin := around.Add(-time.Duration(left * float64(wanted)))
	if begin.Add(wanted).After(last) {
		begin = last.Add(-wanted)
	}
	if begin.Before(first) {
		begin = first
	}
	return begin, begin.Add(wanted)
}
