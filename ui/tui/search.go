package tui

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/pane"
)

const askFind dialog.Purpose = "find"

// search is what was looked for last, and how far a running search is.
type search struct {
	matcher  *timeline.Matcher // nil = nothing was looked for
	earlier  []string          // texts looked for, the latest first
	hit      event.Position    // 0 = none
	all      *finding          // where what was looked for holds, in all of history; nil = a text was looked for
	what     present.Safe      // what is under way: "finding refund"
	progress *atomic.Pointer[debug.Progress]
	covered  debug.Progress   // as the last pulse saw it
	late     bool             // it takes longer than a person waits
	texts    []event.Position // all events that hold the text, as far as they are known
}

// hits reports whether a text on the screen is what was looked for.
func (s *search) hits(text string) bool {
	return s.matcher != nil && text != "" && len(s.matcher.Spans(text)) > 0
}

// openFind opens the line in which a search is typed.
func (m *Model) openFind() tea.Cmd {
	choices := make([]dialog.Choice, len(m.search.earlier))
	for i, text := range m.search.earlier {
		choices[i] = dialog.Choice{ID: text, Text: text, Fill: text}
	}
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askFind, Title: "Find", Label: "/", Ghost: "text, /regexp/, a condition such as state.total > 9, or value:text",
		Foot: "enter finds the next · n N walk · esc leaves", Choices: choices, Empty: caseHint(""), Free: true, Low: true,
	}))
	return nil
}

// findPicked starts the search that was typed, or the earlier one that was chosen.
func (m *Model) findPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	text := p.Text
	if p.Moved || text == "" {
		text = p.ID
	}
	if text == "" {
		m.search.matcher, m.search.hit, m.search.all, m.search.texts = nil, 0, nil, nil
		return nil
	}
	return m.find(text)
}

// find looks for a text from the cursor on, or with a prefix for a condition or a value in all of history.
func (m *Model) find(text string) tea.Cmd {
	if what := whatToFind(text); what != "" {
		return m.findAll(text, what)
	}
	m.search.all = nil
	matcher, err := timeline.NewMatcher(asMatcher(text))
	if err != nil {
		return m.complain("find", err)
	}
	m.search.matcher, m.search.texts = matcher, nil
	m.search.remember(text)
	return tea.Batch(m.findNext(timeline.Forward), m.askTexts())
}

// askTexts finds all events that hold the text, for the marks on the timeline; behind what a person waits for.
func (m *Model) askTexts() tea.Cmd {
	text := m.search.matcher.String()
	what := debug.ByText + text
	if len(text) > 2 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		what = debug.ByPattern + text[1:len(text)-1]
	}
	return m.asks.ask(laneTexts, func(ctx context.Context) result {
		var all []event.Position
		for i, err := range m.session.Find(ctx, timeline.FindQuery{What: what}, nil) {
			if err != nil || len(all) == mostFound {
				break
			}
			all = append(all, i.From)
		}
		return textsFound{all}
	})
}

// textsFound is all events that hold the text.
type textsFound struct{ at []event.Position }

func (t textsFound) apply(m *Model) tea.Cmd {
	m.search.texts = t.at
	return nil
}

// textMarks are the columns of the timeline in which the text is.
func (m *Model) textMarks() []pane.StripMark {
	if m.search.matcher == nil || m.search.all != nil {
		return nil
	}
	hits := pointHits{at: m.search.texts}
	var marks []pane.StripMark
	for i, c := range m.strip.data.Columns {
		if hits.within(c.From, c.To) {
			marks = append(marks, pane.StripMark{Column: i, Kind: pane.HitMark})
		}
	}
	return marks
}

// rank is which of all hits a position is, once they are known: 3 of 205.
func (m *Model) rank(at event.Position) present.Safe {
	i, found := slices.BinarySearch(m.search.texts, at)
	if !found {
		return ""
	}
	return " · " + present.Count(i+1) + " of " + present.Count(len(m.search.texts))
}

// mostEarlier is how many earlier searches are offered.
const mostEarlier = 8

func (s *search) remember(text string) {
	kept := []string{text}
	for _, t := range s.earlier {
		if t != text && len(kept) < mostEarlier {
			kept = append(kept, t)
		}
	}
	s.earlier = kept
}

