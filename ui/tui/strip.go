package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/strip"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

// timelineStrip is the timeline: its window and what was answered for it.
type timelineStrip struct {
	from, to   event.Position // the window (from, to]; to 0 = the whole log
	byPosition bool           // the axis is position although the log has times
	data       strip.Strip
	due        time.Time // not asked again before, while the log grows
}

// zoomed reports whether the strip shows a part of the log.
func (t *timelineStrip) zoomed() bool { return t.to > 0 }

// askStrip asks for the timeline at its present width.
func (m *Model) askStrip() tea.Cmd {
	columns := pane.Strip{}.Columns(m.look.frame.Timeline.W)
	if columns <= 0 || m.head() == 0 {
		return nil
	}
	q := m.stripQuery(columns)
	m.strip.due = m.options.Now().Add(stripEvery)
	return m.asks.ask(laneStrip, func(ctx context.Context) result {
		s, err := m.session.Strip(ctx, q)
		if err != nil {
			return failure{"timeline", err}
		}
		return stripped{s}
	})
}

// stripQuery is what a timeline of so many columns is asked by.
func (m *Model) stripQuery(columns int) timeline.StripQuery {
	q := timeline.StripQuery{Columns: columns, From: m.strip.from, To: m.strip.to, Zone: m.zone(), Projection: m.cursor.Projection}
	if m.strip.byPosition {
		q.Axis = strip.ByPosition
	}
	return q
}

// stripEvery is how often the timeline of a growing log is asked anew.
const stripEvery = 300 * time.Millisecond

type stripped struct{ data strip.Strip }

func (s stripped) apply(m *Model) tea.Cmd {
	m.strip.data = s.data
	return tea.Batch(m.askPlot(), m.askHits(), m.askProblems())
}

// zoom makes the window wider or narrower around the cursor.
func (m *Model) zoom(factor float64) tea.Cmd {
	head := m.head()
	if head == 0 {
		return nil
	}
	from, to := m.strip.from, m.strip.to
	if !m.strip.zoomed() {
		from, to = 0, head
	}
	from, to = strip.Zoom(from, to, m.cursor.Position, head, factor)
	if from == 0 && to >= head {
		to = 0
	}
	m.strip.from, m.strip.to = from, to
	return m.askStrip()
}

func (m *Model) zoomIn() tea.Cmd  { return m.zoom(0.5) }
func (m *Model) zoomOut() tea.Cmd { return m.zoom(2) }

// keepInSight moves a zoomed window along with the cursor.
func (m *Model) keepInSight() tea.Cmd {
	t := &m.strip
	at := max(m.cursor.Position, 1)
	if !t.zoomed() || at > t.from && at <= t.to {
		return nil
	}
	size := t.to - t.from
	t.from = at - min(at, size/2)
	t.to = min(t.from+size, m.head())
	t.from = t.to - min(t.to, size)
	return m.askStrip()
}

func (m *Model) axis() tea.Cmd {
	m.strip.byPosition = !m.strip.byPosition
	return m.askStrip()
}

// scrub goes by one column of the timeline.
func (m *Model) scrub(forward bool) tea.Cmd {
	to := m.strip.data.Beside(m.cursor.Position, forward)
	if to == m.cursor.Position {
		return m.sayEnd(forward)
	}
	return m.goTo(to, false)
}

// stripView is the timeline as it is drawn.
func (m *Model) stripView() pane.Strip {
	data := &m.strip.data
	v := pane.Strip{Title: "Timeline", Focused: m.focus() == layout.Timeline, Cursor: -1}
	if len(data.Columns) == 0 {
		v.Empty = "no events yet"
		return v
	}
	if m.strip.zoomed() {
		v.Title += " · " + present.Position(data.From+1) + " to " + present.Position(data.To)
	}
	v.Right = present.Text(data.Unit) + " · peak " + present.Count(data.Peak)
	v.Cursor = data.ColumnOf(m.cursor.Position)
	v.Counts = make([]uint64, len(data.Columns))
	for i, c := range data.Columns {
		v.Counts[i] = uint64(c.Count)
		if c.Problems > 0 || m.problems.within(c.From, c.To) {
			v.Marks = append(v.Marks, pane.StripMark{Column: i, Kind: pane.ProblemMark})
		}
	}
	for _, k := range m.marks {
		if i := data.ColumnOf(k.Position); i >= 0 {
			v.Marks = append(v.Marks, pane.StripMark{Column: i, Kind: pane.BookMark, Letter: present.Truncate(present.Text(k.Name), 1)})
		}
	}
	v.Marks = append(v.Marks, m.textMarks()...)
	v.Marks = append(v.Marks, m.holdMarks()...)
	v.Marks = append(v.Marks, m.breakMarks()...)
	if hit := m.search.hit; hit > 0 {
		if i := data.ColumnOf(hit); i >= 0 {
			v.Marks = append(v.Marks, pane.StripMark{Column: i, Kind: pane.HitMark})
		}
	}
	if built := m.about.built; built < data.To {
		v.Ready = max(data.ColumnOf(built)+1, 1)
	}
	for _, t := range data.Ticks {
		v.Labels = append(v.Labels, pane.StripLabel{Column: t.Column, Text: present.Text(t.Text)})
	}
	return v
}
