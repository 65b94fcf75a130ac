package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/compare"
	"asof/timeline/where"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

const (
	askCompare      dialog.Purpose = "compare"
	askCompareKey   dialog.Purpose = "compare-key"
	askComparePlace dialog.Purpose = "compare-place"
)

// comparing is what the cursor's document is put beside. Whatever is not set is the same on both sides.
type comparing struct {
	on         bool
	name       string // projection to open a comparison with, at the start
	projection string
	key        string
	place      string         // as it was typed
	fixed      event.Position // the other side stays here; 0 = it moves along
	distance   int64          // at which it moves along
	first      timeline.Divergence
}

// at is where the other side stands when the cursor is at a position.
func (c *comparing) at(pos, head event.Position) event.Position {
	switch {
	case c.fixed > 0 || c.place == "start" || c.place == "0":
		return c.fixed
	case c.distance < 0:
		return pos - min(pos, event.Position(-c.distance))
	}
	return min(pos+event.Position(c.distance), head)
}

// compareQuery is the comparison to ask; nil = none is on.
func (m *Model) compareQuery() *timeline.CompareQuery {
	c := &m.compare
	if !c.on {
		return nil
	}
	right := timeline.Point{Projection: c.projection, Key: c.key, At: c.at(m.cursor.Position, m.head())}
	if right.Projection == "" {
		right.Projection = m.cursor.Projection
	}
	return &timeline.CompareQuery{Left: timeline.Point{Projection: m.cursor.Projection, At: m.cursor.Position}, Right: right}
}

// openCompare lists what the document can be put beside.
func (m *Model) openCompare() tea.Cmd {
	return m.asks.ask(lanePick, func(ctx context.Context) result {
		list, err := m.session.Projections(ctx)
		if err != nil {
			return failure{"projections", err}
		}
		return comparable{list}
	})
}

// comparable is the projections that can be compared with.
type comparable struct{ list []timeline.Projection }

func (c comparable) apply(m *Model) tea.Cmd {
	var choices []dialog.Choice
	add := func(id, text string, note present.Safe) {
		choices = append(choices, dialog.Choice{ID: id, Text: text, Note: note})
	}
	if m.compare.on {
		add("stop", "stop comparing", "c q")
	}
	known := map[string]bool{}
	for _, p := range c.list {
		known[p.Ref] = true
		if p.InUse && p.Name != m.projectionName() {
			add("projection "+p.Name, "projection "+p.Name, "at the same event")
		}
	}
	add("key", "another key", "at the same event")
	add("place", "another position", "the same key; -1 or -10m moves along")
	if m.cursor.Position > 1 {
		add("place -1", "the event before", "moves along")
	}
	for _, k := range m.marks {
		add("place '"+k.Name, "mark '"+k.Name, "stays at "+present.Position(k.Position))
	}
	for _, b := range m.session.Builtins() {
		if !known[b.Name] {
			add("use "+b.Name, "projection "+b.Name, "built first")
		}
	}
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askCompare, Title: "Compare " + present.Clip(m.scene.document.Key, 40) + " with", Label: "c", Ghost: "projection, key or position",
		Foot: "enter compares · esc leaves", Choices: choices, Empty: "nothing is called so",
	}))
	return nil
}

func (m *Model) comparePicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	verb, rest, _ := strings.Cut(p.ID, " ")
	switch verb {
	case "stop":
		return m.stopComparing()
	case "projection":
		return m.compareWith(comparing{projection: rest})
	case "use":
		return m.use(rest, true)
	case "key":
		return m.openKeys(askCompareKey, "Compare with the key")
	case "place":
		if rest != "" {
			return m.comparePlace(rest)
		}
		m.dialogs.Push(dialog.NewPicker(dialog.Ask{
			Purpose: askComparePlace, Title: "Compare with the position", Label: ":", Ghost: "-1 · -10m · 'a · 1234 · 2026-01-15", Free: true, Fed: true,
			Empty: "a relative place moves along with the cursor, another one stays", Foot: "enter compares · esc leaves",
		}))
	}
	return nil
}

