package tui

import (
	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/timeline/debug"
	"asof/timeline/strip"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/widget"
)

// watching is the watch pane: where it stands, and the plot of what stands there. The values come with the scene.
type watching struct {
	list   widget.List
	asked  plotAsked
	course strip.Course
	known  bool  // there is an answer to asked
	err    error // or why there is none
}

// watched are the breakpoints that the watch pane lists.
func (m *Model) watched() []debug.Breakpoint {
	var list []debug.Breakpoint
	for _, b := range m.points.list {
		if b.Kind == debug.Watch || b.Kind == debug.Display {
			list = append(list, b)
		}
	}
	return list
}

// watchItems is what a scene asks for the watch pane.
func (m *Model) watchItems() []timeline.WatchItem {
	var items []timeline.WatchItem
	for _, b := range m.watched() {
		items = append(items, watchItem(b))
	}
	return items
}

func watchItem(b debug.Breakpoint) timeline.WatchItem {
	return timeline.WatchItem{ID: b.ID, Key: b.Key, Path: b.Path, Expr: b.Print}
}

// watchAt is the watched thing under the pane's cursor.
func (m *Model) watchAt() (debug.Breakpoint, bool) {
	list := m.watched()
	if i := m.watch.list.Cursor(); i < len(list) {
		return list[i], true
	}
	return debug.Breakpoint{}, false
}

// watchKey is whose value a watched thing shows.
func (m *Model) watchKey(b debug.Breakpoint) string {
	if b.Key != "" {
		return b.Key
	}
	return m.scene.document.Key
}

// selectWatch moves the watch pane's cursor.
func (m *Model) selectWatch(i int) tea.Cmd {
	m.watch.list.MoveTo(i)
	return m.askPlot()
}

// unwatch takes the watched thing under the cursor away.
func (m *Model) unwatch() tea.Cmd {
	b, _ := m.watchAt()
	return m.deletePoint(b.ID)
}

// watchStops lets the watched thing under the cursor stop who continues, or not.
func (m *Model) watchStops() tea.Cmd {
	b, _ := m.watchAt()
	if b.Kind == debug.Display {
		return m.say("a display stops nobody: :watch sets a watchpoint")
	}
	return m.togglePoint(b.ID)
}

// editWatch edits the words of the watched thing under the cursor.
func (m *Model) editWatch() tea.Cmd {
	b, _ := m.watchAt()
	return m.editPoint(b, b.String(), "Edit "+present.Count(b.ID))
}

// watchHistory lists every value that the watched thing had.
func (m *Model) watchHistory() tea.Cmd {
	b, ok := m.watchAt()
	switch {
	case !ok:
		return nil
	case b.Kind == debug.Display:
		return m.say("a display has no history of its own: its plot is below")
	case m.watchKey(b) == "":
		return m.say(noKey)
	}
	return m.openHistoryOf(m.watchKey(b), b.Path)
}

// changeOfWatch goes to the next change of the watched thing under the cursor.
func (m *Model) changeOfWatch(d timeline.Direction) tea.Cmd {
	b, ok := m.watchAt()
	if !ok || b.Kind == debug.Display {
		return m.say("select a watched field first")
	}
	return m.take(timeline.Step{Kind: timeline.StepChange, Direction: d, Projection: m.cursor.Projection, Key: m.watchKey(b), Path: b.Path}, true)
}

// watchView is the watch pane as it is drawn.
func (m *Model) watchView() pane.Watch {
	sc := &m.scene
	list := m.watched()
	v := pane.Watch{
		Title: "Watch · " + present.Clip(m.projectionName(), 40) + " @ " + present.Position(sc.at), Focused: m.focus() == layout.Watch, Stale: m.stale(),
		Room: m.look.frame.WatchRows, Empty: "w watches the selected field · :display EXPR shows an expression · W hides this",
	}
	if len(list) > 1 {
		v.Right = present.Count(len(list)) + " watched"
	}
	first, end := m.watch.list.Window()
	v.Cursor = m.watch.list.Cursor() - first
	for _, b := range list[min(first, len(list)):min(end, len(list))] {
		v.Rows = append(v.Rows, m.watchRow(b))
	}
	if len(list) > len(v.Rows) {
		v.Scroll = m.watch.list.Scroll()
	}
	v.Plot = m.plotView()
	return v
}

func (m *Model) watchRow(b debug.Breakpoint) pane.WatchRow {
	row := pane.WatchRow{ID: present.Count(b.ID), Name: m.watchName(b)}
	switch {
	case b.Kind == debug.Display:
		row.State = pane.WatchDisplays
	case !b.Enabled:
		row.State = pane.WatchDisabled
	}
	w, ok := m.scene.watched[b.ID]
	switch {
	case !ok:
		return row
	case w.Err != nil:
		row.Bad, row.Value = true, present.Clip(w.Err.Error(), valueCells)
		return row
	case w.Key == "":
		row.Value = "no key is shown"
		return row
	}
	row.Value, row.Kind = present.Preview(w.Value, valueCells), present.KindOf(w.Value.Kind())
	switch w.Effect {
	case timeline.Added:
		row.Mark = pane.Added
	case timeline.Removed:
		row.Mark = pane.Removed
	case timeline.Changed:
		row.Mark, row.Old = pane.Changed, present.Preview(w.Old, valueCells)
	case timeline.Inside:
		row.Mark = pane.Inside
	case timeline.Untouched, timeline.Same:
	}
	if w.Changed > 0 {
		r := timeline.Row{Changed: w.Changed, Time: w.Time, Age: m.scene.place.Time.Sub(w.Time)}
		row.By, row.Age, row.Type = present.Position(w.Changed), age(&r, m.scene.at), present.Clip(w.Type, 40)
	}
	return row
}

// watchName is what is watched, and whose it is where that goes with the cursor.
func (m *Model) watchName(b debug.Breakpoint) present.Safe {
	name := present.Clip(b.Key, 60) + present.Clip(string(b.Path), 80)
	switch {
	case b.Kind == debug.Display:
		name = present.Clip(b.Print, 100)
	case b.Key == "" && m.scene.document.Key != "":
		name += " of " + present.Clip(m.scene.document.Key, 60)
	}
	if b.If != "" {
		name += " if " + present.Clip(b.If, 60)
	}
	return name
}
