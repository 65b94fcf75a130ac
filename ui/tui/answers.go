package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/pane"
)

// handler is what a purpose's dialogs lead to; what is nil leads to nothing.
type handler struct {
	onType    func(m *Model, text string) tea.Cmd
	onPick    func(m *Model, p dialog.Picked) tea.Cmd
	onConfirm func(m *Model) tea.Cmd
}

// handlerOf finds what a purpose leads to.
func handlerOf(p dialog.Purpose) handler {
	switch p {
	case askLine:
		return handler{onType: (*Model).lineTyped, onPick: (*Model).linePicked}
	case askFind:
		return handler{onType: (*Model).findTyped, onPick: (*Model).findPicked}
	case askFilter:
		return handler{onType: (*Model).filterTyped, onPick: (*Model).filterPicked}
	case askKey:
		return handler{onType: func(m *Model, text string) tea.Cmd { return m.keyTyped(askKey, text) }, onPick: (*Model).keyPicked}
	case askCompareKey:
		return handler{
			onType: func(m *Model, text string) tea.Cmd { return m.keyTyped(askCompareKey, text) },
			onPick: func(m *Model, p dialog.Picked) tea.Cmd {
				m.dialogs.Pop()
				if p.ID == "" {
					return nil
				}
				return m.compareWith(comparing{key: p.ID})
			},
		}
	case askComparePlace:
		return handler{onPick: func(m *Model, p dialog.Picked) tea.Cmd {
			m.dialogs.Pop()
			return m.comparePlace(p.Text)
		}}
	case askCompare:
		return handler{onPick: (*Model).comparePicked}
	case askProjection:
		return handler{onPick: (*Model).projectionPicked}
	case askMark:
		return handler{onPick: (*Model).markPicked}
	case askHistory:
		return handler{onPick: (*Model).historyPicked}
	case askCopy:
		return handler{onPick: (*Model).copyPicked}
	case askProblem:
		return handler{onPick: (*Model).problemPicked}
	case askBreak:
		return handler{onType: (*Model).breakTyped, onPick: (*Model).breakPicked}
	case askPoints:
		return handler{onPick: (*Model).pointsPicked}
	case askHit:
		return handler{onPick: (*Model).hitPicked}
	case askDraft:
		return handler{onConfirm: (*Model).draftWanted}
	case copyMuch:
		return handler{onConfirm: (*Model).copyConfirmed}
	}
	return handler{}
}

func (h handler) typed(m *Model, text string) tea.Cmd {
	if h.onType == nil {
		return nil
	}
	return h.onType(m, text)
}

func (h handler) picked(m *Model, p dialog.Picked) tea.Cmd {
	if h.onPick == nil {
		return nil
	}
	return h.onPick(m, p)
}

func (h handler) confirmed(m *Model) tea.Cmd {
	if h.onConfirm == nil {
		return nil
	}
	return h.onConfirm(m)
}

// fed is the rows for what was typed.
type fed struct {
	text    string
	choices []dialog.Choice
	right   present.Safe
	empty   present.Safe // in place of the choices where there are none; "" = as it was
}

func (f fed) apply(m *Model) tea.Cmd {
	if p, ok := m.dialogs.Top().(*dialog.Picker); ok {
		if f.empty != "" {
			p.SetEmpty(f.text, f.empty)
		}
		p.Feed(f.text, f.choices, f.right)
	}
	return nil
}

// drawnCard is a card with its texts escaped.
func drawnCard(c Card) pane.Card {
	card := pane.Card{Title: present.Text(c.Title)}
	for _, line := range c.Text {
		card.Text = append(card.Text, present.Text(line))
	}
	for _, h := range c.Hints {
		card.Hints = append(card.Hints, pane.Hint{Keys: present.Text(h.Keys), Label: present.Text(h.Label)})
	}
	return card
}

// cutWord cuts a first word off an ID.
func cutWord(id, word string) (string, bool) { return strings.CutPrefix(id, word+" ") }