// compareWith puts the document beside another one.
func (m *Model) compareWith(c comparing) tea.Cmd {
	c.on = true
	m.compare = c
	m.look.prefs.Focus = layout.State
	return tea.Batch(m.relayout(), m.askScene(), m.say("v next difference · V previous · D first in all history · c changes · q ends"))
}

// comparePlace compares with another position. A relative one moves along, at the distance it has here.
func (m *Model) comparePlace(text string) tea.Cmd {
	w, err := where.Parse(text)
	if err != nil {
		return m.complain("", err)
	}
	at := m.cursor.Position
	base := timeline.Base{At: at, Zone: m.zone()}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		p, err := m.session.Resolve(ctx, text, base)
		if err != nil {
			return failure{"", err}
		}
		c := comparing{place: text}
		if w.Relative() {
			c.distance = int64(p.Position) - int64(at)
		} else {
			c.fixed = p.Position
		}
		return placed{c}
	})
}

// placed is a comparison whose place is found.
type placed struct{ with comparing }

func (p placed) apply(m *Model) tea.Cmd { return m.compareWith(p.with) }

func (m *Model) stopComparing() tea.Cmd {
	m.compare = comparing{}
	return tea.Batch(m.relayout(), m.askScene())
}

// openComparison begins with the comparison that was asked for.
func (m *Model) openComparison() tea.Cmd {
	name := m.compare.name
	if name == "" {
		return nil
	}
	return m.compareWith(comparing{projection: name})
}

// nextDifference goes to where the two sides begin to differ, or differ otherwise.
func (m *Model) nextDifference(d timeline.Direction) tea.Cmd {
	if m.compare.fixed > 0 { // only this side moves: whatever changes it changes the difference
		return m.take(timeline.Step{Kind: timeline.StepKey, Direction: d, Projection: m.cursor.Projection, Key: m.scene.document.Key}, true)
	}
	q := *m.compareQuery()
	q.Left.Key = m.scene.document.Key
	if q.Right.Key == "" {
		q.Right.Key = q.Left.Key
	}
	return m.asks.ask(laneMove, func(ctx context.Context) result {
		stop, err := m.session.NextDifference(ctx, q, d)
		if err != nil {
			return failure{"difference", err}
		}
		return stepped{stop, move{jump: true}}
	})
}

// diverge finds the first difference of two projections in all of history.
func (m *Model) diverge() tea.Cmd {
	left, right := m.cursor.Projection, m.compare.projection
	said := m.say("looking for the first difference")
	return tea.Batch(said, m.asks.ask(laneRead, func(ctx context.Context) result {
		d, err := m.session.Diverge(ctx, left, right, nil)
		if err != nil {
			return failure{"first difference", err}
		}
		return diverged{d}
	}))
}

type diverged struct{ first timeline.Divergence }

func (d diverged) apply(m *Model) tea.Cmd {
	if !d.first.Found {
		return m.say("the two projections agree over all of history")
	}
	m.compare.first = d.first
	m.cursor.Key, m.cursor.Pinned = d.first.Key, true
	m.fields.path = d.first.Path
	return tea.Batch(m.jumpTo(d.first.Position()), m.say("first difference: "+present.Clip(d.first.Key, 40)+" "+
		present.Difference(value.Replace, d.first.Path, d.first.Left, d.first.Right, 80)+" · pinned, p lets go"))
}

