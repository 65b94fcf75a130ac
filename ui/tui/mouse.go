package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/ui/tui/layout"
)

// mouse is whether the screen takes the mouse, and what is being dragged.
type mouse struct {
	on       bool
	dragging bool // along the timeline
}

// wheel is several turns of the mouse wheel in one message.
type wheel struct {
	x, y, turns int
	msg         tea.MouseWheelMsg
}

// flood merges the many messages of a mouse wheel and of a dragged mouse, so that each frame sees one, and drops ticks
// that have nothing to say any more. It runs on the event loop.
type flood struct {
	last  time.Time
	turns int
	now   func() time.Time
}

func newFlood() *flood { return &flood{now: time.Now} }

// apart is how far merged messages are apart: a frame.
const apart = 12 * time.Millisecond

func (f *flood) filter(model tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case late: // which would have the screen drawn once more
		if m, ok := model.(*Model); ok && !msg.holds(m) {
			return nil
		}
	case tea.MouseWheelMsg:
		turn := 1
		if msg.Button == tea.MouseWheelUp {
			turn = -1
		}
		f.turns += turn
		if f.early() {
			return nil
		}
		w := wheel{x: msg.X, y: msg.Y, turns: f.turns, msg: msg}
		f.turns = 0
		return w
	case tea.MouseMotionMsg:
		if f.early() {
			return nil
		}
	}
	return msg
}

// early reports whether a message came within a frame of the last one that was let through.
func (f *flood) early() bool {
	now := f.now()
	if now.Sub(f.last) < apart {
		return true
	}
	f.last = now
	return false
}

func (m *Model) toggleMouse() tea.Cmd {
	m.look.mouse.on = !m.look.mouse.on
	if m.look.mouse.on {
		return m.say("the mouse is ours: click, drag, wheel; shift+drag selects text in most terminals")
	}
	return m.say("the mouse is the terminal's: drag selects text; F2 takes it back")
}

// pointed does what the mouse does.
func (m *Model) pointed(msg tea.MouseMsg) tea.Cmd {
	if m.dialogs.Top() != nil {
		return m.toDialog(msg)
	}
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		turns := 1
		if msg.Button == tea.MouseWheelUp {
			turns = -1
		}
		return m.wheeled(wheel{x: at.X, y: at.Y, turns: turns, msg: msg})
	case tea.MouseReleaseMsg:
		m.look.mouse.dragging = false
	case tea.MouseMotionMsg:
		if m.look.mouse.dragging {
			return m.scrubTo(at.X)
		}
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			return m.clicked(at.X, at.Y)
		}
	}
	return nil
}

// clicked chooses what is under the mouse.
func (m *Model) clicked(x, y int) tea.Cmd {
	f := &m.look.frame
	p := f.At(x, y)
	if p == layout.None {
		return nil
	}
	m.look.prefs.Focus = p
	cmd := m.relayout()
	row := y - f.Rect(p).Y
	switch p {
	case layout.Events:
		v := m.eventsView()
		if i := v.RowAt(row); i >= 0 {
			rows, _ := m.events.visible(&m.scene.window, m.eventRows())
			m.settleDown()
			return tea.Batch(cmd, m.goTo(rows[i].Position, false))
		}
	case layout.State:
		return tea.Batch(cmd, m.clickedField(row))
	case layout.Timeline:
		m.look.mouse.dragging = true
		m.settleDown()
		return tea.Batch(cmd, m.scrubTo(x))
	case layout.Watch:
		return tea.Batch(cmd, m.clickedWatch(x, row))
	case layout.Detail, layout.None:
	}
	return cmd
}

// clickedWatch selects what is watched; a click on the plot goes to that column of the timeline.
func (m *Model) clickedWatch(x, row int) tea.Cmd {
	v := m.watchView()
	if i := v.RowAt(row); i >= 0 {
		return m.selectWatch(m.watch.list.Top() + i)
	}
	if row <= v.Room || len(v.Rows) == 0 {
		return nil
	}
	m.look.mouse.dragging = true
	m.settleDown()
	return m.scrubTo(x)
}

// clickedField selects a field; a click on the selected one does what enter does.
func (m *Model) clickedField(row int) tea.Cmd {
	i := -1
	if m.compare.on {
		i = m.compareView().RowAt(m.look.frame.State.W, row)
	} else {
		i = m.stateView().RowAt(row)
	}
	if i < 0 {
		return nil
	}
	to := m.fields.list.Top() + i
	if to == m.fields.list.Cursor() && m.fields.path != "" {
		return m.open()
	}
	return m.selectRow(to)
}

// scrubTo goes to the column of the timeline at a column of the screen.
func (m *Model) scrubTo(x int) tea.Cmd {
	columns := len(m.strip.data.Columns)
	if columns == 0 {
		return nil
	}
	column := min(max(x-m.look.frame.Timeline.X-2, 0), columns-1)
	to := m.strip.data.At(column)
	if to == m.cursor.Position {
		return nil
	}
	return m.goTo(to, false)
}

// wheelRows is how far a turn of the wheel goes.
const wheelRows = 3

// wheeled scrolls what is under the mouse. Where the list of events is the cursor goes along: being there is looking there.
func (m *Model) wheeled(w wheel) tea.Cmd {
	if m.dialogs.Top() != nil {
		return m.toDialog(w.msg)
	}
	switch m.look.frame.At(w.x, w.y) {
	case layout.Events:
		return m.byEvents(w.turns * wheelRows)
	case layout.State:
		m.fields.list.ScrollBy(w.turns * wheelRows)
		return m.selectedRow()
	case layout.Detail:
		m.scrollDetail(w.turns * wheelRows)
	case layout.Watch:
		return m.selectWatch(m.watch.list.Cursor() + w.turns)
	case layout.Timeline:
		if w.turns > 0 {
			return m.zoomOut()
		}
		return m.zoomIn()
	case layout.None:
	}
	return nil
}
