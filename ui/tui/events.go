package tui

import (
	"sort"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/widget"
)

// eventList is where the list of events stands: the cursor's row on the screen. The list moves only as far as it must.
type eventList struct {
	row   int  // screen row of the cursor
	grown bool // the window's end is not the log's end any more
}

// serves reports whether a window has the rows around a position that a screen needs.
func (e *eventList) serves(w *timeline.Window, at event.Position, rows int) bool {
	if e.grown && w.Last || len(w.Rows) == 0 || at == 0 {
		return false
	}
	i := rowOf(w.Rows, at)
	if i < 0 {
		return false
	}
	return (w.First || i >= rows) && (w.Last || i+rows < len(w.Rows))
}

// forget makes the next scene ask for its events anew.
func (e *eventList) forget(m *Model) {
	m.scene.window.Rows = nil
	e.grown = false
}

// rest is called when a scene is there: the window is as new as the log.
func (e *eventList) rest() { e.grown = false }

// rowOf is the last row at or before a position; -1 if there is none.
func rowOf(rows []timeline.EventRow, at event.Position) int {
	return sort.Search(len(rows), func(i int) bool { return rows[i].Position > at }) - 1
}

// moveRow moves the cursor's screen row along with the cursor, and to the middle if it jumps out of sight.
func (e *eventList) moveRow(w *timeline.Window, from, to event.Position, height int) {
	a, b := rowOf(w.Rows, from), rowOf(w.Rows, to)
	margin := min(2, (height-1)/2)
	row := e.row + b - a
	far := len(w.Rows) == 0 || b < 0 || to > w.Rows[len(w.Rows)-1].Position && !w.Last || to < w.Rows[0].Position && !w.First
	if far || row < -height || row > 2*height {
		e.row = height / 2
		return
	}
	e.row = min(max(row, margin), height-1-margin)
}

// visible is the part of the window that is on the screen, and the cursor's row in it.
func (e *eventList) visible(w *timeline.Window, height int) (rows []timeline.EventRow, cursor int) {
	margin := min(2, (height-1)/2)
	row := min(max(e.row, margin), height-1-margin) // the pane may have become lower
	top := max(min(max(w.Cursor, 0)-row, len(w.Rows)-height), 0)
	rows = w.Rows[top:min(top+height, len(w.Rows))]
	if w.Cursor < 0 {
		return rows, -1
	}
	return rows, w.Cursor - top
}

// eventsView is the list of events as it is drawn.
func (m *Model) eventsView() pane.Events {
	sc := &m.scene
	v := pane.Events{
		Title: "Events", Focused: m.focus() == layout.Events, Stale: m.stale(), Digits: present.Width(present.Position(m.head())),
		Empty: "no events", Clock: m.look.clock.width(),
	}
	if m.filter.on() {
		v.Title += " · " + m.filter.title()
		v.Right = m.filter.counted()
		v.Empty = "no event passes the filter"
	} else if m.load.running() {
		v.Empty = "the first events are on their way"
	}
	if sc.broken != nil {
		v.Empty = present.Clip(sc.broken.Error(), 300)
	}
	rows, cursor := m.events.visible(&sc.window, m.eventRows())
	v.Cursor = cursor
	v.Rows = make([]pane.EventRow, len(rows))
	for i := range rows {
		v.Rows[i] = m.eventRow(&rows[i], sc)
	}
	if head := uint64(m.head()); !m.filter.on() && head > uint64(len(rows)) && len(rows) > 0 {
		v.Scroll = &widget.Scroll{Total: head, Top: uint64(rows[0].Position - 1), Shown: uint64(len(rows)), Marks: m.scrollMarks()}
	}
	return v
}

func (m *Model) eventRow(r *timeline.EventRow, sc *scene) pane.EventRow {
	row := pane.EventRow{
		Position: present.Position(r.Position), Time: m.look.clock.column(m, r), Stream: present.Clip(r.Stream, 60), Type: present.Clip(r.Type, 60),
		Future: r.Position > sc.at, Match: m.search.hits(r.Type) || m.search.hits(r.Stream),
	}
	if sc.hasEvent() && r.Position != sc.at {
		row.Related = r.Stream != "" && r.Stream == string(sc.event.Stream) || r.Correlation != "" && r.Correlation == sc.event.Correlation
	}
	if mark := m.markAt(r.Position); mark != "" {
		row.Note = present.Truncate(present.Text(mark), 1)
	}
	if b, ok := m.hitAt(r.Position); ok {
		row.Note = m.look.style.Glyph.Break
		if b.Kind == debug.Watch {
			row.Note = m.look.style.Glyph.Watch
		}
	}
	if sc.problems[r.Position] || m.problems.position(r.Position) != nil {
		row.Note, row.Problem = "!", true
	}
	return row
}

func (m *Model) scrollMarks() []widget.ScrollMark {
	marks := make([]widget.ScrollMark, 0, len(m.marks))
	for _, k := range m.marks {
		marks = append(marks, widget.ScrollMark{Row: uint64(max(k.Position, 1) - 1), Glyph: m.look.style.Glyph.Mark, Ink: m.look.style.Strip.Mark})
	}
	return marks
}