// asMatcher is a text with a prefix as the matcher reads it.
func asMatcher(text string) string {
	switch kind, rest := debug.SplitWhat(text); {
	case kind == debug.ByPattern && rest != "":
		return "/" + rest + "/"
	case kind == debug.ByText && rest != "":
		return rest
	}
	return text
}

// findNext looks for the next hit in a direction, and goes on at the other end.
func (m *Model) findNext(d timeline.Direction) tea.Cmd {
	if m.search.all != nil {
		return m.walkFound(d)
	}
	m.settleDown()
	q := timeline.SearchQuery{Matcher: m.search.matcher, Filter: m.filter.pick, From: m.cursor.Position, Direction: d, Wrap: true}
	what := "finding " + present.Clip(m.search.matcher.String(), 30)
	return m.askSearch(what, func(ctx context.Context, report func(debug.Progress)) result {
		hit, err := m.session.Search(ctx, q, func(p timeline.SearchProgress) {
			report(debug.Progress{At: p.At, Done: uint64(p.Covered), Of: uint64(p.Of)})
		})
		if err != nil {
			return failure{"find", err}
		}
		return searched{hit}
	})
}

// searched is what a search found.
type searched struct{ hit timeline.SearchHit }

func (s searched) apply(m *Model) tea.Cmd {
	what := present.Clip(m.search.matcher.String(), 40)
	if s.hit.Position == 0 {
		return m.say("no " + what + " in " + present.Counted(s.hit.Covered, "event"))
	}
	m.search.hit = s.hit.Position
	text := what + " in " + present.Clip(s.hit.Field, 20) + ": " + present.Clip(s.hit.Text, 60)
	text += m.rank(s.hit.Position)
	if s.hit.Wrapped {
		text += " · went on at the other end"
	}
	return tea.Batch(m.jumpTo(s.hit.Position), m.say(text))
}

// askSearch asks what may take long: its progress is shown, esc and ctrl+c cancel it, and what is shown meanwhile is dimmed.
func (m *Model) askSearch(what present.Safe, f func(ctx context.Context, report func(debug.Progress)) result) tea.Cmd {
	box := &atomic.Pointer[debug.Progress]{}
	m.search.what, m.search.progress, m.search.covered, m.search.late = what, box, debug.Progress{}, false
	if m.asks.drop(laneHits) { // the person first
		m.hits.asked = ""
	}
	cmd := m.asks.ask(laneSearch, func(ctx context.Context) result {
		return f(ctx, func(p debug.Progress) { box.Store(&p) })
	})
	return tea.Batch(cmd, m.asks.after(searchPatience, searchLate{m.asks.lanes[laneSearch].generation}))
}

// searchPatience is how long a search may take before what is shown is dimmed.
const searchPatience = 120 * time.Millisecond

// searchLate says that a search takes longer than that.
type searchLate struct{ generation uint64 }

func (l searchLate) tick(m *Model) tea.Cmd {
	if m.asks.open(laneSearch) && m.asks.lanes[laneSearch].generation == l.generation {
		m.search.late = true
	}
	return nil
}

// searching says how far a running search is; empty = none is running.
func (m *Model) searching() present.Safe {
	if !m.asks.open(laneSearch) {
		return ""
	}
	return m.search.what + m.searched() + " · esc stops"
}

// searched is what a search has looked at so far.
func (m *Model) searched() present.Safe {
	c := m.search.covered
	if c.Of == 0 {
		return ""
	}
	text := ": " + present.Percent(c.Done, c.Of) + ", " + present.Count(c.Done) + " of " + present.Count(c.Of)
	if c.Hits > 0 {
		text += " · " + present.Counted(c.Hits, "hit")
	}
	return text
}

// stopSearch cancels a running search, and says how far it came. It reports whether there was one.
func (m *Model) stopSearch() (tea.Cmd, bool) {
	m.lookAtProgress()
	if !m.asks.drop(laneSearch) {
		return nil, false
	}
	return tea.Batch(m.tell("stopped "+m.search.what+m.searched()), m.askHits()), true
}

// lookAtProgress takes in how far a search is.
func (m *Model) lookAtProgress() {
	if box := m.search.progress; box != nil {
		if p := box.Load(); p != nil {
			m.search.covered = *p
		}
	}
}
