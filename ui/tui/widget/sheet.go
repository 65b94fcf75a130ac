// Package widget draws the parts that panes are made of: sheets and boxes of exact size, lists, trees, bars, inputs. It knows
// no word of the domain.
package widget

import (
	"strings"

	"asof/ui/present"
	"asof/ui/tui/style"
)

// Sheet is a rectangle of text that is filled row by row. Whatever is put into it, its text has exactly the height it was
// made for and each line exactly the width.
//
// A sheet may have a border; then rows are those inside it.
type Sheet struct {
	st     *style.Styles
	buf    []byte
	w, h   int // inside the border
	box    *Box
	rows   int // rows begun
	used   int // columns of the open row
	ground style.Ink
	flat   bool      // the open row is drawn in its ground alone
	veil   style.Ink // replaces every ink while veiled
	veiled bool
}

// Box is a border with a title on its left, a text on its right, and a scroll bar on its right side.
type Box struct {
	Title   present.Safe
	Right   present.Safe
	Foot    present.Safe // in the lower border, right
	Focused bool
	Scroll  *Scroll // nil = none
}

// NewSheet is an empty sheet of w by h cells without a border.
func NewSheet(st *style.Styles, w, h int) *Sheet {
	w, h = max(w, 0), max(h, 0)
	return &Sheet{st: st, w: w, h: h, buf: make([]byte, 0, (w+16)*h*2)}
}

// NewBox is an empty sheet of w by h cells, border included. Below 2 by 2 cells there is no room for a border and the sheet
// stays blank.
func NewBox(st *style.Styles, w, h int, b Box) *Sheet {
	if w < 2 || h < 2 {
		return NewSheet(st, w, h)
	}
	s := NewSheet(st, w, h)
	s.w, s.h, s.box = w-2, h-2, &b
	s.border(st.Glyph.TopLeft, st.Glyph.TopRight, b.Title, b.Right)
	return s
}

// Size is how many columns and rows can be filled.
func (s *Sheet) Size() (w, h int) { return s.w, s.h }

// Full reports whether no further row fits.
func (s *Sheet) Full() bool { return s.rows >= s.h }

// Row begins the next row. It reports false, and nothing more is drawn, once the sheet is full.
func (s *Sheet) Row() bool { return s.RowOn(style.Ink{}) }

// RowOn begins the next row on a ground that reaches over its whole width.
func (s *Sheet) RowOn(ground style.Ink) bool {
	s.endRow()
	if s.rows >= s.h {
		s.rows = s.h + 1
		return false
	}
	if s.rows > 0 || s.box != nil {
		s.buf = append(s.buf, '\n')
	}
	s.rows++
	s.used, s.ground = 0, ground
	s.flat = s.st.NoColor && ground == s.st.Select // faint text on a reversed row could not be read
	if s.box != nil {
		s.buf = s.borderInk().Append(s.buf, string(s.st.Glyph.Vertical))
	}
	return true
}

// Veil draws everything that follows in one ink, whatever it asks for, until Unveil: rows of the future, stale answers.
func (s *Sheet) Veil(ink style.Ink) { s.veil, s.veiled = ink, true }

// Unveil ends Veil.
func (s *Sheet) Unveil() { s.veiled = false }

// Left is how many columns of the row are free.
func (s *Sheet) Left() int {
	if s.rows == 0 || s.rows > s.h {
		return 0
	}
	return s.w - s.used
}

// Put draws text, cut with an ellipsis at the end of the row.
func (s *Sheet) Put(ink style.Ink, text present.Safe) {
	left := s.Left()
	if left <= 0 || text == "" {
		return
	}
	cells := present.Width(text)
	if cells > left {
		text = present.TruncateTail(text, left, s.st.Glyph.Ellipsis)
		cells = present.Width(text)
	}
	s.raw(ink, text, cells)
}

func (s *Sheet) raw(ink style.Ink, text present.Safe, cells int) {
	if cells <= 0 {
		return
	}
	if cells <= 0 {
		return
	}
	if s.veiled {
		ink = s.veil
	}
	if s.flat {
		ink = style.Ink{}
	}
	s.buf = ink.AppendOver(s.buf, s.ground, string(text))
	s.used += cells
}

// Cell draws text in a column of w cells, cut at its end or padded on its right.
func (s *Sheet) Cell(ink style.Ink, text present.Safe, w int) {
	w = min(w, s.Left())
	if w <= 0 {
		return
	}
	start := s.used
	s.Put(ink, present.TruncateTail(text, w, s.st.Glyph.Ellipsis))
	s.Gap(w - (s.used - start))
}

