package tui

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/pane"
)

// byCondition is the prefix of a condition in the line of find; what else has one is a text (see debug.SplitWhat).
const byCondition = "="

// mostFound is how many intervals a find keeps.
const mostFound = 200_000

// finding is what a condition was found to hold in, over all of history.
type finding struct {
	what       string // as it was typed
	projection string
	list       []debug.Interval // by their beginnings
	held       []span           // what they cover together, apart and in order
	more       bool             // and further ones
	unwritten  []value.Pointer  // fields that it asks about and no document ever had, where it holds nowhere
}

// span is the positions from from up to to, both included.
type span struct{ from, to event.Position }

// cover makes the covered spans of the intervals.
func (f *finding) cover(head event.Position) {
	for _, i := range f.list {
		to := head
		if i.To > 0 {
			to = i.To - 1
		}
		if n := len(f.held); n > 0 && i.From <= f.held[n-1].to+1 {
			f.held[n-1].to = max(f.held[n-1].to, to)
			continue
		}
		f.held = append(f.held, span{i.From, to})
	}
}

// holds reports whether it holds for some key after one of the positions after from, up to to; where there are none, after from.
func (f *finding) holds(from, to event.Position) bool {
	if from == to {
		from -= min(from, 1)
	}
	i := sort.Search(len(f.held), func(i int) bool { return f.held[i].to > from })
	return i < len(f.held) && f.held[i].from <= to
}

// beside is the interval that begins next after a position, or before it, and goes on at the other end.
func (f *finding) beside(at event.Position, d timeline.Direction) (index int, wrapped bool) {
	n := len(f.list)
	if d == forward {
		if i := sort.Search(n, func(i int) bool { return f.list[i].From > at }); i < n {
			return i, false
		}
		return 0, true
	}
	i := sort.Search(n, func(i int) bool { return f.list[i].From >= at }) - 1
	for i > 0 && f.list[i-1].From == f.list[i].From { // of those that begin together the first
		i--
	}
	if i < 0 {
		return n - 1, true
	}
	return i, false
}

// conditional is how a text looks that is meant as a condition: it compares something that a condition may ask about.
var conditional = regexp.MustCompile(`\b(state|before|event|key|position)\b.*([=!]=|[<>]|\bin\b)`)

// whatToFind is what a line of find looks for in all of history; "" for a text in events, which is looked for from the cursor on.
// What reads as a condition is one without its prefix, too; the prefix of a text keeps it a text.
func whatToFind(text string) string {
	if rest, ok := strings.CutPrefix(text, byCondition); ok {
		return strings.TrimSpace(rest)
	}
	switch kind, _ := debug.SplitWhat(text); {
	case kind == debug.ByValue:
		return text
	case kind == debug.ByCondition && conditional.MatchString(text) && debug.CheckWhat(text) == nil:
		return text
	}
	return ""
}

// findTyped says what is wrong with a condition while it is typed, and what the prefixes mean.
func (m *Model) findTyped(text string) tea.Cmd {
	help := present.Safe("")
	what := whatToFind(text)
	switch {
	case strings.TrimSpace(text) == byCondition:
		help = "a condition over event, state, before, key, position: = state.balance < 0"
	case what != "":
		if err := debug.CheckWhat(what); err != nil {
			help = present.Clip(err.Error(), 300)
		} else {
			help = "where this holds, over all of history: enter finds, n N walk"
		}
	case conditional.MatchString(text) && strings.HasPrefix(text, debug.ByText):
		help = "these words in events"
	case conditional.MatchString(text):
		help = "these words in events; no condition: " + present.Clip(fmt.Sprint(debug.CheckWhat(text)), 160)
	}
	if p, ok := m.dialogs.Top().(*dialog.Picker); ok {
		p.SetEmpty(text, caseHint(text))
	}
	return previewed{text, help}.now(m)
}

// caseHint says what capital letters mean in what is typed.
func caseHint(text string) present.Safe {
	kind, rest := debug.SplitWhat(text)
	what := present.Safe("a text")
	switch {
	case strings.HasPrefix(text, byCondition), kind == debug.ByCondition && whatToFind(text) != "":
		return "a condition tells capital letters from small ones"
	case kind == debug.ByPattern, len(rest) > 2 && strings.HasPrefix(rest, "/") && strings.HasSuffix(rest, "/"):
		what = "a pattern"
	}
	if kind == debug.ByPattern {
		rest = "/" + rest + "/"
	}
	if matcher, err := timeline.NewMatcher(rest); err == nil && !matcher.BothCases() {
		return what + " with a capital letter finds that case alone"
	}
	return what + " in small letters finds both cases"
}

