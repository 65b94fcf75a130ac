package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
)

const (
	askBreak  dialog.Purpose = "break"
	askPoints dialog.Purpose = "breakpoints"
)

// breakpoints is what was set in this store, and what of it is under work.
type breakpoints struct {
	list    []debug.Breakpoint
	editing debug.Breakpoint // what the line edits; 0 = something new
	known   bool             // the list has been read
}

// find is the breakpoint of a number.
func (p *breakpoints) find(id int) (debug.Breakpoint, bool) {
	i := slices.IndexFunc(p.list, func(b debug.Breakpoint) bool { return b.ID == id })
	if i < 0 {
		return debug.Breakpoint{}, false
	}
	return p.list[i], true
}

// enabled are those at which who continues may stop.
func (p *breakpoints) enabled() []debug.Breakpoint {
	var on []debug.Breakpoint
	for _, b := range p.list {
		if b.Enabled && (b.Kind == debug.Break || b.Kind == debug.Watch) {
			on = append(on, b)
		}
	}
	return on
}

// askPoints asks for the breakpoints of the store.
func (m *Model) askPoints() tea.Cmd {
	return m.asks.ask(lanePoints, func(ctx context.Context) result { return readPoints(ctx, m.session, "") })
}

func readPoints(ctx context.Context, s Session, said present.Safe) result {
	list, err := s.Breakpoints(ctx)
	if err != nil {
		return failure{"breakpoints", err}
	}
	return pointsRead{list, said}
}

// pointsRead is the breakpoints as they are now.
type pointsRead struct {
	list []debug.Breakpoint
	said present.Safe
}

func (p pointsRead) apply(m *Model) tea.Cmd {
	first, before := !m.points.known, m.watchItems()
	m.points.list, m.points.known = p.list, true
	watches := len(m.watched())
	switch {
	case first && watches > 0:
		m.look.prefs.Watch = true
	case watches > m.look.prefs.Watches: // what was just set is what is looked at
		m.look.prefs.Watch = true
		m.watch.list.SetTotal(watches)
		m.watch.list.MoveTo(watches - 1)
	}
	m.look.prefs.Watches = watches
	cmds := []tea.Cmd{m.relayout(), m.askHits(), m.listPoints()}
	if !slices.Equal(before, m.watchItems()) {
		cmds = append(cmds, m.askScene())
	}
	if p.said != "" {
		cmds = append(cmds, m.say(p.said))
	}
	return tea.Batch(cmds...)
}

// change asks for a change of the breakpoints, and for what they are afterwards.
func (m *Model) changePoints(what present.Safe, change func(ctx context.Context, s Session) (present.Safe, error)) tea.Cmd {
	return m.asks.ask(lanePoints, func(ctx context.Context) result {
		said, err := change(ctx, m.session)
		if err != nil {
			return failure{what, err}
		}
		return readPoints(ctx, m.session, said)
	})
}

// setPoint keeps a breakpoint.
func (m *Model) setPoint(b debug.Breakpoint) tea.Cmd {
	fresh := b.ID == 0
	return m.changePoints("breakpoint", func(ctx context.Context, s Session) (present.Safe, error) {
		b, err := s.SetBreakpoint(ctx, b)
		said := pointName(b)
		if fresh && b.Kind != debug.Display && b.Kind != debug.Trace {
			said += " · ) ( go to its hits"
		}
		return said, err
	})
}

// pointName is a breakpoint with its number: 2 watch order-481/status.
func pointName(b debug.Breakpoint) present.Safe {
	return present.Count(b.ID) + "  " + present.Clip(b.String(), 120)
}

// pointLine sets what a line in the debugger's words says.
func pointLine(word string) func(m *Model, args string) tea.Cmd {
	return func(m *Model, args string) tea.Cmd {
		b, err := debug.Parse(word + " " + args)
		if err != nil {
			return m.complain("", err)
		}
		return m.setPoint(b)
	}
}

// watchLine watches what a line says. A word alone is a field of the shown document, else a key if there is one of that name,
// else a field that is still to come, of every key.
func (m *Model) watchLine(args string) tea.Cmd {
	word, rest, _ := strings.Cut(args, " ")
	if strings.ContainsAny(word, `/"`) {
		return pointLine("watch")(m, args)
	}
	field := debug.Breakpoint{Kind: debug.Watch, Path: value.Pointer("").Child(word)}
	ofField := strings.TrimPrefix(field.String(), "watch ") + " " + rest
	if m.scene.document.Root.Get(word) != nil {
		return pointLine("watch")(m, ofField)
	}
	p := timeline.Point{Projection: m.cursor.Projection, Key: word, At: m.about.built}
	return m.asks.ask(lanePoints, func(ctx context.Context) result {
		if st, err := m.session.State(ctx, p); err == nil && st.Changed > 0 {
			return lineRead{"watch", args}
		}
		return lineRead{"watch", ofField}
	})
}

