package tui

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const askHit dialog.Purpose = "hit"

// mostHits is how many hits of one breakpoint are marked; mostListed, how many are listed.
const mostHits, mostListed = 100_000, 5_000

// hitMarks is where the breakpoints are hit, in the whole log.
type hitMarks struct {
	asked string // what was asked; another text is another question
	all   map[int]pointHits
}

// pointHits is where one breakpoint is hit.
type pointHits struct {
	at   []event.Position // ascending
	more bool             // and further hits
}

// of is where a breakpoint is hit, as far as that is known.
func (h *hitMarks) of(id int) (pointHits, bool) {
	hits, ok := h.all[id]
	return hits, ok
}

// has reports whether a position is hit.
func (h pointHits) has(at event.Position) bool {
	i := sort.Search(len(h.at), func(i int) bool { return h.at[i] >= at })
	return i < len(h.at) && h.at[i] == at
}

// within reports whether a position after from, up to to, is hit.
func (h pointHits) within(from, to event.Position) bool {
	i := sort.Search(len(h.at), func(i int) bool { return h.at[i] > from })
	return i < len(h.at) && h.at[i] <= to
}

// askHits asks where the breakpoints are hit, for the marks on the timeline; behind what a person waits for.
func (m *Model) askHits() tea.Cmd {
	var points []debug.Breakpoint
	var asked strings.Builder
	fmt.Fprintf(&asked, "%s %d %v %d\n", m.cursor.Projection, m.head(), m.about.built >= m.head(), m.about.exchanged)
	for _, b := range m.points.list {
		if b.Kind != debug.Display {
			points = append(points, b)
			fmt.Fprintf(&asked, "%d %s\n", b.ID, b)
		}
	}
	if asked.String() == m.hits.asked {
		return nil
	}
	m.hits.asked = asked.String()
	if len(points) == 0 {
		m.asks.drop(laneHits)
		m.hits.all = nil
		return nil
	}
	projection := m.cursor.Projection
	return m.asks.ask(laneHits, func(ctx context.Context) result {
		all := map[int]pointHits{}
		for _, b := range points {
			hits, err := collectHits(ctx, m.session, projection, b)
			if ctx.Err() != nil {
				return nil
			}
			if err == nil { // a condition that fails says so where it is asked for
				all[b.ID] = hits
			}
		}
		return marksOfHits{all}
	})
}

func collectHits(ctx context.Context, s Session, projection string, b debug.Breakpoint) (pointHits, error) {
	var hits pointHits
	for hit, err := range s.Hits(ctx, projection, b, 0, 0, nil) {
		if err != nil {
			return hits, err
		}
		if len(hits.at) == mostHits {
			hits.more = true
			break
		}
		if n := len(hits.at); n == 0 || hits.at[n-1] != hit.At {
			hits.at = append(hits.at, hit.At)
		}
	}
	return hits, nil
}

// marksOfHits is where all breakpoints are hit.
type marksOfHits struct{ all map[int]pointHits }

func (h marksOfHits) apply(m *Model) tea.Cmd {
	m.hits.all = h.all
	return m.listPoints()
}

// hitAt is the first enabled breakpoint that is hit at a position.
func (m *Model) hitAt(at event.Position) (debug.Breakpoint, bool) {
	for _, b := range m.points.list {
		if hits, ok := m.hits.of(b.ID); ok && b.Enabled && hits.has(at) {
			return b, true
		}
	}
	return debug.Breakpoint{}, false
}

// listHits lists what a breakpoint was hit by, what a watchpoint changed, and what a tracepoint printed.
func (m *Model) listHits(b debug.Breakpoint) tea.Cmd {
	projection := m.cursor.Projection
	return m.askSearch("listing the hits of "+present.Count(b.ID), func(ctx context.Context, report func(debug.Progress)) result {
		list := hitList{point: b}
		for hit, err := range m.session.Hits(ctx, projection, b, 0, 0, report) {
			if err != nil {
				return failure{"", err}
			}
			if len(list.hits) == mostListed {
				list.more = true
				break
			}
			list.hits = append(list.hits, hit)
		}
		positions := make([]event.Position, len(list.hits))
		for i, h := range list.hits {
			positions[i] = h.At
		}
		var err error
		if list.types, err = m.session.TypesAt(ctx, positions); err != nil {
			return failure{"", err}
		}
		return list
	})
}

// hitList is the hits of a breakpoint, to be walked.
type hitList struct {
	point debug.Breakpoint
	hits  []debug.Stop
	types []string
	more  bool
}

