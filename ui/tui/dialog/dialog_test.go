package dialog_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
)

var (
	screen = layout.New(100, 30, layout.Preferences{})
	enter  = tea.KeyPressMsg{Code: tea.KeyEnter}
	esc    = tea.KeyPressMsg{Code: tea.KeyEscape}
	down   = tea.KeyPressMsg{Code: tea.KeyDown}
	tab    = tea.KeyPressMsg{Code: tea.KeyTab}
)

func letter(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }

// send gives messages to a dialog and returns the last action.
func send(d dialog.Dialog, messages ...tea.Msg) dialog.Action {
	var last dialog.Action
	for _, msg := range messages {
		last, _ = d.Update(msg)
	}
	return last
}

func word(text string) []tea.Msg {
	var keys []tea.Msg
	for _, r := range text {
		keys = append(keys, letter(r))
	}
	return keys
}

func shown(d dialog.Dialog) string { return ansi.Strip(d.View(style.New(style.Options{}))) }

func choices(texts ...string) []dialog.Choice {
	var out []dialog.Choice
	for _, text := range texts {
		out = append(out, dialog.Choice{ID: text, Text: text, Fill: text + "!"})
	}
	return out
}

func picker(a dialog.Ask) *dialog.Picker {
	p := dialog.NewPicker(a)
	p.Resize(screen)
	return p
}

func TestPickerNarrows(t *testing.T) {
	p := picker(dialog.Ask{Purpose: "x", Choices: choices("apple", "pear", "plum")})
	if got := send(p, word("pl")...); got != (dialog.Typed{Purpose: "x", Text: "pl"}) {
		t.Errorf("typing gave %+v", got)
	}
	if text := shown(p); strings.Contains(text, "pear") || !strings.Contains(text, "plum") {
		t.Error(text)
	}
	if got := send(p, enter); got != (dialog.Picked{Purpose: "x", ID: "plum", Fill: "plum!", Text: "pl", Key: "enter"}) {
		t.Errorf("enter gave %+v", got)
	}
	if got := send(p, down, enter).(dialog.Picked); got.ID != "apple" || !got.Moved {
		t.Errorf("after moving enter gave %+v", got)
	}
	if got := send(p, esc); got != (dialog.Close{}) {
		t.Errorf("esc gave %+v", got)
	}
	if got := send(p, tab); got != (dialog.Typed{Purpose: "x", Text: "apple!"}) {
		t.Errorf("tab gave %+v", got)
	}
	if got := send(p, enter); got != nil {
		t.Errorf("without a row enter gave %+v", got)
	}
}

func TestPickerIsFed(t *testing.T) {
	p := picker(dialog.Ask{Purpose: "x", Fed: true, Free: true, Low: true})
	send(p, word("ab")...)
	p.Feed("a", choices("too late"), "")
	p.Feed("ab", choices("in time"), "1 of 1")
	p.SetHelp("a", "too late")
	p.SetHelp("ab", "goes there")
	if text := shown(p); strings.Contains(text, "late") || !strings.Contains(text, "in time") || !strings.Contains(text, "goes there") {
		t.Error(text)
	}
	send(p, letter('c'))
	p.Feed("abc", nil, "")
	if got := send(p, enter); got != (dialog.Picked{Purpose: "x", Text: "abc", Key: "enter"}) {
		t.Errorf("free text gave %+v", got)
	}
	if r := p.Rect(); r.Y+r.H != screen.H-1 {
		t.Errorf("it stands at %+v", r)
	}
}

func TestMenuOfLetters(t *testing.T) {
	list := []dialog.Choice{{ID: "v", Text: "value"}, {ID: "k", Text: "key", Muted: true}}
	p := picker(dialog.Ask{Purpose: "x", Letters: true, Choices: list})
	if got, ok := send(p, letter('v')).(dialog.Picked); !ok || got.ID != "v" {
		t.Errorf("v gave %+v", got)
	}
	if got := send(p, letter('k')); got != nil {
		t.Errorf("what can not be picked gave %+v", got)
	}
	if got := send(p, letter('z'), letter('q')); got != (dialog.Close{}) {
		t.Errorf("q gave %+v", got)
	}
	if got := send(p, tea.MouseClickMsg{X: p.Rect().X + 4, Y: p.Rect().Y + 3}).(dialog.Picked); got.ID != "v" {
		t.Errorf("a click gave %+v", got)
	}
	if got := send(p, tea.MouseClickMsg{}); got != (dialog.Close{}) {
		t.Errorf("a click outside gave %+v", got)
	}
}

