package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline/casefile"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const askMark dialog.Purpose = "mark"

// askMarks asks for all marks and the times where they are.
func (m *Model) askMarks() tea.Cmd {
	return m.asks.ask(laneMarks, func(ctx context.Context) result { return readMarks(ctx, m.session, "") })
}

func readMarks(ctx context.Context, s Session, said present.Safe) result {
	list, err := s.Marks(ctx)
	if err != nil {
		return failure{"marks", err}
	}
	times := make(map[event.Position]event.Time, len(list))
	for _, k := range list {
		if p, err := s.Place(ctx, k.Position); err == nil {
			times[k.Position] = p.Time
		}
	}
	return marked{list, times, said}
}

// marked is all marks as they are now.
type marked struct {
	list  []casefile.Mark
	times map[event.Position]event.Time
	said  present.Safe
}

func (k marked) apply(m *Model) tea.Cmd {
	m.marks, m.about.markTimes = k.list, k.times
	if k.said != "" {
		return m.say(k.said)
	}
	return nil
}

// markAt is the name of the mark at a position; empty if there is none.
func (m *Model) markAt(at event.Position) string {
	for _, k := range m.marks {
		if k.Position == at {
			return k.Name
		}
	}
	return ""
}

// toggleMark sets a mark here with the next free name, or takes the one that is here away.
func (m *Model) toggleMark() tea.Cmd {
	if name := m.markAt(m.cursor.Position); name != "" {
		return m.unmark(name)
	}
	return m.mark("")
}

func (m *Model) mark(name string) tea.Cmd {
	at := m.cursor.Position
	return m.asks.ask(laneMarks, func(ctx context.Context) result {
		k, err := m.session.SetMark(ctx, name, at, "")
		if err != nil {
			return failure{"mark", err}
		}
		return readMarks(ctx, m.session, "mark '"+present.Text(k.Name)+" at "+present.Position(k.Position))
	})
}

func (m *Model) unmark(name string) tea.Cmd {
	return m.asks.ask(laneMarks, func(ctx context.Context) result {
		if err := m.session.DeleteMark(ctx, name); err != nil {
			return failure{"mark", err}
		}
		return readMarks(ctx, m.session, "mark '"+present.Text(name)+" removed")
	})
}

// openMarks lists the marks.
func (m *Model) openMarks() tea.Cmd {
	choices := make([]dialog.Choice, len(m.marks))
	for i, k := range m.marks {
		note := present.Position(k.Position)
		if t := present.Time(m.about.markTimes[k.Position], m.zone()); t != "" {
			note += " · " + t
		}
		choices[i] = dialog.Choice{ID: k.Name, Text: "'" + k.Name + "  " + k.Note, Note: note}
	}
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askMark, Title: "Marks", Label: "'", Ghost: "name", Foot: "enter goes there · ctrl+x removes · esc leaves", Choices: choices,
		Empty: "no mark yet: m sets one here", Keys: []string{"ctrl+x"},
	}))
	return nil
}

func (m *Model) markPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	for _, k := range m.marks {
		if k.Name != p.ID {
			continue
		}
		if p.Key == "ctrl+x" {
			return m.unmark(k.Name)
		}
		return m.jumpTo(k.Position)
	}
	return nil
}
