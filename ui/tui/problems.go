package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const askProblem dialog.Purpose = "problem"

// problems is what is wrong in the log: where rules are first broken, and where folds fail. Without rules only folds are known,
// and these by the index.
type problems struct {
	rules []debug.Rule
	own   []debug.Rule // typed by the person; they outlive the file
	file  string       // that the others are from
	asked problemsAsked
	read  int             // how often the rules have changed
	list  []debug.Problem // by position
	known bool            // there is an answer to asked
	err   error           // or why there is none
	box   *atomic.Pointer[debug.Progress]
	at    debug.Progress // how far the check is, as the last pulse saw it
}

// problemsAsked is what problems were asked by.
type problemsAsked struct {
	projection string
	built      event.Position
	rules      int // problems.read
	exchanged  int // about.exchanged
}

// all are the rules that are checked.
func (p *problems) all() []debug.Rule { return append(slices.Clone(p.rules), p.own...) }

// readRules reads the file of rules.
func (m *Model) readRules(file string) tea.Cmd {
	if file == "" {
		return nil
	}
	return m.asks.ask(laneRules, func(context.Context) result {
		rules, err := m.session.Rules(file)
		return ruled{file, rules, err}
	})
}

// ruled is what a file of rules says.
type ruled struct {
	file  string
	rules []debug.Rule
	err   error
}

func (r ruled) apply(m *Model) tea.Cmd {
	p := &m.problems
	m.dialogs.Remove(m.reload.card)
	if r.err != nil {
		p.file = r.file // so that saving it again mends it
		m.reload.refuse(r.file, true)
		instead := present.Safe("No rules are checked.")
		if len(p.rules) > 0 {
			instead = "The rules are those of before."
		}
		return tea.Batch(m.refuseScript(r.err, instead), m.watchEdits())
	}
	m.reload.refuse(r.file, false)
	first := p.file == ""
	p.file, p.rules = r.file, r.rules
	p.read++
	said := present.Counted(len(r.rules), "rule") + " of " + fileName(r.file)
	if first {
		said += " · x goes to what breaks them"
	}
	return tea.Batch(m.askProblems(), m.watchEdits(), m.say(said))
}

// ruleLine checks a rule that was typed, beside those of the file.
func (m *Model) ruleLine(args string) tea.Cmd {
	rule, err := timeline.ParseRule(args)
	if err != nil {
		return m.complain("", err)
	}
	m.problems.own = append(m.problems.own, rule)
	m.problems.read++
	return tea.Batch(m.askProblems(), m.say("checking "+present.Clip(args, 60)+" · x goes to what breaks it"))
}

// askProblems checks the rules, if that has not been done for what is indexed; behind what a person waits for.
func (m *Model) askProblems() tea.Cmd {
	p := &m.problems
	rules := p.all()
	if len(rules) == 0 || m.about.built < m.head() || m.head() == 0 {
		return nil
	}
	asked := problemsAsked{m.cursor.Projection, m.about.built, p.read, m.about.exchanged}
	if asked == p.asked && (p.known || m.asks.open(laneProblems)) {
		return nil
	}
	box := &atomic.Pointer[debug.Progress]{}
	p.asked, p.known, p.box, p.at = asked, false, box, debug.Progress{}
	q := timeline.ProblemsQuery{Projection: asked.projection, Rules: rules}
	return m.asks.ask(laneProblems, func(ctx context.Context) result {
		list, err := m.session.Problems(ctx, q, func(p debug.Progress) { box.Store(&p) })
		return checked{list, err}
	})
}

// checked is what is wrong in the log.
type checked struct {
	list []debug.Problem
	err  error
}

func (c checked) apply(m *Model) tea.Cmd {
	p := &m.problems
	p.list, p.err, p.known = c.list, c.err, true
	if c.err != nil {
		return m.complain("", c.err)
	}
	return nil
}

// at is the problem at a position; nil if there is none.
func (p *problems) position(at event.Position) *debug.Problem {
	i := sort.Search(len(p.list), func(i int) bool { return p.list[i].Position >= at })
	if i < len(p.list) && p.list[i].Position == at {
		return &p.list[i]
	}
	return nil
}

// of is the broken rule of a key at a position; nil if there is none.
func (p *problems) of(at event.Position, key string) *debug.Problem {
	i := sort.Search(len(p.list), func(i int) bool { return p.list[i].Position >= at })
	for ; i < len(p.list) && p.list[i].Position == at; i++ {
		if p.list[i].Key == key && p.list[i].Kind == "rule" {
			return &p.list[i]
		}
	}
	return nil
}

