package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Hint is keys and what they do.
type Hint struct{ Keys, Label present.Safe }

// Footer is the row at the bottom: hints, or for a while a message.
type Footer struct {
	Hints []Hint       // the most useful first; the last one is kept whatever the room
	Toast present.Safe // shown instead of hints; empty = none
	Bad   bool         // the toast tells of a problem
	Right present.Safe // on the right, if there is room: the last command, a count of hits
}

// mostToast is how many rows a message takes at most.
const mostToast = 5

// Tall is the footer of a message that is too long for one row, wrapped; it lies over what is above. Rows is 0 if one row is enough.
func (f Footer) Tall(w int, s *style.Styles) (text string, rows int) {
	toast, ink := widget.Chrome(s, f.Toast), s.Good
	if f.Bad {
		toast, ink = s.Glyph.Problem+" "+toast, s.Bad
	}
	lines := widget.Wrap(toast, max(w-2, 1))
	if f.Toast == "" || len(lines) == 1 {
		return "", 0
	}
	lines = lines[:min(len(lines), mostToast)]
	sheet := widget.NewSheet(s, w, len(lines))
	for _, line := range lines {
		sheet.RowOn(s.Bar)
		sheet.Gap(1)
		sheet.Put(ink, line)
	}
	return sheet.String(), len(lines)
}

// View draws the row.
func (f Footer) View(w int, s *style.Styles) string {
	sheet := widget.NewSheet(s, w, 1)
	sheet.RowOn(s.Bar)
	sheet.Gap(1)
	right := present.Width(f.Right)
	if right > w/3 {
		right = 0
	}
	switch {
	case f.Toast != "" && f.Bad:
		sheet.Put(s.Bad, s.Glyph.Problem+" "+widget.Chrome(s, f.Toast))
	case f.Toast != "":
		sheet.Put(s.Good, widget.Chrome(s, f.Toast))
	default:
		f.hints(sheet, s, w-1-right)
	}
	if right > 0 && sheet.At()+2+right < w {
		sheet.To(w - 1 - right)
		sheet.Put(s.Dim, widget.Chrome(s, f.Right))
	}
	return sheet.String()
}

func (f Footer) hints(sheet *widget.Sheet, s *style.Styles, end int) {
	if len(f.Hints) == 0 {
		return
	}
	last := f.Hints[len(f.Hints)-1]
	for _, h := range f.Hints[:len(f.Hints)-1] {
		if sheet.At()+h.width()+last.width() > end {
			break
		}
		h.draw(sheet, s)
	}
	last.draw(sheet, s)
}

func (h Hint) width() int { return present.Width(h.Keys) + present.Width(h.Label) + 4 }

func (h Hint) draw(sheet *widget.Sheet, s *style.Styles) {
	sheet.Put(s.Key, widget.Chrome(s, h.Keys))
	sheet.Gap(1)
	sheet.Put(s.Dim, widget.Chrome(s, h.Label))
	sheet.Gap(3)
}
