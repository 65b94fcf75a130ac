package widget

import (
	"unicode/utf8"

	"asof/ui/present"
	"asof/ui/tui/style"
)

// Prompt is a line being typed, as it is drawn: what it is for, the text, and where the cursor stands.
type Prompt struct {
	Label present.Safe // "/", ":", "key"
	Text  present.Safe
	Caret int          // columns of Text before the cursor
	Ghost present.Safe // completion that tab would take, or an example while the text is empty; dimmed
}

// Draw draws the prompt into at most w columns of the open row, scrolled so that the cursor is seen.
func (p Prompt) Draw(sheet *Sheet, s *style.Styles, w int) {
	sheet.Put(s.Accent, p.Label)
	if p.Label != "" {
		sheet.Gap(1)
	}
	room := w - p.lead()
	if room <= 0 {
		return
	}
	_, text := present.Split(p.Text, p.skip(room))
	end := sheet.At() + room
	sheet.Put(s.Text, present.TruncateTail(text, room, s.Glyph.Ellipsis))
	if left := end - sheet.At(); left > 0 {
		sheet.Put(s.Dim, present.TruncateTail(Chrome(s, p.Ghost), left, s.Glyph.Ellipsis))
	}
}

// CaretAt is the column, counted from where the prompt is drawn, at which the terminal's cursor belongs.
func (p Prompt) CaretAt(w int) int {
	room := w - p.lead()
	if room <= 0 {
		return 0
	}
	return min(p.lead()+p.Caret-p.skip(room), max(w-1, 0))
}

func (p Prompt) lead() int {
	if p.Label == "" {
		return 0
	}
	return present.Width(p.Label) + 1
}

// skip is how many columns of the text are scrolled away.
func (p Prompt) skip(room int) int { return max(p.Caret-room+1, 0) }

// Matched draws text in at most w columns; the characters that begin at the given byte offsets are drawn in another ink.
func Matched(sheet *Sheet, text present.Safe, hits []int, ink, hit style.Ink, w int) {
	end := sheet.At() + min(w, sheet.Left())
	text = present.TruncateTail(text, end-sheet.At(), sheet.st.Glyph.Ellipsis)
	from := 0
	for _, at := range hits {
		if at < from || at >= len(text) || !utf8.RuneStart(text[at]) {
			continue
		}
		_, size := utf8.DecodeRuneInString(string(text[at:]))
		sheet.Put(ink, text[from:at])
		sheet.Put(hit, text[at:at+size])
		from = at + size
	}
	sheet.Put(ink, text[from:])
}
