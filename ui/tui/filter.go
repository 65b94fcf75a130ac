package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/debug"
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

// parseFilter reads stream=S type=T category=C correlation=C id=I, and behind an if, or alone, a condition. A bare word is a type, if
// it is not followed by another.
func parseFilter(text string) (timeline.Filter, error) {
	var f timeline.Filter
	text, f.Where = cutCondition(text)
	if f.Where != "" {
		if err := debug.CheckWhat(f.Where); err != nil {
			return f, err
		}
	}
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

// cutCondition divides a filter into its words and its condition.
func cutCondition(text string) (words, condition string) {
	text = strings.TrimSpace(text)
	if rest, found := strings.CutPrefix(text, "if "); found {
		return "", strings.TrimSpace(rest)
	}
	if words, rest, found := strings.Cut(text, " if "); found {
		return words, strings.TrimSpace(rest)
	}
	named := func(name string) bool { return strings.HasPrefix(text, name) }
	if conditional.MatchString(text) && !slices.ContainsFunc(filterWords[:], named) { // which no condition begins with
		return "", text
	}
	return text, ""
}

// openFilter opens the line in which a filter is typed. It offers what the event at the cursor says.
func (m *Model) openFilter() tea.Cmd {
	p := dialog.NewPicker(dialog.Ask{
		Purpose: askFilter, Title: "Filter events", Label: "f", Ghost: "type=T  stream=S  category=C  correlation=C  id=I  if CONDITION", Text: m.filter.text,
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
	offer := m.asks.ask(lanePick, func(ctx context.Context) result {
		return fed{text: text, choices: append(near, filterChoices(ctx, m.session, text)...), empty: "no such type or stream"}
	})
	f, err := parseFilter(text)
	switch {
	case f.Where != "":
		m.asks.drop(lanePick)
		offer = fed{text: text, empty: "event, state, before, key and position can be asked about"}.apply(m)
		help := present.Safe("enter keeps the events for which this holds")
		if err != nil {
			help = present.Clip(err.Error(), 300)
		}
		return tea.Batch(offer, previewed{text, help}.now(m))
	case err != nil || f.Everything():
		return tea.Batch(offer, previewed{text, ""}.now(m))
	}
	return tea.Batch(offer, m.asks.ask(lanePreview, func(ctx context.Context) result {
		n, err := m.session.Count(ctx, f, nil)
		if err != nil {
			return failure{"filter", err}
		}
		help := present.Counted(n, "event")
		if n == 0 && asksLikeCondition(text) {
			help += " · what is asked of events follows an if: type=OrderPaid if event.data.amount > 50"
		}
		return previewed{text, help}
	}))
}

// asksLikeCondition reports whether a filter's words look like a condition that lacks its if.
func asksLikeCondition(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		return slices.Contains([]string{"&&", "||", "and", "or", "not", "==", "!=", "<", "<=", ">", ">="}, word)
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
	text = strings.TrimSpace(text)
	if f.Where != "" {
		return m.askFiltered(f, text)
	}
	m.narrow(filter{pick: f, text: text, count: -1})
	return tea.Batch(m.askScene(), m.countFiltered())
}

// narrow shows only the events that a filter picks.
func (m *Model) narrow(f filter) {
	m.filter = f
	m.events.forget(m)
	m.events.row = m.eventRows() / 2
}

// askFiltered looks for the events of a filter with a condition, and then narrows the list to them.
func (m *Model) askFiltered(f timeline.Filter, text string) tea.Cmd {
	m.settleDown()
	f.Projection = m.cursor.Projection
	return m.askSearch("filtering by "+present.Clip(f.Where, 40), func(ctx context.Context, report func(debug.Progress)) result {
		n, err := m.session.Count(ctx, f, report)
		if err != nil {
			return failure{"filter", err}
		}
		picked := narrowed{filter: filter{pick: f, text: text, count: n}}
		if n == 0 {
			picked.unwritten, err = m.session.UnwrittenIn(ctx, timeline.FindQuery{Projection: f.Projection, What: f.Where})
		}
		if err != nil {
			return failure{"filter", err}
		}
		return picked
	})
}

// narrowed is a filter whose events are known.
type narrowed struct {
	filter    filter
	unwritten []value.Pointer // fields that it asks about and no document ever had, where it holds nowhere
}

func (n narrowed) apply(m *Model) tea.Cmd {
	if n.filter.count == 0 {
		return m.tell(present.Clip(n.filter.text, 60) + " holds for no event of " + present.Count(m.head()) + neverHad(n.unwritten))
	}
	m.narrow(n.filter)
	return m.askScene()
}

// countFiltered counts the events that the filter picks, if there is one.
func (m *Model) countFiltered() tea.Cmd {
	if !m.filter.on() {
		return nil
	}
	f := m.filter.pick
	return m.asks.ask(laneCount, func(ctx context.Context) result {
		n, err := m.session.Count(ctx, f, nil)
		if err != nil {
			return failure{"filter", err}
		}
		return filtered{n}
	})
}

// filterAgain asks a filter's condition of the projection that is shown now.
func (m *Model) filterAgain() tea.Cmd {
	if m.filter.pick.Where == "" {
		return nil
	}
	m.filter.pick.Projection, m.filter.count = m.cursor.Projection, -1
	m.events.forget(m)
	return m.countFiltered()
}

// filtered is how many events pass the filter.
type filtered struct{ n int }

func (f filtered) apply(m *Model) tea.Cmd {
	m.filter.count = f.n
	return nil
}

// flags are the flags of events that pick what the filter does.
func (f *filter) flags() string {
	text := ""
	for _, flag := range []struct{ name, value string }{
		{"type", f.pick.Type}, {"stream", f.pick.Stream}, {"category", f.pick.Category}, {"correlation", f.pick.Correlation}, {"id", f.pick.ID}, {"where", f.pick.Where},
	} {
		if flag.value != "" {
			text += " --" + flag.name + " " + shellQuote(flag.value)
		}
	}
	return text
}