// CellMiddle is Cell for names whose both ends matter: they are cut in their middle.
func (s *Sheet) CellMiddle(ink style.Ink, text present.Safe, w int) {
	s.Cell(ink, present.TruncateMiddle(text, min(w, s.Left()), s.st.Glyph.Ellipsis), w)
}

// CellRight is Cell for numbers: padded on their left.
func (s *Sheet) CellRight(ink style.Ink, text present.Safe, w int) {
	w = min(w, s.Left())
	text = present.TruncateTail(text, w, s.st.Glyph.Ellipsis)
	s.Gap(w - present.Width(text))
	s.Put(ink, text)
}

// Gap leaves n columns blank.
func (s *Sheet) Gap(n int) {
	if n = min(n, s.Left()); n > 0 {
		s.raw(style.Ink{}, blanks(n), n)
	}
}

// Leader fills n columns with text that must be one column wide.
func (s *Sheet) Leader(ink style.Ink, text present.Safe, n int) {
	if n = min(n, s.Left()); n > 0 {
		s.raw(ink, present.Safe(strings.Repeat(string(text), n)), n)
	}
}

// To leaves columns blank up to column x of the row.
func (s *Sheet) To(x int) { s.Gap(x - s.used) }

// At is the row's column at which the next text goes.
func (s *Sheet) At() int { return s.used }

// String is the sheet's text: lines joined by line feeds, without one at the end.
func (s *Sheet) String() string {
	for s.rows < s.h {
		s.Row()
	}
	s.endRow()
	s.rows = s.h + 1
	if s.box != nil {
		s.buf = append(s.buf, '\n')
		s.border(s.st.Glyph.BottomLeft, s.st.Glyph.BottomRight, "", s.box.Foot)
		s.box = nil
	}
	return string(s.buf)
}

func (s *Sheet) endRow() {
	if s.rows == 0 || s.rows > s.h {
		return
	}
	if free := s.w - s.used; free > 0 {
		if s.ground == (style.Ink{}) {
			s.buf = append(s.buf, blanks(free)...)
		} else {
			s.buf = s.ground.Append(s.buf, string(blanks(free)))
		}
		s.used = s.w
	}
	if s.box != nil && s.used >= 0 {
		s.side()
	}
	s.used = -1
}

// side draws the right border of the open row, which carries the scroll bar.
func (s *Sheet) side() {
	if s.used < 0 {
		return
	}
	ink, glyph := s.borderInk(), s.st.Glyph.Vertical
	if s.box.Scroll != nil {
		ink, glyph = s.box.Scroll.at(s.st, s.rows-1, s.h, ink)
	}
	s.buf = ink.Append(s.buf, string(glyph))
}

func (s *Sheet) borderInk() style.Ink {
	if s.box.Focused {
		return s.st.BorderFocus
	}
	return s.st.Border
}

// border draws the upper or lower edge: ╭ Title ──── right ─╮.
func (s *Sheet) border(left, right, title, note present.Safe) {
	ink, titleInk, room := s.borderInk(), s.st.Title, s.w
	if s.box.Focused {
		titleInk = s.st.TitleFocus
	}
	s.buf = ink.Append(s.buf, string(left))
	if title != "" && room > 4 {
		title = present.TruncateTail(Chrome(s.st, title), room-3, s.st.Glyph.Ellipsis)
		s.buf = titleInk.Append(s.buf, " "+string(title)+" ")
		room -= present.Width(title) + 2
	}
	if free := room - 4; note != "" && free > 3 {
		note = present.TruncateTail(Chrome(s.st, note), free, s.st.Glyph.Ellipsis)
		n := room - present.Width(note) - 3
		s.buf = ink.Append(s.buf, strings.Repeat(string(s.st.Glyph.Horizontal), n))
		s.buf = s.st.Title.Append(s.buf, " "+string(note)+" ")
		room = 1
	}
	s.buf = ink.Append(s.buf, strings.Repeat(string(s.st.Glyph.Horizontal), room)+string(right))
}

const blank = "                                                                                                                                "

func blanks(n int) present.Safe {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return present.Safe(blank[:n])
	}
	return present.Safe(strings.Repeat(" ", n))
}

// Chrome is a text of our own with its typographic signs replaced where the screen is to be of plain ASCII.
func Chrome(st *style.Styles, text present.Safe) present.Safe {
	if !st.ASCII {
		return text
	}
	return present.Safe(strings.Map(func(r rune) rune {
		switch r {
		case '·', '–', '—':
			return '-'
		case '→', '▶', '▸':
			return '>'
		case '←':
			return '<'
		case '↑':
			return '^'
		case '↓':
			return 'v'
		case '°':
			return '*'
		case '…':
			return '~'
		case '×':
			return 'x'
		}
		return r
	}, string(text)))
}
