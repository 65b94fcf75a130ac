// Package style turns a palette of roles into the inks that the screen is drawn with. Colours appear nowhere else.
package style

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Ink is a way to draw text: colour, weight, ground. It is kept as the escape sequence that switches it on, so that drawing a
// cell costs a copy. The zero Ink is the terminal's own text.
type Ink struct{ open string }

const reset = "\x1b[m"

// inked is the ink that draws as the Lip Gloss style does.
func inked(s lipgloss.Style) Ink {
	before, _, _ := strings.Cut(s.Render("x"), "x")
	return Ink{before}
}

// Over is ink i on top of ink ground: i's settings win where both say something.
func (i Ink) Over(ground Ink) Ink { return Ink{ground.open + i.open} }

// Append appends text drawn in the ink to dst.
func (i Ink) Append(dst []byte, text string) []byte {
	if i.open == "" {
		return append(dst, text...)
	}
	dst = append(dst, i.open...)
	dst = append(dst, text...)
	return append(dst, reset...)
}

// AppendOver appends text drawn in the ink on top of ink ground to dst.
func (i Ink) AppendOver(dst []byte, ground Ink, text string) []byte {
	if ground.open == "" {
		return i.Append(dst, text)
	}
	dst = append(dst, ground.open...)
	return append(append(append(dst, i.open...), text...), reset...)
}

// Render is text drawn in the ink.
func (i Ink) Render(text string) string { return string(i.Append(nil, text)) }

// Options say what kind of terminal is drawn on. The zero value is a light terminal with colours and line drawing.
type Options struct {
	Dark    bool // the terminal's background is dark
	ASCII   bool // borders, bars and marks of plain ASCII
	NoColor bool // weights only
}

// Styles are all inks and glyphs of the screen: immutable, made by New, shared by pointer.
type Styles struct {
	Options
	Glyph Glyphs

	Text   Ink // the terminal's own
	Strong Ink // what matters most in its row
	Dim    Ink // what may be overlooked
	Accent Ink // the one accent: the present moment and what is focused
	Label  Ink // names of facts
	Key    Ink // keys to press
	Good   Ink
	Warn   Ink
	Bad    Ink
	Future Ink // what has not happened yet
	Stale  Ink // an answer to an earlier question
	Shade  Ink // everything behind a dialog
	Match  Ink // where a search hit

	Border      Ink
	BorderFocus Ink
	Title       Ink
	TitleFocus  Ink
	Bar         Ink // ground of the title row
	Select      Ink // ground of the cursor's row in the focused pane
	SelectIdle  Ink // and in the others
	Guide       Ink // indent guides, leaders
	Scroll      Ink // scroll bar's thumb

	Value ValueInks
	Diff  DiffInks
	Strip StripInks
}

// ValueInks draw JSON values.
type ValueInks struct{ Name, String, Number, Bool, Null, Container, Punct Ink }

// DiffInks draw what changed. Each is accompanied by a mark, so that nothing hangs on the colour.
type DiffInks struct{ Added, Removed, Changed, Same Ink }

// StripInks draw the timeline.
type StripInks struct {
	Past    []Ink // bars up to the cursor, from the emptiest to the fullest
	Future  Ink   // bars after it
	Ruler   Ink
	Cursor  Ink
	Mark    Ink
	Break   Ink
	Problem Ink
	Axis    Ink
}
