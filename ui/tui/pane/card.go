package pane

import (
	"fmt"
	"strings"

	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Card is a small box over the screen: what a story is about and which keys to press.
type Card struct {
	Title present.Safe
	Text  []present.Safe // lines above the hints
	Hints []Hint         // each on a line of its own
	Foot  present.Safe   // how to close it
}

// Size is the room that the card wants, border included.
func (c Card) Size() (w, h int) {
	w = max(present.Width(c.Title), present.Width(c.Foot))
	for _, line := range c.Text {
		w = max(w, present.Width(line))
	}
	keys := c.keys()
	for _, hint := range c.Hints {
		w = max(w, keys+3+present.Width(hint.Label))
	}
	h = len(c.Text) + len(c.Hints) + 4
	if len(c.Text) > 0 && len(c.Hints) > 0 {
		h++
	}
	return w + 6, h
}

// Within is the card for a screen of w columns: what is too long for a line goes on in the next.
func (c Card) Within(w int) Card {
	room := max(w-6, 1)
	out := Card{Foot: c.Foot}
	out.Title, out.Text = headline(c.Title, room)
	if len(out.Text) > 0 && len(c.Text) > 0 {
		out.Text = append(out.Text, "")
	}
	for _, line := range c.Text {
		out.Text = append(out.Text, widget.Wrap(line, room)...)
	}
	for _, hint := range c.Hints {
		for i, label := range widget.Wrap(hint.Label, max(room-c.keys()-3, 1)) {
			if i > 0 {
				hint.Keys = ""
			}
			out.Hints = append(out.Hints, Hint{Keys: hint.Keys, Label: label})
		}
	}
	return out
}

// headline is what of a title has room on the frame, its first sentence if it can be, and the lines of what has not.
func headline(title present.Safe, room int) (head present.Safe, rest []present.Safe) {
	if end := strings.Index(string(title), ". "); present.Width(title) > room && end > 0 && end < room {
		return title[:end+1], widget.Wrap(title[end+2:], room)
	}
	lines := widget.Wrap(title, room)
	return lines[0], lines[1:]
}

func (c Card) keys() int {
	n := 0
	for _, hint := range c.Hints {
		n = max(n, present.Width(hint.Keys))
	}
	return n
}

// View draws the card.
func (c Card) View(w, h int, s *style.Styles) string {
	sheet := widget.NewBox(s, w, h, widget.Box{Title: c.Title, Foot: c.Foot, Focused: true})
	sheet.Row()
	for _, line := range c.Text {
		sheet.Row()
		sheet.Gap(2)
		sheet.Put(s.Text, widget.Chrome(s, line))
	}
	if len(c.Text) > 0 && len(c.Hints) > 0 {
		sheet.Row()
	}
	keys := c.keys()
	for _, hint := range c.Hints {
		sheet.Row()
		sheet.Gap(2)
		sheet.CellRight(s.Key, hint.Keys, keys)
		sheet.Gap(3)
		sheet.Put(s.Text, hint.Label)
	}
	return sheet.String()
}

// TooSmall is the card of a screen on which nothing else fits: it names the size that is needed.
func TooSmall(w, h int, s *style.Styles) string {
	lines := []present.Safe{
		"asof needs more room",
		present.Safe(fmt.Sprintf("%d x %d at least", layout.MinWidth, layout.MinHeight)),
		present.Safe(fmt.Sprintf("this is %d x %d", w, h)),
	}
	if w < 20 {
		lines = []present.Safe{"too small", present.Safe(fmt.Sprintf("%dx%d", layout.MinWidth, layout.MinHeight))}
	}
	sheet := widget.NewSheet(s, w, h)
	for range max((h-len(lines))/2, 0) {
		sheet.Row()
	}
	for i, line := range lines {
		if !sheet.Row() {
			break
		}
		sheet.Gap((w - present.Width(line)) / 2)
		ink := s.Dim
		if i == 0 {
			ink = s.Strong
		}
		sheet.Put(ink, line)
	}
	return sheet.String()
}
