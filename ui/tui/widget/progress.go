package widget

import (
	"strings"

	"asof/ui/present"
	"asof/ui/tui/style"
)

// Progress is a line that tells how far something is: its name, a bar, a text.
type Progress struct {
	Label present.Safe
	Done  float64 // 0 … 1; negative = unknown
	Text  present.Safe
}

// View draws the line.
func (p Progress) View(w int, s *style.Styles) string {
	sheet := NewSheet(s, w, 1)
	sheet.Row()
	sheet.Put(s.Text, p.Label)
	sheet.Gap(2)
	room := sheet.Left() - present.Width(p.Text) - 2
	if bar := min(room, 40); bar > 4 {
		full := int(max(0, min(p.Done, 1)) * float64(bar))
		sheet.Put(s.Accent, repeat(s.Glyph.Full, full))
		sheet.Put(s.Guide, repeat(s.Glyph.Empty, bar-full))
		sheet.Gap(2)
	}
	sheet.Put(s.Dim, p.Text)
	return sheet.String()
}

func repeat(s present.Safe, n int) present.Safe {
	return present.Safe(strings.Repeat(string(s), max(n, 0)))
}
