package pane_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"encoding/base64"
	"encoding/json"

	"github.com/charmbracelet/x/ansi"

	"asof/engine/event/sharedtest"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

func assertSize(t *testing.T, name, drawn string, w, h int) {
	t.Helper()
	if h <= 0 {
		if drawn != "" {
			t.Errorf("%s: %q, want nothing", name, drawn)
		}
		return
	}
	lines := strings.Split(drawn, "\n")
	if len(lines) != h {
		t.Errorf("%s at %d x %d: %d lines", name, w, h, len(lines))
	}
	for i, line := range lines {
		if a, b := ansi.StringWidthWc(line), ansi.StringWidth(line); a != w || b != w {
			t.Errorf("%s at %d x %d: line %d is %d or %d columns wide: %q", name, w, h, i, a, b, ansi.Strip(line))
			return
		}
	}
}

// panes are all panes with the text everywhere where text can be, at every cursor and mark.
func panes(text present.Safe) map[string]func(w, h int, s *style.Styles) string {
	scroll := &widget.Scroll{Total: 40, Top: 3, Shown: 5}
	prompt := widget.Prompt{Label: text, Text: text, Caret: present.Width(text), Ghost: text}
	events := pane.Events{Title: text, Right: text, Cursor: 1, Focused: true, Empty: text, Scroll: scroll}
	state := pane.State{Title: text, Key: text, Cursor: 1, Note: text, Bad: true, Empty: text, Scroll: scroll}
	compare := pane.Compare{Title: text, Key: text, Note: text, Left: pane.CompareSide{Title: text, Note: text}, Right: pane.CompareSide{Title: text}, Scroll: scroll}
	picker := pane.Picker{Title: text, Right: text, Prompt: prompt, Help: text, Foot: text, Cursor: 1}
	help := pane.Help{Title: text, Right: text, Prompt: prompt, Foot: text, Cursor: 2, Rows: []pane.HelpRow{{Group: text}}}
	for i := range 12 {
		events.Rows = append(events.Rows, pane.EventRow{
			Position: "31,407", Time: text, Stream: text, Type: text, Note: text, Problem: i%2 > 0, Future: i > 2, Related: i%3 > 0, Match: i%4 > 0,
		})
		mark := pane.Mark(i % 6)
		state.Rows = append(state.Rows, pane.StateRow{
			Depth: i * i, Fold: pane.Fold(i % 3), Mark: mark, Name: text, Value: text, Old: text, Kind: pane.Kind(i % 8), By: text, Age: text, Watch: i%2 > 0,
		})
		compare.Rows = append(compare.Rows, pane.CompareRow{
			Depth: i, Fold: pane.Fold(i % 3), Mark: mark, Name: text,
			Left: pane.CompareCell{Value: text, By: text, Absent: mark == pane.Added}, Right: pane.CompareCell{Value: text, Absent: mark == pane.Removed},
		})
		picker.Rows = append(picker.Rows, pane.PickerRow{Text: text, Hits: []int{0, 1, 2, 5}, Note: text, Muted: i%2 > 0})
		help.Rows = append(help.Rows, pane.HelpRow{Keys: text, Name: text, Text: text, Hits: []int{1}, Reason: text})
	}
	detail := pane.Detail{Title: text, Right: text, Top: 1, Empty: text, Scroll: scroll, Lines: [][]pane.Span{{{Text: text}, {Text: text}}}}
	for range 5 {
		detail.Facts = append(detail.Facts, pane.Fact{Label: text, Value: text, Note: text})
	}
	strip := pane.Strip{Title: text, Right: text, Counts: make([]uint64, 50), Cursor: 7, Labels: []pane.StripLabel{{Column: 3, Text: text}, {Column: -4, Text: text}}}
	for i := range strip.Counts {
		strip.Counts[i] = uint64(i * i)
		strip.Marks = append(strip.Marks, pane.StripMark{Column: i*3 - 9, Kind: pane.StripKind(i % 4), Letter: text})
	}
	line := func(view func(int, *style.Styles) string) func(w, h int, s *style.Styles) string {
		return func(w, h int, s *style.Styles) string {
			return widget.Place(w, h, widget.Piece{W: w, H: 1, Text: view(w, s)})
		}
	}
	return map[string]func(w, h int, s *style.Styles) string{
		"events": events.View, "state": state.View, "compare": compare.View, "picker": picker.View, "help": help.View,
		"detail": detail.View, "strip": strip.View, "too small": pane.TooSmall,
		"no events": pane.Events{Empty: text}.View, "no state": pane.State{Empty: text, Stale: true}.View,
		"no detail": pane.Detail{Empty: text}.View, "no strip": pane.Strip{Empty: text}.View,
		"no rows": pane.Picker{Empty: text}.View, "no help": pane.Help{Empty: text}.View, "nothing compared": pane.Compare{Empty: text}.View,
		"card":   pane.Card{Title: text, Text: []present.Safe{text}, Hints: []pane.Hint{{Keys: text, Label: text}}, Foot: text}.View,
		"title":  line(pane.Title{Source: text, Counts: text, Progress: text, Alert: text, Branch: text, Projection: text, Position: text, Percent: text, Time: text, Playing: text}.View),
		"footer": line(pane.Footer{Hints: []pane.Hint{{Keys: text, Label: text}, {Keys: text, Label: text}}, Right: text}.View),
		"toast":  line(pane.Footer{Toast: text, Bad: true, Right: text}.View),
	}
}