func (l hitList) apply(m *Model) tea.Cmd {
	m.traced = l
	choices := make([]dialog.Choice, len(l.hits))
	here := 0
	for i, h := range l.hits {
		if h.At <= m.cursor.Position {
			here = i
		}
		choices[i] = dialog.Choice{ID: strconv.Itoa(i), Text: m.arrows(l.text(h)), Note: present.Clip(l.types[i], 30) + "  " + present.Position(h.At)}
	}
	title := present.Safe("Hits of ")
	if l.point.Kind == debug.Trace {
		title = "Trace "
	}
	p := dialog.NewPicker(dialog.Ask{
		Purpose: askHit, Title: title + present.Count(l.point.ID), Label: "/", Ghost: "type to filter", Choices: choices, Keys: []string{"ctrl+w"}, Wide: true,
		Foot: "enter goes there · ctrl+w writes the list into a file · esc leaves", Empty: "no hit in what is recorded so far",
	})
	p.MoveTo(here)
	m.dialogs.Push(p)
	if l.more {
		return m.say("the first " + present.Counted(mostListed, "hit") + " are listed; narrow it with if CONDITION")
	}
	return nil
}

// text is what a hit says: a printed value, or what changed.
func (l *hitList) text(h debug.Stop) present.Safe {
	text := present.Safe("")
	switch {
	case l.point.Kind == debug.Trace:
		text = present.Preview(h.Printed, 60)
	case l.point.Kind == debug.Watch:
		text = present.Change(h.Old, h.New, 60)
	}
	if h.Key != "" && (l.point.Kind != debug.Watch || l.point.Key == "") {
		text = present.PadRight(text, 24) + "  " + present.Clip(h.Key, 40)
	}
	return text
}

func (m *Model) hitPicked(p dialog.Picked) tea.Cmd {
	i, err := strconv.Atoi(p.ID)
	switch {
	case p.Key == "ctrl+w":
		m.dialogs.Pop()
		return m.openLineWith("trace-write ")
	case err != nil || i >= len(m.traced.hits):
		return nil
	}
	m.dialogs.Pop()
	h := m.traced.hits[i]
	m.lookAt(h.Key, h)
	m.search.matcher, m.search.hit, m.search.all = nil, h.At, m.traced.finding(m.cursor.Projection, m.head())
	return tea.Batch(m.jumpTo(h.At), m.tell(m.foundText(m.search.all, i)+" · n N walk"))
}

// finding is the list as what was found, so that n and N walk it and the timeline shows it.
func (l *hitList) finding(projection string, head event.Position) *finding {
	f := &finding{what: l.point.String(), projection: projection, more: l.more}
	for _, h := range l.hits {
		f.list = append(f.list, debug.Interval{Key: h.Key, From: h.At, To: h.At + 1, Path: h.Path, Text: string(l.text(h))})
	}
	f.cover(head)
	return f
}

// writeTrace keeps the list of hits that was shown last in a new file, a JSON object a line.
func (m *Model) writeTrace(name string) tea.Cmd { return m.keep(name, m.traced.lines()) }

// lines are the hits as JSON Lines.
func (l *hitList) lines() []byte {
	var out bytes.Buffer
	for i, h := range l.hits {
		line := new(present.Line).Position("position", h.At).Str("type", l.types[i])
		if h.Key != "" {
			line.Str("key", h.Key)
		}
		if l.point.Kind == debug.Watch {
			line.Str("path", string(h.Path)).Raw("old", jsonOf(h.Old)).Raw("new", jsonOf(h.New))
		}
		if h.Printed != nil {
			line.Raw("printed", h.Printed.JSON())
		}
		_, _ = line.WriteTo(&out) // a buffer takes everything
	}
	return out.Bytes()
}

// jsonOf is a value's JSON text; nothing for an absent value, whose member is then left out.
func jsonOf(n *value.Node) []byte {
	if n == nil {
		return nil
	}
	return n.JSON()
}

// traceable says why there is no list to write; empty = there is one.
func traceable(m *Model) present.Safe {
	if m.traced.point.ID == 0 {
		return "no hits were listed yet: B, then l lists them"
	}
	return ""
}

// traceLine lists a tracepoint's output, or that of the only one.
func (m *Model) traceLine(args string) tea.Cmd {
	ids, err := numbers(args)
	if err != nil {
		return m.complain("", err)
	}
	i := slices.IndexFunc(m.points.list, func(b debug.Breakpoint) bool {
		return len(ids) == 1 && b.ID == ids[0] || len(ids) == 0 && b.Kind == debug.Trace
	})
	if i < 0 {
		return m.complain("", fmt.Errorf("there is no such tracepoint: :trace TYPE print EXPR sets one, :info b lists them"))
	}
	return m.listHits(m.points.list[i])
}
