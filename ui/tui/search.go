package tui

import (
	"context"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const askFind dialog.Purpose = "find"

// search is what was looked for last, and how far a running search is.
type search struct {
	matcher  *timeline.Matcher // nil = nothing was looked for
	earlier  []string          // texts looked for, the latest first
	hit      event.Position    // 0 = none
	progress *atomic.Pointer[timeline.SearchProgress]
	covered  timeline.SearchProgress // as the last pulse saw it
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
		Purpose: askFind, Title: "Find", Label: "/", Ghost: "text or /regexp/, in types, streams, ids and data", Foot: "enter finds the next · esc leaves",
		Choices: choices, Empty: "small letters find both cases", Free: true, Low: true,
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
		m.search.matcher, m.search.hit = nil, 0
		return nil
	}
	return m.find(text)
}

// find looks for a text from the cursor on.
func (m *Model) find(text string) tea.Cmd {
	matcher, err := timeline.NewMatcher(text)
	if err != nil {
		return m.complain("find", err)
	}
	m.search.matcher = matcher
	m.search.remember(text)
	return m.findNext(timeline.Forward)
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

// findNext looks for the next hit in a direction, and goes on at the other end.
func (m *Model) findNext(d timeline.Direction) tea.Cmd {
	m.settleDown()
	box := &atomic.Pointer[timeline.SearchProgress]{}
	m.search.progress, m.search.covered = box, timeline.SearchProgress{}
	q := timeline.SearchQuery{Matcher: m.search.matcher, Filter: m.filter.pick, From: m.cursor.Position, Direction: d, Wrap: true}
	return m.asks.ask(laneSearch, func(ctx context.Context) result {
		hit, err := m.session.Search(ctx, q, func(p timeline.SearchProgress) { box.Store(&p) })
		if err != nil {
			return failure{"find", err}
		}
		return searched{hit}
	})
}

// searched is what a search found.
type searched struct{ hit timeline.SearchHit }

func (s searched) apply(m *Model) tea.Cmd {
	m.search.progress = nil
	what := present.Clip(m.search.matcher.String(), 40)
	if s.hit.Position == 0 {
		return m.say("no " + what + " in " + present.Counted(s.hit.Covered, "event"))
	}
	m.search.hit = s.hit.Position
	text := what + " in " + present.Clip(s.hit.Field, 20) + ": " + present.Clip(s.hit.Text, 60)
	if s.hit.Wrapped {
		text += " · went on at the other end"
	}
	return tea.Batch(m.jumpTo(s.hit.Position), m.say(text))
}

// searching says how far a running search is; empty = none is running.
func (m *Model) searching() present.Safe {
	if !m.asks.open(laneSearch) {
		return ""
	}
	c := m.search.covered
	text := "finding " + present.Clip(m.search.matcher.String(), 30)
	if c.Of > 0 {
		text += ": " + present.Count(c.Covered) + " of " + present.Count(c.Of)
	}
	return text + " · esc stops"
}