// TestPanesHaveTheirSize: whatever the text and the size, a pane fills exactly its cells.
func TestPanesHaveTheirSize(t *testing.T) {
	texts := []string{
		"", "x", "status", strings.Repeat("long ", 60), "東京運輸株式会社東京運輸", "👩\u200d💻 👍🏽 ❤\ufe0f 1\ufe0f\u20e3 🇩🇪", "\x1b[31m\t\r\n\u202e",
		"z" + strings.Repeat("\u0301", 200), "क्षि \u1112\u1161\u11ab น้ำ", "\u0301\u0903", "\xff\x9b31m",
	}
	themes := []*style.Styles{style.New(style.Options{Dark: true}), style.New(style.Options{NoColor: true, ASCII: true})}
	for i, text := range texts {
		for name, view := range panes(present.Text(text)) {
			st := themes[i%2]
			for _, w := range []int{0, 1, 2, 3, 5, 9, 20, 41, 57, 80, 110, 201} {
				for _, h := range []int{0, 1, 2, 3, 4, 7, 30} {
					assertSize(t, name, view(w, h, st), w, h)
				}
			}
		}
	}
}

func TestScreensHaveTheirSize(t *testing.T) {
	for w := 1; w < 230; w += 13 {
		for h := 1; h < 60; h += 7 {
			for focus := layout.Events; focus <= layout.Timeline; focus++ {
				y := newStory(w, h, style.Options{Dark: true}, layout.Preferences{Focus: focus, Detail: w%2 > 0, Size: layout.Size(h % 3)})
				assertSize(t, "screen", y.draw(focus), w, h)
				if !y.frame.TooSmall {
					assertSize(t, "help", y.helping(), w, h)
					assertSize(t, "picker", y.picking(), w, h)
					assertSize(t, "card", y.carded(), w, h)
				}
			}
		}
	}
}

// TestPayloadsStayInTheirCells puts the hostile payloads everywhere: none reaches the terminal, all stay visible.
func TestPayloadsStayInTheirCells(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(sharedtest.Corpus(t, "ours/terminal"), "payloads.json"))
	if err != nil {
		t.Fatal(err)
	}
	var payloads []struct {
		Name      string
		Payload   []byte `json:"payload_b64"`
		Signature string `json:"leak_signature_b64"`
	}
	if err := json.Unmarshal(data, &payloads); err != nil {
		t.Fatal(err)
	}
	st := style.New(style.Options{Dark: true})
	for _, p := range payloads {
		signature, err := base64.StdEncoding.DecodeString(p.Signature)
		if err != nil {
			t.Fatal(err)
		}
		for name, view := range panes(present.Text("PAY" + string(p.Payload))) {
			drawn := view(200, 30, st)
			assertSize(t, name+": "+p.Name, drawn, 200, 30)
			if strings.Contains(drawn, string(signature)) {
				t.Errorf("%s leaks in %s", p.Name, name)
			}
		}
	}
}

func TestMarksSayWhatColoursSay(t *testing.T) {
	y := newStory(120, 40, style.Options{NoColor: true}, layout.Preferences{Focus: layout.State})
	drawn := ansi.Strip(y.draw(layout.State))
	for _, want := range []string{
		`~   status     "paid" → "refunded"`, `~◎  refunded   0 → 120.00`, `+   refund_id`, `-   hold`, `=   currency`, "▶  31,407", "●",
	} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%q is not on the screen:\n%s", want, drawn)
		}
	}
}

