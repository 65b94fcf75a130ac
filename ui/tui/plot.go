package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/strip"
	"asof/ui/present"
	"asof/ui/tui/pane"
)

// plotAsked is what a plot was asked by; another one is another plot.
type plotAsked struct {
	projection, key string
	path            value.Pointer
	expr            string
	from, to, head  event.Position
	byPosition      bool
	columns         int
	indexed         bool
	exchanged       int // about.exchanged
}

// askPlot asks how the watched thing under the cursor went, unless that is known.
func (m *Model) askPlot() tea.Cmd {
	b, ok := m.watchAt()
	w := &m.watch
	columns := pane.Strip{}.Columns(m.look.frame.Timeline.W)
	if !ok || m.look.frame.Watch.Empty() || columns <= 0 || m.head() == 0 || m.plotRows() <= 0 {
		return nil
	}
	asked := plotAsked{
		projection: m.cursor.Projection, key: m.watchKey(b), path: b.Path, expr: b.Print, from: m.strip.from, to: m.strip.to, head: m.head(),
		byPosition: m.strip.byPosition, columns: columns, indexed: m.about.built >= m.head(), exchanged: m.about.exchanged,
	}
	if asked == w.asked && (w.known || m.asks.open(lanePlot)) {
		return nil
	}
	if !asked.sameThing(w.asked) {
		w.course = strip.Course{}
	}
	w.asked, w.known, w.err = asked, false, nil
	if asked.key == "" {
		w.known = true
		return nil
	}
	q := timeline.PlotQuery{Key: asked.key, Path: asked.path, Expr: asked.expr, StripQuery: m.stripQuery(columns)}
	return m.asks.ask(lanePlot, func(ctx context.Context) result {
		course, err := m.session.Plot(ctx, q)
		return plotted{course, err}
	})
}

// sameThing reports whether two questions are about the same value; then the old plot stays until the new one is there.
func (a plotAsked) sameThing(b plotAsked) bool {
	return a.projection == b.projection && a.key == b.key && a.path == b.path && a.expr == b.expr && a.columns == b.columns
}

// plotted is how a watched thing went.
type plotted struct {
	course strip.Course
	err    error
}

func (p plotted) apply(m *Model) tea.Cmd {
	m.watch.course, m.watch.err, m.watch.known = p.course, p.err, true
	return nil
}

// plotRows is how many rows the plot has.
func (m *Model) plotRows() int {
	return pane.Watch{Room: m.look.frame.WatchRows}.PlotRows(m.look.frame.Watch.H)
}

// plotView is the plot of the watched thing under the cursor.
func (m *Model) plotView() pane.Plot {
	b, ok := m.watchAt()
	if !ok {
		return pane.Plot{}
	}
	c, data := &m.watch.course, &m.strip.data
	p := pane.Plot{Name: m.watchName(b), Cols: len(data.Columns), Cursor: data.ColumnOf(m.cursor.Position)}
	switch {
	case m.watch.err != nil:
		p.Empty = present.Clip(m.watch.err.Error(), 300)
	case p.Cols == 0, len(c.Slots) == 0 && !m.watch.known: // the strip, or the plot, is still asked for
		p.Empty = "…"
	case len(c.Slots) != p.Cols*strip.SlotsPerColumn:
		p.Empty = "there is no key whose value could be plotted"
	case c.Numeric():
		p.Lines = present.Plot(c, m.plotRows(), m.look.style.ASCII)
		p.Low, p.High = present.Clip(c.Low.Value.Text(), 24), present.Clip(c.High.Value.Text(), 24)
		p.Right = p.Low + " to " + p.High + " · " + present.Counted(c.Changes, "change")
		if p.Low == p.High { // one line needs no figures
			p.Right, p.Low, p.High = p.High+" · "+present.Counted(c.Changes, "change"), "", ""
		}
	case c.Changes == 0 && c.Slots[0].Last == nil:
		p.Empty = "nothing stands there in what is shown"
	default:
		p.Lanes = stretches(c)
		p.Right = present.Counted(c.Changes, "change")
	}
	return p
}

// stretches are the stretches of a value that is no number.
func stretches(c *strip.Course) []pane.Lane {
	var out []pane.Lane
	for i := range len(c.Slots) / strip.SlotsPerColumn {
		changes, last := 0, (*value.Node)(nil)
		for _, slot := range c.Slots[i*strip.SlotsPerColumn : (i+1)*strip.SlotsPerColumn] {
			if slot.Known {
				changes += slot.Changes
				last = slot.Last
			}
		}
		if changes == 0 && (len(out) > 0 || last == nil) {
			continue
		}
		lane := pane.Lane{Column: i, Many: changes > 1}
		switch {
		case last.IsContainer():
			lane.Text = " "
		case last != nil:
			lane.Text = present.Scalar(last.Kind(), last.Text(), 60)
		}
		out = append(out, lane)
	}
	return out
}
