package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

// minimize looks for the fewest events that break the rule of the problem at the cursor, or of the one before it, and tells them
// as given, when, then. Where a file is named, they are written there as a log.
func (m *Model) minimize(file string) tea.Cmd {
	p := &m.problems
	switch {
	case len(p.all()) == 0:
		return m.say("no rules are given: --rules FILE, :rules FILE, or :check CONDITION")
	case !p.known:
		return m.say("the rules are still being checked" + m.checking())
	}
	x, rule, ok := p.brokenBefore(m.cursor.Position)
	if !ok {
		return m.say("every rule holds at every event: there is nothing to minimize")
	}
	m.settleDown()
	q := timeline.MinimizeQuery{Projection: m.cursor.Projection, Rule: rule, Key: x.Key}
	what := "minimizing " + present.Clip(x.Name, 40)
	if x.Key != "" {
		what += " of " + present.Clip(x.Key, 40)
	}
	return m.askSearch(what, func(ctx context.Context, report func(debug.Progress)) result {
		least, err := m.session.Minimize(ctx, q, report)
		if err == nil && file != "" {
			err = newFile(file, least.WriteLog)
		}
		if err != nil {
			return failure{"minimize", err}
		}
		return minimized{least, rule, file}
	})
}

// brokenBefore is the broken rule at a position or nearest before it, else the first one.
func (p *problems) brokenBefore(at event.Position) (x debug.Problem, rule debug.Rule, ok bool) {
	for _, next := range p.list {
		if next.Kind != "rule" || ok && next.Position > at {
			continue
		}
		i := slices.IndexFunc(p.all(), func(r debug.Rule) bool { return r.Name == next.Name })
		if i >= 0 {
			x, rule, ok = next, p.all()[i], true
		}
	}
	return x, rule, ok
}

// minimized is the smallest log that still breaks a rule.
type minimized struct {
	least timeline.Minimized
	rule  debug.Rule
	file  string // that it was written to; "" = to none
}

func (l minimized) apply(m *Model) tea.Cmd {
	lines := present.Scenario(l.least, l.rule.Text)
	text := make([]string, len(lines))
	for i, line := range lines {
		text[i] = string(line)
	}
	right := present.Count(len(l.least.Events)) + " of " + present.Counted(l.least.From, "event")
	read := m.read("Smallest log", right, strings.Join(text, "\n"))
	if l.file == "" {
		return tea.Batch(read, m.say(":minimize FILE writes it as a log"))
	}
	return tea.Batch(read, m.say("wrote "+present.Counted(len(l.least.Events), "event")+" to "+present.Clip(l.file, 80)))
}
