package dialog

import (
	tea "charm.land/bubbletea/v2"

	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
)

// Card is a small box of advice; any key closes it, and does what it does elsewhere.
type Card struct {
	card   pane.Card // as it was given
	shown  pane.Card // as the screen has room for it
	bounds layout.Rect
}

// NewCard is a card with the given text.
func NewCard(c pane.Card) *Card {
	if c.Foot == "" {
		c.Foot = "any key closes this"
	}
	return &Card{card: c}
}

// Resize implements Dialog.
func (c *Card) Resize(f layout.Frame) {
	c.shown = c.card.Within(f.W)
	c.bounds = f.Center(c.shown.Size())
}

// Rect implements Dialog.
func (c *Card) Rect() layout.Rect { return c.bounds }

// Update implements Dialog.
func (c *Card) Update(msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "esc", "enter", "q", "space":
			return Close{}, nil
		}
		return Close{Pass: msg}, nil
	case tea.MouseClickMsg:
		return Close{}, nil
	}
	return nil, nil
}

// View implements Dialog.
func (c *Card) View(s *style.Styles) string { return c.shown.View(c.bounds.W, c.bounds.H, s) }

// Caret implements Dialog.
func (c *Card) Caret() (x, y int, shown bool) { return 0, 0, false }

// Confirm is a question that is answered with yes or no.
type Confirm struct {
	Card
	purpose Purpose
}

// NewConfirm is a question; yes says what enter does.
func NewConfirm(purpose Purpose, title present.Safe, text []present.Safe, yes present.Safe) *Confirm {
	return &Confirm{
		purpose: purpose,
		Card: Card{card: pane.Card{
			Title: title, Text: text, Hints: []pane.Hint{{Keys: "enter", Label: yes}, {Keys: "esc", Label: "leave it"}}, Foot: "enter or esc",
		}},
	}
}

// Update implements Dialog.
func (c *Confirm) Update(msg tea.Msg) (Action, tea.Cmd) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	switch key.String() {
	case "enter", "y":
		return Confirmed{Purpose: c.purpose}, nil
	case "esc", "n", "q":
		return Close{}, nil
	}
	return nil, nil
}
