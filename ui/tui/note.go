package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/ui/present"
)

// note is what the footer says for a while instead of its hints.
type note struct {
	text   present.Safe
	bad    bool
	number int
}

// clear takes the note away.
func (n *note) clear() { n.text, n.bad = "", false }

// noteFor is how long a note stays.
const noteFor = 6 * time.Second

// say shows a note. The next key takes it away, or time does.
func (m *Model) say(text present.Safe) tea.Cmd { return m.show(text, false) }

// tell shows a note that stays until the next key: what was asked for.
func (m *Model) tell(text present.Safe) tea.Cmd {
	m.note = note{text: text, number: m.note.number + 1}
	return nil
}

// alarm is tell for a problem.
func (m *Model) alarm(text present.Safe) tea.Cmd {
	m.note = note{text: text, bad: true, number: m.note.number + 1}
	return nil
}

// sayText is say for a text that may be anybody's.
func (m *Model) sayText(text string) tea.Cmd { return m.say(present.Clip(text, 300)) }

// complain shows an error; what says what was being done. An error that only says that nobody waits any more is not shown.
func (m *Model) complain(what present.Safe, err error) tea.Cmd {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	text := present.Clip(err.Error(), 300)
	if what != "" {
		text = what + ": " + text
	}
	return m.show(text, true)
}

// show numbers the notes, so that the end of one does not take away the next.
func (m *Model) show(text present.Safe, bad bool) tea.Cmd {
	if text == "" {
		return nil
	}
	m.note = note{text: text, bad: bad, number: m.note.number + 1}
	return m.asks.after(noteFor, noteOver{m.note.number})
}

type noteOver struct{ number int }

func (n noteOver) tick(m *Model) tea.Cmd {
	if m.note.number == n.number {
		m.note.clear()
	}
	return nil
}

// failure is an answer that is an error.
type failure struct {
	what present.Safe
	err  error
}

func (f failure) apply(m *Model) tea.Cmd {
	m.look.late = false
	return m.complain(f.what, f.err)
}
