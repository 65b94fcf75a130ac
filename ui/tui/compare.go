package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/where"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
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
		return m.openKeys(askCompareKey, "Compare with the key", "enter compares")
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

// flags are what the comparison adds to a command for the shell.
func (c *comparing) flags() string {
	if c.projection == "" {
		return ""
	}
	return fmt.Sprintf(" --projection %s", shellQuote(c.projection))
}