func TestTitleKeepsThePosition(t *testing.T) {
	st := style.New(style.Options{})
	title := newStory(80, 24, style.Options{}, layout.Preferences{}).title()
	for _, w := range []int{200, 110, 80, 60, 40, 20} {
		if drawn := ansi.Strip(title.View(w, st)); !strings.Contains(drawn, "31,407") {
			t.Errorf("%d columns: %q", w, drawn)
		}
	}
}

func TestFooterKeepsItsLastHint(t *testing.T) {
	st := style.New(style.Options{})
	footer := newStory(80, 24, style.Options{}, layout.Preferences{}).footer()
	for _, w := range []int{200, 110, 80, 60, 40, 20} {
		if drawn := ansi.Strip(footer.View(w, st)); !strings.Contains(drawn, "? help") {
			t.Errorf("%d columns: %q", w, drawn)
		}
	}
}

func TestStripColumns(t *testing.T) {
	var strip pane.Strip
	if strip.Columns(120) != 116 || strip.Columns(2) != 0 || strip.Column(2) != 0 {
		t.Error("columns do not lie where they are drawn")
	}
	for range strip.Columns(40) {
		strip.Counts = append(strip.Counts, 1)
	}
	strip.Cursor = 35
	lines := strings.Split(ansi.Strip(strip.View(40, 5, style.New(style.Options{}))), "\n")
	ruler := []rune(lines[2])
	if x := strings.IndexRune(string(ruler), '●'); x < 0 || strip.Column(len([]rune(string(ruler)[:x]))) != 35 {
		t.Errorf("%q", lines[2])
	}
}

func TestCompareIsUnifiedWhereItIsNarrow(t *testing.T) {
	c := pane.Compare{}
	if !c.Unified(107) || c.Unified(108) {
		t.Error("the sides part at another width")
	}
	changed := pane.CompareRow{Mark: pane.Changed}
	if c.Lines(80, changed) != 2 || c.Lines(120, changed) != 1 || c.Lines(80, pane.CompareRow{}) != 1 {
		t.Error("rows take another number of lines")
	}
}

func TestRowsUnderTheMouse(t *testing.T) {
	rows := make([]pane.StateRow, 3)
	if v := (pane.State{Rows: rows}); v.RowAt(1) != 0 || v.RowAt(0) != -1 || v.RowAt(4) != -1 {
		t.Error("state")
	}
	if v := (pane.State{Rows: rows, Note: "tainted"}); v.RowAt(2) != 0 {
		t.Error("state with a note")
	}
	if e := (pane.Events{Rows: make([]pane.EventRow, 2)}); e.RowAt(2) != 1 {
		t.Error("events")
	}
	if p := (pane.Picker{Rows: make([]pane.PickerRow, 2)}); p.RowAt(3) != 0 {
		t.Error("picker")
	}
	if h := (pane.Help{Rows: make([]pane.HelpRow, 2)}); h.RowAt(4) != 1 {
		t.Error("help")
	}
	c := pane.Compare{Rows: []pane.CompareRow{{Mark: pane.Changed}, {}}}
	for y, want := range []int{-1, -1, -1, 0, 0, 1, -1} {
		if got := c.RowAt(80, y); got != want {
			t.Errorf("compare: line %d is row %d, want %d", y, got, want)
		}
	}
}

// TestFactsUseTheirRoom shows a fact that stands alone in its row as a whole, and cuts neither where both columns have room.
func TestFactsUseTheirRoom(t *testing.T) {
	id := present.Safe("ab1f1868-02c6-4e11-8014-33ecc08ee114")
	d := pane.Detail{Facts: []pane.Fact{
		{Label: "time", Value: "2025-03-04 09:15:31.477Z"}, {Label: "id", Value: id}, {Label: "source", Value: "nested.jsonl:3"},
	}}
	for _, w := range []int{70, 80, 120} {
		if text := ansi.Strip(d.View(w, 8, style.New(style.Options{}))); !strings.Contains(text, string(id)) || !strings.Contains(text, "nested.jsonl:3") {
			t.Errorf("%d cells wide:\n%s", w, text)
		}
	}
}
