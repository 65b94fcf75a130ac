package tui

import (
	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/pane"
	"asof/ui/tui/widget"
)

// View implements tea.Model. It only reads.
func (m *Model) View() tea.View {
	v := tea.NewView(m.picture())
	v.AltScreen = true
	v.WindowTitle = string("asof " + present.Clip(m.options.Title, 80))
	if m.look.mouse.on {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if top := m.dialogs.Top(); top != nil && !m.look.frame.TooSmall {
		if x, y, shown := top.Caret(); shown {
			v.Cursor = tea.NewCursor(x, y)
		}
	}
	return v
}

// picture is the screen's text: exactly as many lines and columns as the terminal has.
func (m *Model) picture() string {
	f := &m.look.frame
	if f.W <= 0 || f.H <= 0 {
		return ""
	}
	if f.TooSmall {
		return pane.TooSmall(f.W, f.H, m.look.style)
	}
	text := m.panes()
	if !f.Footer.Empty() {
		foot, n := m.footerView().Tall(f.W, m.look.style)
		text = widget.Overlay(text, widget.Piece{X: 0, Y: f.Footer.Y + 1 - n, W: f.W, H: n, Text: foot})
	}
	for i, d := range m.dialogs.All() {
		if p, ok := d.(*dialog.Picker); i == 0 && !(ok && p.Low()) {
			text = widget.Shade(text, m.look.style)
		}
		r := d.Rect()
		text = widget.Overlay(text, widget.Piece{X: r.X, Y: r.Y, W: r.W, H: r.H, Text: d.View(m.look.style)})
	}
	return text
}

// panes are the screen without what lies over it.
func (m *Model) panes() string {
	f, s := &m.look.frame, m.look.style
	v := pane.Screen{Title: m.titleView().View(f.W, s)}
	if !f.Events.Empty() {
		v.Events = m.eventsView().View(f.Events.W, f.Events.H, s)
	}
	switch {
	case f.State.Empty():
	case m.compare.on:
		v.State = m.compareView().View(f.State.W, f.State.H, s)
	default:
		v.State = m.stateView().View(f.State.W, f.State.H, s)
	}
	if !f.Detail.Empty() {
		v.Detail = m.detailView().View(f.Detail.W, f.Detail.H, s)
	}
	if !f.Watch.Empty() {
		v.Watch = m.watchView().View(f.Watch.W, f.Watch.H, s)
	}
	if !f.Timeline.Empty() {
		v.Timeline = m.stripView().View(f.Timeline.W, f.Timeline.H, s)
	}
	if !f.Footer.Empty() {
		v.Footer = m.footerView().View(f.W, s)
	}
	return v.Compose(*f)
}

// titleView is the row at the top. It tells of the place that is shown, so that it never runs ahead of the panes.
func (m *Model) titleView() pane.Title {
	sc := &m.scene
	t := pane.Title{
		Source: present.Clip(m.options.Title, 60), Progress: m.progress(), Projection: present.Clip(m.projectionName(), 40),
		Position: present.Position(sc.at), Percent: present.Percent(uint64(sc.at), uint64(max(m.head(), 1))), Playing: m.playing(), Alert: m.alert(),
		Time: present.Time(sc.place.Time, m.zone()),
	}
	if m.head() > 0 {
		t.Counts = present.Counted(uint64(m.head()), "event")
		if m.about.streams > 0 {
			t.Counts += " · " + present.Counted(m.about.streams, "stream")
		}
	}
	if m.about.rejected > 0 {
		t.Counts += " · " + present.Count(m.about.rejected) + " rejected"
	}
	return t
}

// footerView is the row at the bottom.
func (m *Model) footerView() pane.Footer {
	f := pane.Footer{Toast: m.note.text, Bad: m.note.bad, Right: m.searching()}
	if f.Toast == "" && m.asks.open(laneSearch) {
		f.Toast, f.Right = m.searching(), ""
	}
	f.Hints = m.hints()
	return f
}

// positionOf is the position that last changed a value of a document.
func positionOf(n *value.Node) event.Position { return event.Position(n.Changed()) }
