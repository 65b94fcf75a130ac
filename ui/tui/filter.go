package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const askFilter dialog.Purpose = "filter"

// filter is what the list of events is narrowed to; stepping keeps to it.
type filter struct {
	pick  timeline.Filter
	text  string
	count int // events that pass; -1 = not counted yet
}

func (f *filter) on() bool { return !f.pick.Everything() }

func (f *filter) title() present.Safe { return present.Clip(f.text, 60) }

func (f *filter) counted() present.Safe {
	if f.count < 0 {
		return ""
	}
	return present.Count(f.count)
}

// filterWords are the names that a filter's parts begin with.
var filterWords = [...]string{"stream=", "type=", "category=", "correlation=", "id="}

// parseFilter reads stream=S type=T category=C correlation=C id=I. A bare word is a type, if it is not followed by another.
func parseFilter(text string) (timeline.Filter, error) {
	var f timeline.Filter
	into := map[string]*string{"stream=": &f.Stream, "type=": &f.Type, "category=": &f.Category, "correlation=": &f.Correlation, "id=": &f.ID}
	last := &f.Type
	for word := range strings.FieldsSeq(text) {
		named := false
		for _, name := range filterWords {
			if rest, ok := strings.CutPrefix(word, name); ok {
				last, named = into[name], true
				*last = rest
			}
		}
		switch {
		case named:
		case strings.Contains(word, "=") && *last == "":
			return f, fmt.Errorf("%q is not one of %s", word, strings.Join(filterWords[:], " "))
		case *last == "":
			*last = word
		default:
			*last += " " + word
		}
	}
	return f, nil
}

// openFilter opens the line in which a filter is typed. It offers what the event at the cursor says.
func (m *Model) openFilter() tea.Cmd {
	p := dialog.NewPicker(dialog.Ask{
		Purpose: askFilter, Title: "Filter events", Label: "f", Ghost: "type=T  stream=S  category=C  correlation=C  id=I", Text: m.filter.text,
		Foot: "tab completes · enter filters · an empty line shows all", Fed: true, Free: true, Low: true, Empty: "no such type or stream",
	})
	m.dialogs.Push(p)
	return m.filterTyped(m.filter.text)
}

func (m *Model) filterTyped(text string) tea.Cmd {
	var near []dialog.Choice
	if e := m.scene.event; e.Event != nil && text == "" {
		for _, c := range []struct{ word, value, note string }{
			{"type=", e.Type, "the type of this event"}, {"stream=", string(e.Stream), "its stream"},
			{"category=", e.Stream.Category(), "its category"}, {"correlation=", e.Correlation, "its correlation"},
		} {
			if c.value != "" {
				near = append(near, dialog.Choice{ID: c.word + c.value, Text: c.word + c.value, Fill: c.word + c.value, Note: present.Safe(c.note)})
			}
		}
	}
	return m.asks.ask(lanePick, func(ctx context.Context) result {
		return fed{text: text, choices: append(near, filterChoices(ctx, m.session, text)...)}
	})
}

// filterChoices completes the last word of a filter: types, and streams by their beginning.
func filterChoices(ctx context.Context, s Session, text string) []dialog.Choice {
	head, word := text, ""
	if i := strings.LastIndexByte(text, ' '); i >= 0 {
		head, word = text[:i+1], text[i+1:]
	} else {
		head, word = "", text
	}
	var choices []dialog.Choice
	add := func(name string, list []timeline.Tally) {
		for _, t := range list {
			choices = append(choices, dialog.Choice{
				ID: head + name + t.Name, Text: name + t.Name, Fill: head + name + t.Name, Note: present.Counted(t.Count, "event"),
			})
		}
	}
	if stream, ok := strings.CutPrefix(word, "stream="); ok {
		if list, err := s.Streams(ctx, stream, "", completions); err == nil {
			add("stream=", list)
		}
		return choices
	}
	want := strings.ToLower(strings.TrimPrefix(word, "type="))
	if list, err := s.Types(ctx); err == nil {
		kept := list[:0:0]
		for _, t := range list {
			if strings.Contains(strings.ToLower(t.Name), want) && len(kept) < completions {
				kept = append(kept, t)
			}
		}
		add("type=", kept)
	}
	return choices
}

// completions is how many rows of a kind are offered.
const completions = 8

func (m *Model) filterPicked(p dialog.Picked) tea.Cmd {
	text := p.Text
	if p.Moved && p.ID != "" {
		text = p.ID
	}
	m.dialogs.Pop()
	return m.setFilter(text)
}

// setFilter narrows the list; an empty text shows all events.
func (m *Model) setFilter(text string) tea.Cmd {
	f, err := parseFilter(text)
	if err != nil {
		return m.complain("filter", err)
	}
	m.filter = filter{pick: f, text: strings.TrimSpace(text), count: -1}
	m.events.forget(m)
	m.events.row = m.eventRows() / 2
	if !m.filter.on() {
		m.filter.text = ""
		return m.askScene()
	}
	count := m.asks.ask(laneAbout, func(ctx context.Context) result {
		n, err := m.session.Count(ctx, f)
		if err != nil {
			return failure{"filter", err}
		}
		return filtered{n}
	})
	return tea.Batch(m.askScene(), count)
}

// filtered is how many events pass the filter.
type filtered struct{ n int }

func (f filtered) apply(m *Model) tea.Cmd {
	m.filter.count = f.n
	return nil
}