// findAll finds where something holds, and goes to the next place.
func (m *Model) findAll(text, what string) tea.Cmd {
	m.settleDown()
	m.search.remember(text)
	return m.askAll(text, what, false)
}

// findAgain finds anew what was found in an index that another one took the place of; the cursor stays.
func (m *Model) findAgain() tea.Cmd {
	f := m.search.all
	if f == nil {
		return nil
	}
	what := whatToFind(f.what)
	if what == "" || m.asks.open(laneSearch) { // the hits of a tracepoint, or a person looks for something else already
		m.search.all = nil
		return nil
	}
	return m.askAll(f.what, what, true)
}

// askAll asks where something holds. Again says that nobody asked to go there.
func (m *Model) askAll(text, what string, again bool) tea.Cmd {
	q := timeline.FindQuery{Projection: m.cursor.Projection, What: what}
	head := m.about.built
	return m.askSearch("finding "+present.Clip(what, 40), func(ctx context.Context, report func(debug.Progress)) result {
		f := &finding{what: text, projection: q.Projection}
		for i, err := range m.session.Find(ctx, q, report) {
			if err != nil {
				return failure{"find", err}
			}
			if len(f.list) == mostFound {
				f.more = true
				break
			}
			f.list = append(f.list, i)
		}
		slices.SortFunc(f.list, func(a, b debug.Interval) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Key, b.Key))
		})
		f.cover(head)
		if len(f.list) == 0 {
			var err error
			if f.unwritten, err = m.session.UnwrittenIn(ctx, q); err != nil {
				return failure{"find", err}
			}
		}
		return allFound{f, again}
	})
}

// allFound is where something holds.
type allFound struct {
	finding *finding
	again   bool // nobody asked to go there
}

func (a allFound) apply(m *Model) tea.Cmd {
	m.search.matcher, m.search.hit, m.search.all = nil, 0, a.finding
	if len(a.finding.list) == 0 {
		m.search.all = nil
		return m.tell(present.Clip(a.finding.what, 60) + " holds nowhere in " + present.Counted(m.about.built, "event") + neverHad(a.finding.unwritten))
	}
	if a.again {
		return nil
	}
	return m.walkFound(forward)
}

// neverHad says which fields no document ever had: what asks about them holds nowhere, most often because they are misspelt.
func neverHad(fields []value.Pointer) present.Safe {
	if len(fields) == 0 {
		return ""
	}
	names := make([]string, len(fields))
	for i, p := range fields {
		names[i] = string(p)
	}
	return ": no document ever had " + present.Clip(strings.Join(names, " or "), 80)
}

// walkFound goes to the interval that begins next.
func (m *Model) walkFound(d timeline.Direction) tea.Cmd {
	f := m.search.all
	i, wrapped := f.beside(m.cursor.Position, d)
	x := f.list[i]
	m.search.hit = x.From
	if x.Key != "" {
		m.cursor.Key = x.Key
	}
	if x.Path != "" {
		m.fields.path = x.Path
	}
	text := m.foundText(f, i)
	if wrapped {
		text += " · went on at the other end"
	}
	return tea.Batch(m.jumpTo(x.From), m.tell(text))
}

// foundText says where one of the found holds: acct-1002 from 5,959 up to 6,009 · 3 of 205.
func (m *Model) foundText(f *finding, i int) present.Safe {
	x := f.list[i]
	text := present.Safe("")
	switch {
	case x.Key == "":
		text = "event " + present.Position(x.From)
	case x.To == 0:
		text = present.Clip(x.Key, 40) + " from " + present.Position(x.From) + ", and still"
	case x.To == x.From+1:
		text = present.Clip(x.Key, 40) + " at " + present.Position(x.From)
	default:
		text = present.Clip(x.Key, 40) + " from " + present.Position(x.From) + " up to " + present.Position(x.To-1)
	}
	if x.Path != "" {
		text += " " + present.Clip(string(x.Path), 40)
	}
	if said := strings.TrimSpace(x.Text); said != "" {
		text += " " + present.Clip(said, 60)
	}
	text += " · " + present.Count(i+1) + " of " + present.Count(len(f.list))
	if f.more {
		text += " and more"
	}
	return present.Clip(f.what, 50) + ": " + text
}

// holdMarks are the columns of the timeline in which what was found holds.
func (m *Model) holdMarks() []pane.StripMark {
	f := m.search.all
	if f == nil || f.projection != m.cursor.Projection {
		return nil
	}
	var marks []pane.StripMark
	for i, c := range m.strip.data.Columns {
		if f.holds(c.From, c.To) {
			marks = append(marks, pane.StripMark{Column: i, Kind: pane.HoldMark})
		}
	}
	return marks
}
