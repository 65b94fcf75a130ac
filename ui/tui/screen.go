package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

// vertically moves within the focused pane: through time, through fields, through lines.
func (m *Model) vertically(n int) tea.Cmd {
	switch m.focus() {
	case layout.State:
		m.fields.list.Move(n)
		return m.selectedRow()
	case layout.Detail:
		m.scrollDetail(n)
		return nil
	case layout.Watch:
		return m.selectWatch(m.watch.list.Cursor() + n)
	case layout.Timeline, layout.Events, layout.None:
	}
	return m.byEvents(n)
}

// page is how many rows the focused pane shows.
func (m *Model) page() int {
	switch m.focus() {
	case layout.State:
		return max(m.fields.list.Height()-1, 1)
	case layout.Detail:
		return max(m.look.frame.Detail.H-3, 1)
	case layout.Watch:
		return max(m.watch.list.Height()-1, 1)
	case layout.Timeline, layout.Events, layout.None:
	}
	return max(m.eventRows()-1, 1)
}

func (m *Model) toFirst() tea.Cmd {
	switch m.focus() {
	case layout.State:
		return m.selectRow(0)
	case layout.Detail:
		m.look.detail = 0
		return nil
	case layout.Watch:
		return m.selectWatch(0)
	case layout.Timeline, layout.Events, layout.None:
	}
	return m.toEnd(timeline.StepFirst)
}

func (m *Model) toLast() tea.Cmd {
	switch m.focus() {
	case layout.State:
		return m.selectRow(m.fields.list.Total() - 1)
	case layout.Detail:
		m.scrollDetail(1 << 20)
		return nil
	case layout.Watch:
		return m.selectWatch(m.watch.list.Total() - 1)
	case layout.Timeline, layout.Events, layout.None:
	}
	return m.toEnd(timeline.StepLast)
}

// lastChange goes to the event that last changed a field, the cursor's own event included.
func (m *Model) lastChange(args string) tea.Cmd {
	if why := hasKey(m); why != "" {
		return m.say(why)
	}
	path := pathFrom(args)
	for _, r := range m.scene.document.Rows {
		if r.Path == path && r.Changed > 0 {
			m.fields.path = path
			return m.jumpTo(r.Changed)
		}
	}
	if n := m.scene.document.Root.At(path); n != nil && n.Changed() > 0 {
		return m.jumpTo(positionOf(n))
	}
	return m.changeOf(value.Pointer(path), timeline.Backward)
}

// focusBeside gives the focus to another pane of the screen.
func (m *Model) focusBeside(n int) tea.Cmd {
	panes := m.look.frame.Shown()
	if len(panes) == 0 {
		return nil
	}
	at := 0
	for i, p := range panes {
		if p == m.focus() {
			at = i
		}
	}
	return m.focusOn(panes[(at+n+len(panes))%len(panes)])
}

// sized gives the focused pane more or less room.
func (m *Model) sized(n int) tea.Cmd {
	m.look.prefs.Size = layout.Size(min(max(int(m.look.prefs.Size)+n, int(layout.Normal)), int(layout.Full)))
	return m.relayout()
}

func (m *Model) toggleDetail() tea.Cmd {
	m.look.prefs.Detail = !m.look.prefs.Detail
	if !m.look.prefs.Detail && m.focus() == layout.Detail {
		m.look.prefs.Focus = layout.State
	}
	return m.relayout()
}

// quit leaves what is open, one thing at a time, and at last the screen.
func (m *Model) quit() tea.Cmd {
	switch {
	case m.look.prefs.Size == layout.Full:
		m.look.prefs.Size = layout.Normal
		return m.relayout()
	case m.compare.on:
		return m.stopComparing()
	case m.filter.on():
		return m.setFilter("")
	}
	return tea.Quit
}

// cancel ends what is under way, and nothing else.
func (m *Model) cancel() tea.Cmd {
	waiting := len(m.moves.waiting) > 0
	playing := m.play.on
	m.settleDown()
	m.play.follow = false
	said, stopped := m.stopSearch()
	for _, l := range []lane{laneRead, lanePick, laneDraft} {
		if m.asks.drop(l) {
			waiting = true
		}
	}
	switch {
	case stopped:
		return said
	case playing:
		return m.say("paused at " + present.Position(m.cursor.Position))
	case waiting:
		return m.say("cancelled")
	}
	return nil
}

// openHelp lists the commands, those of the focused pane first.
func (m *Model) openHelp() tea.Cmd {
	var here, rest []dialog.Entry
	for i := range m.table.rows {
		c := &m.table.rows[i]
		e := dialog.Entry{Group: c.group, Keys: m.table.keysText(c.keys), Name: c.name, Text: c.help, Reason: m.reason(c)}
		if c.run == nil && e.Reason == "" {
			e.Keys, e.Reason = ":", "type it after :"
		}
		switch {
		case c.pane == m.focus():
			e.Group = "Here: " + paneName(c.pane)
			here = append(here, e)
		case c.pane != layout.None:
			e.Reason = "works in the " + paneName(c.pane) + " pane"
			rest = append(rest, e)
		default:
			rest = append(rest, e)
		}
	}
	m.dialogs.Push(dialog.NewHelp(append(here, rest...)))
	return nil
}

// usualHints is the order of the footer's labels; what only works where the focus is, or in what is open, comes after the first.
var usualHints = [...]present.Safe{"step", "stream", "field", "compare", "command", "play", "find", "watch", "break", "key", "mark", "copy", "help"}

// hints are the footer's: the commands of the table that have a label and make sense here, two of one label together.
func (m *Model) hints() []pane.Hint {
	var here []pane.Hint
	usual := make([]pane.Hint, len(usualHints))
	for i := range m.table.rows {
		c := &m.table.rows[i]
		if c.hint == "" || len(c.keys) == 0 || c.pane != layout.None && c.pane != m.focus() {
			continue
		}
		if c.pane == layout.None && m.table.keys[m.focus()][c.keys[0]] != nil {
			continue // the key means something else here
		}
		at := slices.Index(usualHints[:], c.hint)
		switch {
		case at >= 0 && usual[at].Label != "":
			usual[at].Keys += " " + m.table.keyText(c.keys[0])
		case at >= 0:
			usual[at] = pane.Hint{Keys: m.table.keyText(c.keys[0]), Label: c.hint}
		case m.reason(c) == "":
			here = joinHint(here, c, m.table.keyText(c.keys[0]))
		}
	}
	usual = slices.DeleteFunc(usual, func(h pane.Hint) bool { return h.Label == "" })
	return slices.Insert(usual, min(1, len(usual)), here...)
}

func joinHint(hints []pane.Hint, c *command, key present.Safe) []pane.Hint {
	if n := len(hints); n > 0 && hints[n-1].Label == c.hint {
		hints[n-1].Keys += " " + key
		return hints
	}
	return append(hints, pane.Hint{Keys: key, Label: c.hint})
}
