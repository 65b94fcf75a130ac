package pane

import (
	"asof/ui/present"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Title is the row at the top: what is open on its left, where the cursor stands on its right.
type Title struct {
	Source     present.Safe // "shop.jsonl"
	Counts     present.Safe // "48,212 events · 1,304 streams"
	Progress   present.Safe // "indexing 63 %"; empty = nothing under way
	Alert      present.Safe // what must not be overlooked, such as an unverified chain
	Branch     present.Safe // "trunk"
	Projection present.Safe // "orders"
	Position   present.Safe // "31,407"
	Percent    present.Safe // "65.1 %"
	Time       present.Safe // "2026-01-15 09:31:07.204Z"
	Playing    present.Safe // "▶ 4×", "live"; empty = standing still
}

// part is a text with its ink and what it is worth when room is short: those of the highest number go first.
type part struct {
	ink  style.Ink
	text present.Safe
	rank int
}

// View draws the row. Where not everything fits, the less important parts are left out.
func (t Title) View(w int, s *style.Styles) string {
	sheet := widget.NewSheet(s, w, 1)
	sheet.RowOn(s.Bar)
	alert := t.Alert
	if alert != "" {
		alert = s.Glyph.Problem + " " + alert
	}
	left := []part{
		{s.Text, t.Source, 2},
		{s.Bad, alert, 3},
		{s.Warn, t.Progress, 4},
		{s.Dim, t.Counts, 7},
	}
	right := []part{
		{s.Warn, t.Playing, 2},
		{s.Dim, t.Branch, 8},
		{s.Text, t.Projection, 5},
		{s.Accent, t.Position, 0},
		{s.Dim, t.Percent, 6},
		{s.Text, t.Time, 1},
	}
	const name = " asof "
	room := w - present.Width(name) - 4
	for drop := 8; drop > 0 && partsWidth(left)+partsWidth(right) > room; drop-- {
		left, right = without(left, drop), without(right, drop)
	}
	sheet.Put(s.Accent, name)
	sheet.Gap(1)
	end := w - 1 - partsWidth(right)
	t.parts(sheet, s, left, end-1)
	sheet.To(end)
	t.parts(sheet, s, right, w)
	return sheet.String()
}

func (t Title) parts(sheet *widget.Sheet, s *style.Styles, parts []part, end int) {
	for i, p := range shown(parts) {
		if i > 0 {
			sheet.Put(s.Guide, " "+s.Glyph.Dot+" ")
		}
		sheet.Put(p.ink, present.TruncateMiddle(widget.Chrome(s, p.text), end-sheet.At(), s.Glyph.Ellipsis))
	}
}

// shown leaves out the empty parts.
func shown(parts []part) []part { return without(parts, -1) }

// without leaves out the empty parts and those of the given rank.
func without(parts []part, rank int) []part {
	var kept []part
	for _, p := range parts {
		if p.text != "" && p.rank != rank {
			kept = append(kept, p)
		}
	}
	return kept
}

func partsWidth(parts []part) int {
	n := 0
	for _, p := range parts {
		if p.text != "" {
			n += present.Width(p.text) + 3
		}
	}
	return max(n-3, 0)
}
