package dialog

import (
	"slices"

	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// moreColumn is where what is said about the choices begins.
const moreColumn = 24

// Choice is a row of a picker.
type Choice struct {
	ID    string
	Text  string       // as it came; the picker escapes it
	Fill  string       // what tab puts into the line; empty = nothing
	More  present.Safe // said about it, in a column of its own
	Note  present.Safe // beside it
	Help  present.Safe // below the list while the cursor is on it
	Muted bool         // can not be picked now; its note says why
	Hits  []int        // byte offsets in Text of what matched; found by the picker unless it is fed
}

// Ask says what a picker asks for.
type Ask struct {
	Purpose Purpose
	Title   present.Safe
	Label   present.Safe // before what is typed
	Ghost   present.Safe // stands in the empty line
	Foot    present.Safe
	Empty   present.Safe // shown where there is no row
	Text    string       // what stands in the line at the start
	Choices []Choice

	Fed     bool     // choices come from outside for each text; else they are narrowed here
	Free    bool     // what was typed counts, whether a row matches or not
	Letters bool     // a menu: a choice is picked by pressing its ID, nothing is typed
	Low     bool     // at the lower edge, like a command line; else in the middle
	Wide    bool     // its rows are long
	Keys    []string // keys that pick, beside enter
}

// Picker is a list that is narrowed by typing.
type Picker struct {
	ask    Ask
	input  widget.Input
	list   widget.List
	shown  []Choice
	hits   [][]int
	right  present.Safe
	help   present.Safe // in place of the choice's own help
	rest   int          // further rows that it takes
	moved  bool
	bounds layout.Rect
	screen layout.Frame
}

// Low reports whether the picker stands at the lower edge, so that the screen above it is still looked at.
func (p *Picker) Low() bool { return p.ask.Low }

// NewPicker is a picker of what is asked.
func NewPicker(a Ask) *Picker {
	p := &Picker{ask: a, input: widget.NewInput(a.Label)}
	if a.Text != "" {
		p.input.SetValue(a.Text)
	}
	p.narrow()
	return p
}

// Purpose is what the picker was opened for.
func (p *Picker) Purpose() Purpose { return p.ask.Purpose }

// MoveTo puts the cursor on a row.
func (p *Picker) MoveTo(row int) { p.list.MoveTo(row) }

// At is the row of the cursor.
func (p *Picker) At() int { return p.list.Cursor() }

// Value is what was typed.
func (p *Picker) Value() string { return p.input.Value() }

// Feed gives the choices for the text; right is said beside the title. An answer for another text is passed over.
func (p *Picker) Feed(text string, choices []Choice, right present.Safe) {
	if text != p.input.Value() {
		return
	}
	p.ask.Choices, p.right = choices, right
	p.narrow()
}

// SetEmpty says what stands in place of rows where the text has none; it holds until it is set again.
func (p *Picker) SetEmpty(text string, empty present.Safe) {
	if text == p.input.Value() {
		p.ask.Empty = empty
	}
}

// SetHelp says a line below the list, such as a preview of what enter would do; empty = the choice's own.
func (p *Picker) SetHelp(text string, help present.Safe) {
	if text == p.input.Value() {
		p.help = help
		p.Resize(p.screen)
	}
}

// narrow finds the rows that match what is typed.
func (p *Picker) narrow() {
	p.shown, p.hits = p.shown[:0:0], p.hits[:0:0]
	if p.ask.Fed || p.ask.Letters {
		for _, c := range p.ask.Choices {
			p.shown, p.hits = append(p.shown, c), append(p.hits, c.Hits)
		}
	} else {
		texts := make([]string, len(p.ask.Choices))
		for i, c := range p.ask.Choices {
			texts[i] = c.Text
		}
		for _, hit := range widget.Fuzzy(p.input.Value(), texts) {
			p.shown, p.hits = append(p.shown, p.ask.Choices[hit.Index]), append(p.hits, hit.At)
		}
	}
	p.moved = false
	p.list.SetTotal(len(p.shown))
	p.list.First()
	p.Resize(p.screen)
}

// Resize implements Dialog.
func (p *Picker) Resize(f layout.Frame) {
	p.screen = f
	rows := max(len(p.shown), 1)
	if !p.ask.Letters && !p.ask.Low {
		rows = max(rows, 8)
	}
	w := 76
	switch {
	case p.ask.Low:
		w = min(f.W, 120)
	case p.ask.Wide:
		w = max(w, min(f.W-6, 116))
	}
	h := rows + 4
	if p.rest = 0; p.hasHelp() {
		p.rest = pane.HelpRows(p.help, min(w, f.W)) - 1
		h += 2 + p.rest
	}
	if p.ask.Low {
		h = min(h, 16, max(f.H-2, 0))
		p.bounds = layout.Rect{X: 0, Y: max(f.H-1-h, 0), W: w, H: h}
	} else {
		p.bounds = f.Center(w, min(h, 24, max(f.H-4, min(f.H, 11))))
	}
	p.list.SetHeight(p.view().Visible(p.bounds.H))
}

func (p *Picker) hasHelp() bool {
	return p.help != "" || slices.ContainsFunc(p.ask.Choices, func(c Choice) bool { return c.Help != "" })
}

// Rect implements Dialog.
func (p *Picker) Rect() layout.Rect { return p.bounds }

// view is the picker as it is drawn, without its rows' text where only measures are wanted.
func (p *Picker) view() pane.Picker {
	v := pane.Picker{Title: p.ask.Title, Right: p.right, Foot: p.ask.Foot, Empty: p.ask.Empty, Help: p.help, Rest: p.rest, Column: moreColumn}
	if v.Help == "" && p.hasHelp() {
		v.Help = " "
		if c, ok := p.current(); ok && c.Help != "" {
			v.Help = c.Help
		}
	}
	ghost := p.ask.Ghost
	if p.input.Value() != "" {
		ghost = ""
	}
	v.Prompt = p.input.Prompt(ghost)
	first, end := p.list.Window()
	v.Cursor = p.list.Cursor() - first
	for i := first; i < end; i++ {
		c := p.shown[i]
		text, at := present.TextHits(c.Text, p.hits[i])
		v.Rows = append(v.Rows, pane.PickerRow{Text: text, Hits: at, More: c.More, Note: c.Note, Muted: c.Muted})
	}
	if p.list.Total() > len(v.Rows) {
		v.Scroll = p.list.Scroll()
	}
	return v
}

// View implements Dialog.
func (p *Picker) View(s *style.Styles) string { return p.view().View(p.bounds.W, p.bounds.H, s) }

// Caret implements Dialog.
func (p *Picker) Caret() (x, y int, shown bool) {
	if p.ask.Letters {
		return 0, 0, false
	}
	return p.bounds.X + 2 + p.input.Prompt("").CaretAt(p.bounds.W-4), p.bounds.Y + 1, true
}