func TestMenuMovesByLetters(t *testing.T) {
	list := []dialog.Choice{{ID: "1", Text: "one"}, {ID: "2", Text: "two"}, {ID: "3", Text: "three"}}
	p := picker(dialog.Ask{Purpose: "x", Letters: true, Choices: list, Keys: []string{"d"}})
	if got, ok := send(p, letter('j'), letter('j'), letter('k'), letter('d')).(dialog.Picked); !ok || got.ID != "2" || !got.Moved {
		t.Errorf("j j k d gave %+v", got)
	}
	list = append(list, dialog.Choice{ID: "k", Text: "a letter of its own"})
	p = picker(dialog.Ask{Purpose: "x", Letters: true, Choices: list})
	if got, ok := send(p, letter('j'), letter('k')).(dialog.Picked); !ok || got.ID != "k" {
		t.Errorf("k gave %+v", got)
	}
}

func TestHelp(t *testing.T) {
	h := dialog.NewHelp([]dialog.Entry{
		{Group: "Step", Keys: "]", Name: "step-forward", Text: "next event"},
		{Group: "Step", Keys: "[", Name: "step-back", Text: "previous event"},
		{Group: "Look", Keys: "x", Name: "broken", Text: "an event that fails", Reason: "not now"},
	})
	h.Resize(screen)
	if got := send(h, enter); got != (dialog.Run{Name: "step-forward"}) {
		t.Errorf("enter gave %+v", got)
	}
	if got := send(h, append(word("prev ev"), enter)...); got != (dialog.Run{Name: "step-back"}) {
		t.Errorf("the narrowed list gave %+v", got)
	}
	h = dialog.NewHelp([]dialog.Entry{{Group: "Look", Keys: "x", Name: "broken", Text: "an event", Reason: "not now"}})
	h.Resize(screen)
	if got := send(h, enter); got != nil {
		t.Errorf("what can not run gave %+v", got)
	}
	if got := send(h, letter('q')); got != (dialog.Close{}) {
		t.Errorf("q gave %+v", got)
	}
}

func TestReader(t *testing.T) {
	r := dialog.NewReader("title", "", strings.Repeat("line\n", 200)+"the needle\n"+strings.Repeat("line\n", 200))
	r.Resize(screen)
	send(r, append(append([]tea.Msg{letter('/')}, word("needle")...), enter)...)
	if text := shown(r); !strings.Contains(text, "the needle") {
		t.Error(text)
	}
	send(r, letter('n'))
	if text := shown(r); !strings.Contains(text, "no further needle") {
		t.Error(text)
	}
	if got, ok := send(r, letter('y')).(dialog.Copy); !ok || len(got.Text) < 2000 || got.What != "title" {
		t.Errorf("y gave %+v", got)
	}
	if got := send(r, letter('G'), letter('g'), letter('q')); got != (dialog.Close{}) {
		t.Errorf("q gave %+v", got)
	}
}

func TestCardAndConfirm(t *testing.T) {
	c := dialog.NewCard(pane.Card{Title: "hello"})
	if got := send(c, letter(']')).(dialog.Close); got.Pass == nil {
		t.Error("the key that closes a card is lost")
	}
	if got := send(c, esc).(dialog.Close); got.Pass != nil {
		t.Error("esc does more than close a card")
	}
	q := dialog.NewConfirm("x", "really?", []present.Safe{"think"}, "do it")
	if got := send(q, enter); got != (dialog.Confirmed{Purpose: "x"}) {
		t.Errorf("enter gave %+v", got)
	}
	if got := send(q, letter('n')); got != (dialog.Close{}) {
		t.Errorf("n gave %+v", got)
	}
}

// TestCardLosesNoWord: whatever the width of the screen, all that a card says is on it.
func TestCardLosesNoWord(t *testing.T) {
	card := pane.Card{
		Title: "A small bank. What was the balance on 15 January, and where did the extra money come from?",
		Text:  []present.Safe{"It opens at the first event of a month in which nobody was robbed, or so it seems to everybody."},
		Hints: []pane.Hint{{Keys: "P", Label: "choose the projection total: all the money as one document; x: where more arrives than was sent"}, {Keys: "}  {", Label: "next"}},
	}
	if got := card.Within(layout.MinWidth).Title; got != "A small bank." {
		t.Errorf("a long title is cut within a sentence: %q", got)
	}
	for w := layout.MinWidth; w <= 120; w += 5 {
		c := dialog.NewCard(card)
		c.Resize(layout.New(w, 34, layout.Preferences{}))
		shown := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "─", " ", "╭", " ", "╮", " ").Replace(ansi.Strip(c.View(style.New(style.Options{Dark: true}))))), " ")
		for _, text := range []present.Safe{card.Title, card.Text[0], card.Hints[0].Label} {
			if !strings.Contains(shown, string(text)) {
				t.Errorf("%d columns: %q is not in %q", w, text, shown)
			}
		}
	}
}

func TestStack(t *testing.T) {
	var s dialog.Stack
	s.Resize(screen)
	if s.Pop() || s.Top() != nil {
		t.Error("an empty stack holds something")
	}
	s.Push(dialog.NewCard(pane.Card{Title: "one"}))
	s.Push(dialog.NewReader("two", "", "text"))
	if s.Len() != 2 || s.Top().Rect().Empty() || !s.Pop() || s.Len() != 1 {
		t.Error("the stack lost count")
	}
}