// lineRead is a line whose words are understood.
type lineRead struct{ word, args string }

func (l lineRead) apply(m *Model) tea.Cmd { return pointLine(l.word)(m, l.args) }

// watchField watches the selected field of the shown key, or ends that.
func (m *Model) watchField() tea.Cmd {
	b := debug.Breakpoint{Kind: debug.Watch, Key: m.scene.document.Key, Path: m.chosenPath(), Enabled: true}
	for _, old := range m.points.list {
		if old.Kind == debug.Watch && old.Key == b.Key && old.Path == b.Path && old.If == "" {
			return m.deletePoint(old.ID)
		}
	}
	return m.setPoint(b)
}

// watching reports whether a field of the shown document is watched.
func (m *Model) watching(path value.Pointer) bool {
	key := m.scene.document.Key
	return slices.ContainsFunc(m.points.list, func(b debug.Breakpoint) bool {
		return b.Kind == debug.Watch && b.Path == path && (b.Key == "" || b.Key == key)
	})
}

// numbers reads what commands like delete are given: 2, or several.
func numbers(args string) ([]int, error) {
	var ids []int
	for word := range strings.FieldsSeq(args) {
		id, err := strconv.Atoi(word)
		if err != nil || id <= 0 {
			return nil, fmt.Errorf("%q is no breakpoint's number; :info b lists them", word)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// eachPoint does something to the breakpoints that a line names.
func (m *Model) eachPoint(args string, did present.Safe, do func(ctx context.Context, s Session, id int) error) tea.Cmd {
	ids, err := numbers(args)
	if err != nil {
		return m.complain("", err)
	}
	return m.changePoints("", func(ctx context.Context, s Session) (present.Safe, error) {
		said := did
		for _, id := range ids {
			if err := do(ctx, s, id); err != nil {
				return "", err
			}
			said += " " + present.Count(id)
		}
		return said, nil
	})
}

func (m *Model) deleteLine(args string) tea.Cmd {
	return m.eachPoint(args, "deleted", func(ctx context.Context, s Session, id int) error { return s.DeleteBreakpoint(ctx, id) })
}

func (m *Model) enableLine(args string) tea.Cmd {
	return m.eachPoint(args, "enabled", func(ctx context.Context, s Session, id int) error { return s.EnableBreakpoint(ctx, id, true) })
}

func (m *Model) disableLine(args string) tea.Cmd {
	return m.eachPoint(args, "disabled", func(ctx context.Context, s Session, id int) error { return s.EnableBreakpoint(ctx, id, false) })
}

// ignoreLine passes over the next hits: ignore 2 10.
func (m *Model) ignoreLine(args string) tea.Cmd {
	list, err := numbers(args)
	if err != nil || len(list) != 2 {
		return m.complain("", fmt.Errorf("write ignore NUMBER HITS: ignore 2 10"))
	}
	return m.changePoints("", func(ctx context.Context, s Session) (present.Safe, error) {
		return present.Count(list[0]) + " passes over " + present.Counted(list[1], "hit"), s.IgnoreBreakpoint(ctx, list[0], list[1])
	})
}

func (m *Model) deletePoint(id int) tea.Cmd { return m.deleteLine(strconv.Itoa(id)) }

func (m *Model) togglePoint(id int) tea.Cmd {
	if b, ok := m.points.find(id); ok && b.Enabled {
		return m.disableLine(strconv.Itoa(id))
	}
	return m.enableLine(strconv.Itoa(id))
}

// infoLine is info about the log, or with b about the breakpoints.
func (m *Model) infoLine(args string) tea.Cmd {
	if args != "" && strings.HasPrefix("breakpoints", args) {
		return m.openPoints()
	}
	return m.complain("", fmt.Errorf("write info for the log, info b for the breakpoints"))
}

// focusWatch shows the watch pane and goes there; from there it hides it.
func (m *Model) focusWatch() tea.Cmd {
	if m.look.prefs.Watch && m.focus() == layout.Watch {
		m.look.prefs.Watch = false
		m.look.prefs.Focus = layout.State
		return m.relayout()
	}
	m.look.prefs.Watch = true
	return m.focusOn(layout.Watch)
}
