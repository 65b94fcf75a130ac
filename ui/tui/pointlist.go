package tui

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

// openPoints lists the breakpoints.
func (m *Model) openPoints() tea.Cmd {
	m.dialogs.Push(m.pointsPicker(0))
	return nil
}

// pointsKeys are what can be done in the list of breakpoints, beside enter.
var pointsKeys = []string{"t", "e", "d", "delete", "l", ")", "("}

// pointsPicker is the list of breakpoints with the cursor at one of them.
func (m *Model) pointsPicker(at int) *dialog.Picker {
	choices := make([]dialog.Choice, len(m.points.list))
	for i, b := range m.points.list {
		choices[i] = m.pointChoice(b)
	}
	p := dialog.NewPicker(dialog.Ask{
		Purpose: askPoints, Title: "Breakpoints", Choices: choices, Letters: true, Keys: pointsKeys, Wide: true,
		Ghost: "t on or off · e edit · d delete · l list its hits · ) ( continue", Foot: "enter goes to the next hit · esc leaves",
		Empty: "none is set: b breaks on this event's type, w watches this field, :trace TYPE print EXPR lists",
	})
	p.MoveTo(at)
	return p
}

func (m *Model) pointChoice(b debug.Breakpoint) dialog.Choice {
	g := m.look.style.Glyph
	sign := g.Break
	switch {
	case b.Kind == debug.Watch && b.Enabled:
		sign = g.Watch
	case b.Kind == debug.Watch:
		sign = g.Unwatch
	case b.Kind == debug.Display || b.Kind == debug.Trace:
		sign = g.Display
	case !b.Enabled:
		sign = g.Unbreak
	}
	note := present.Safe("")
	if hits, ok := m.hits.of(b.ID); ok {
		note = present.Counted(len(hits.at), "hit")
		if hits.more {
			note += " and more"
		}
	}
	if b.Hits > 0 {
		note += " · stopped " + present.Count(b.Hits) + "×"
	}
	if !b.Enabled && b.Kind != debug.Display {
		note += " · off"
	}
	return dialog.Choice{ID: strconv.Itoa(b.ID), Text: fmt.Sprintf("%s %d  %s", sign, b.ID, b), Note: note}
}

// listPoints shows the list of breakpoints anew, if it is open.
func (m *Model) listPoints() tea.Cmd {
	if p, ok := m.dialogs.Top().(*dialog.Picker); ok && p.Purpose() == askPoints {
		m.dialogs.Pop()
		m.dialogs.Push(m.pointsPicker(p.At()))
	}
	return nil
}

func (m *Model) pointsPicked(p dialog.Picked) tea.Cmd {
	switch p.Key {
	case ")":
		m.dialogs.Pop()
		return m.goOn(forward)
	case "(":
		m.dialogs.Pop()
		return m.goOn(backward)
	}
	id, _ := strconv.Atoi(p.ID)
	b, ok := m.points.find(id)
	if !ok {
		return nil
	}
	switch p.Key {
	case "t":
		return m.togglePoint(id)
	case "d", "delete":
		return m.deletePoint(id)
	}
	m.dialogs.Pop()
	switch p.Key {
	case "e":
		return m.editPoint(b, b.String(), "Edit "+present.Count(b.ID))
	case "l":
		return m.listHits(b)
	}
	return m.nextHit(b)
}
