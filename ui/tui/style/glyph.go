package style

import "asof/ui/present"

// Glyphs are the characters that the screen's own lines are made of. Each takes one column.
type Glyphs struct {
	TopLeft, TopRight, BottomLeft, BottomRight, Horizontal, Vertical present.Safe

	Cursor   present.Safe // marks the cursor's row
	Closed   present.Safe // a fold that can be opened
	Open     present.Safe // a fold that can be closed
	Guide    present.Safe // indent
	Arrow    present.Safe // between old and new; may take two columns
	Dot      present.Safe // separates facts; also a leader
	Here     present.Safe // the cursor on a ruler
	Rule     present.Safe // the ruler
	Tick     present.Safe // a tick on the ruler
	Mark     present.Safe // a bookmark
	Break    present.Safe // a breakpoint
	Problem  present.Safe // a problem
	Hit      present.Safe // a search hit
	Pin      present.Safe // a key that is kept while stepping
	Watch    present.Safe // a watched field
	Unwatch  present.Safe // one at which nobody stops
	Display  present.Safe // an expression that is shown
	Unbreak  present.Safe // a breakpoint that is disabled
	Thumb    present.Safe // scroll bar
	Track    present.Safe
	Ellipsis present.Safe
	Full     present.Safe   // below columns in which what was found holds
	Bars     []present.Safe // from empty to full
}

func glyphs(ascii bool) Glyphs {
	if ascii {
		return Glyphs{
			TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Horizontal: "-", Vertical: "|",
			Cursor: ">", Closed: ">", Open: "v", Guide: "|", Arrow: "->", Dot: "-", Here: "@", Rule: "-", Tick: "+",
			Mark: "'", Break: "*", Problem: "!", Hit: "/", Pin: "#", Watch: "o", Unwatch: ".", Display: ":", Unbreak: ".", Thumb: "#", Track: "|", Ellipsis: "~", Full: "#",
			Bars: []present.Safe{" ", ".", ":", "-", "=", "+", "*", "%", "#"},
		}
	}
	return Glyphs{
		TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯", Horizontal: "─", Vertical: "│",
		Cursor: "▶", Closed: "▸", Open: "▾", Guide: "│", Arrow: "→", Dot: "·", Here: "●", Rule: "─", Tick: "┴",
		Mark: "'", Break: "◆", Problem: "!", Hit: "╵", Pin: "⊙", Watch: "◎", Unwatch: "○", Display: "·", Unbreak: "◇", Thumb: "┃", Track: "│", Ellipsis: "…", Full: "━",
		Bars: []present.Safe{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	}
}
