package widget

import (
	"math"

	"asof/ui/present"
	"asof/ui/tui/style"
)

// Bars draws counts as bars over the given number of rows, one column each. Any count above 0 is seen; the fullest column
// fills all rows. Columns after here, and those from ready on, are drawn as future; here -1 means none, ready 0 means all.
func Bars(sheet *Sheet, s *style.Styles, counts []uint64, rows, here, ready int) {
	levels := len(s.Glyph.Bars) - 1
	heights := barHeights(counts, rows*levels)
	if ready <= 0 {
		ready = len(counts)
	}
	for row := rows - 1; row >= 0; row-- {
		sheet.Row()
		sheet.Gap(1)
		var run []byte // of bars in one ink
		begun, ink := 0, style.Ink{}
		shown := heights[:max(0, min(len(heights), sheet.Left()))]
		for x, height := range shown {
			own := barInk(s, height, rows*levels, x > here && here >= 0 || x >= ready, x == here)
			if own != ink {
				sheet.raw(ink, present.Safe(run), x-begun)
				run, begun, ink = run[:0], x, own
			}
			run = append(run, s.Glyph.Bars[max(0, min(height-row*levels, levels))]...)
		}
		sheet.raw(ink, present.Safe(run), len(shown)-begun)
	}
}

func barInk(s *style.Styles, height, full int, future, here bool) style.Ink {
	switch {
	case here:
		return s.Strip.Cursor
	case future:
		return s.Strip.Future
	}
	shades := s.Strip.Past
	return shades[min(height*len(shades)/(full+1), len(shades)-1)]
}

// barHeights scales counts to 0 … full. The square root keeps quiet stretches visible beside a burst.
func barHeights(counts []uint64, full int) []int {
	var peak uint64
	for _, n := range counts {
		peak = max(peak, n)
	}
	heights := make([]int, len(counts))
	for i, n := range counts {
		if n > 0 {
			heights[i] = max(1, int(math.Round(math.Sqrt(float64(n)/float64(peak))*float64(full))))
		}
	}
	return heights
}