// within reports whether something is wrong at a position after from, up to to.
func (p *problems) within(from, to event.Position) bool {
	i := sort.Search(len(p.list), func(i int) bool { return p.list[i].Position > from })
	return i < len(p.list) && p.list[i].Position <= to
}

// beside is the problem next to a position, or -1.
func (p *problems) beside(at event.Position, d timeline.Direction) int {
	if d == forward {
		i := sort.Search(len(p.list), func(i int) bool { return p.list[i].Position > at })
		if i == len(p.list) {
			return -1
		}
		return i
	}
	i := sort.Search(len(p.list), func(i int) bool { return p.list[i].Position >= at }) - 1
	for i > 0 && p.list[i-1].Position == p.list[i].Position {
		i--
	}
	return i
}

// toProblem goes to the next problem: a broken rule or a failed fold.
func (m *Model) toProblem(d timeline.Direction) tea.Cmd {
	p := &m.problems
	switch {
	case len(p.all()) == 0:
		return m.by(timeline.StepProblem, d)
	case p.err != nil:
		return m.complain("", p.err)
	case !p.known:
		return m.say("the rules are still being checked" + m.checking())
	}
	i := p.beside(m.cursor.Position, d)
	if i < 0 {
		side := present.Safe("later")
		if d == backward {
			side = "earlier"
		}
		return m.say("no " + side + " problem · " + present.Counted(len(p.list), "problem") + " of " + present.Counted(len(p.all()), "rule") + " and the folds")
	}
	return m.showProblem(i)
}

func (m *Model) showProblem(i int) tea.Cmd {
	x := m.problems.list[i]
	if x.Key != "" {
		m.cursor.Key = x.Key
	}
	text := problemText(x) + " · " + present.Count(i+1) + " of " + present.Count(len(m.problems.list))
	return tea.Batch(m.jumpTo(x.Position), m.alarm(text))
}

// problemText says what is wrong: rule broken: the balance is never below zero (never_negative) · acct-1102 · 12 times.
func problemText(x debug.Problem) present.Safe {
	text := "the fold failed: " + present.Clip(x.Text, 120)
	if x.Kind == "rule" {
		text = "rule broken: " + ruleName(x)
	}
	if x.Key != "" {
		text += " · " + present.Clip(x.Key, 40)
	}
	if x.Count > 1 {
		text += " · " + present.Counted(x.Count, "time")
	}
	return text
}

// ruleName is a rule in its own words, with its name.
func ruleName(x debug.Problem) present.Safe {
	if x.Text == "" || x.Text == x.Name {
		return present.Clip(x.Name, 80)
	}
	return present.Clip(x.Text, 80) + " (" + present.Clip(x.Name, 40) + ")"
}

// openProblems lists what is wrong.
func (m *Model) openProblems() tea.Cmd {
	p := &m.problems
	switch {
	case p.err != nil:
		return m.complain("", p.err)
	case len(p.all()) > 0 && !p.known:
		return m.say("the rules are still being checked" + m.checking())
	case len(p.all()) == 0:
		return m.say("no rules are given: --rules FILE, :rules FILE, or :check CONDITION; x goes to failed folds")
	}
	choices := make([]dialog.Choice, len(p.list))
	for i, x := range p.list {
		choices[i] = dialog.Choice{ID: strconv.Itoa(i), Text: string(problemText(x)), Note: present.Position(x.Position)}
	}
	d := dialog.NewPicker(dialog.Ask{
		Purpose: askProblem, Title: "Problems", Label: "/", Ghost: "type to filter", Choices: choices, Wide: true,
		Foot: "enter goes there · esc leaves", Empty: "every rule holds and no fold fails",
	})
	d.MoveTo(max(p.beside(m.cursor.Position+1, backward), 0))
	m.dialogs.Push(d)
	return nil
}

func (m *Model) problemPicked(p dialog.Picked) tea.Cmd {
	i, err := strconv.Atoi(p.ID)
	if err != nil || i >= len(m.problems.list) {
		return nil
	}
	m.dialogs.Pop()
	return m.showProblem(i)
}

// rulesLine reads another file of rules.
func (m *Model) rulesLine(args string) tea.Cmd {
	file, err := filepath.Abs(args)
	if err != nil {
		return m.complain("", fmt.Errorf("rules: %w", err))
	}
	return m.readRules(file)
}

// checking says how far the rules are checked.
func (m *Model) checking() present.Safe {
	if c := m.problems.at; c.Of > 0 {
		return ": " + present.Percent(c.Done, c.Of)
	}
	return ""
}