// compareView is the comparison as it is drawn.
func (m *Model) compareView() pane.Compare {
	sc := &m.scene
	v := pane.Compare{
		Title: "Compare", Key: m.compareKey(), Focused: m.focus() == layout.State, Stale: m.stale(),
		Left: m.side(sc.comparison.Left), Right: m.side(sc.comparison.Right), Note: m.compareNote(),
	}
	if !sc.compared {
		v.Left = pane.CompareSide{Title: present.Clip(m.projectionName(), 40)}
		v.Empty, _ = m.stateEmpty()
		return v
	}
	fields := m.fieldRows()
	first, end := m.fields.list.Window()
	first, end = m.compareWindow(first, min(end, len(fields)), fields)
	for _, f := range fields[first:end] {
		v.Rows = append(v.Rows, compareRow(&sc.comparison.Rows[f.index], f.fold))
	}
	v.Cursor = m.fields.list.Cursor() - first
	v.Empty = "absent on both sides"
	if len(fields) > len(v.Rows) {
		v.Scroll = m.fields.list.Scroll()
	}
	return v
}

// compareWindow keeps the cursor in sight where a differing row takes two lines.
func (m *Model) compareWindow(first, end int, fields []field) (int, int) {
	w, h := m.look.frame.State.W, m.look.frame.State.H
	room := pane.Compare{}.Visible(h)
	cursor := m.fields.list.Cursor()
	lines := func(from, to int) int {
		n := 0
		for _, f := range fields[from:to] {
			n += pane.Compare{}.Lines(w, compareRow(&m.scene.comparison.Rows[f.index], f.fold))
		}
		return n
	}
	for first < cursor && cursor < len(fields) && lines(first, cursor+1) > room {
		first++
	}
	return first, max(end, first)
}

func (m *Model) compareKey() present.Safe {
	key := m.keyLabel()
	if m.compare.key != "" {
		key += " · " + present.Clip(m.compare.key, 40)
	}
	return key
}

func (m *Model) side(st timeline.State) pane.CompareSide {
	name := st.Projection
	if name == "" {
		name = m.projectionName()
	}
	s := pane.CompareSide{Title: present.Clip(name, 40) + " @ " + present.Position(st.At)}
	if m.compare.key != "" {
		s.Title += " · " + present.Clip(st.Key, 40)
	}
	switch {
	case !st.Exists:
		s.Note = "absent"
	case st.Tainted > 0:
		s.Note = "tainted since " + present.Position(st.Tainted)
	}
	return s
}

func (m *Model) compareNote() present.Safe {
	if !m.scene.compared {
		return ""
	}
	n := m.scene.comparison.Counts.Different()
	text := present.Counted(n, "difference")
	if n == 0 {
		text = "equal"
	}
	if m.compare.first.Found {
		text += " · first at " + present.Position(m.compare.first.Position())
	}
	return text
}

func compareRow(r *compare.Row, f pane.Fold) pane.CompareRow {
	row := pane.CompareRow{Depth: r.Depth, Fold: f, Name: fieldName(r.Label, r.Element), Left: compareCell(r.Left, f), Right: compareCell(r.Right, f)}
	switch r.Mark {
	case compare.Added:
		row.Mark = pane.Added
	case compare.Removed:
		row.Mark = pane.Removed
	case compare.Changed:
		row.Mark = pane.Changed
	case compare.Inside:
		row.Mark = pane.Inside
	case compare.Equal:
	}
	return row
}

func compareCell(c compare.Cell, f pane.Fold) pane.CompareCell {
	if c.Node == nil {
		return pane.CompareCell{Absent: true, Value: "absent"}
	}
	cell := pane.CompareCell{Kind: present.KindOf(c.Node.Kind()), By: present.Position(c.Changed)}
	switch {
	case c.Node.IsContainer() && f == pane.Open:
		cell.Value = present.Summary(c.Node.Kind(), c.Node.Len())
	default:
		cell.Value = present.Preview(c.Node, valueCells)
	}
	return cell
}

// comparison as a command for the shell.
func (c *comparing) flags() string {
	if c.projection == "" {
		return ""
	}
	return fmt.Sprintf(" --projection %s", shellQuote(c.projection))
}
