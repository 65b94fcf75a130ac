package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

// openBreak opens the line in which a breakpoint is typed, with the type of the event at the cursor.
func (m *Model) openBreak() tea.Cmd {
	b := debug.Breakpoint{Kind: debug.Break}
	if m.scene.hasEvent() {
		b.Type = m.scene.event.Type
	}
	return m.editPoint(debug.Breakpoint{}, b.String()+" ", "Break at")
}

// editPoint opens the line with the words of a breakpoint.
func (m *Model) editPoint(b debug.Breakpoint, text string, title present.Safe) tea.Cmd {
	m.points.editing = b
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askBreak, Title: title, Label: ":", Ghost: "b TYPE if event.data.amount > 100", Text: text, Free: true, Fed: true, Low: true,
		Foot: "if CONDITION narrows it · enter sets it · esc leaves", Empty: "conditions name event, state, before, key and position",
	}))
	return m.breakTyped(text)
}

// breakTyped says what is wrong with the text, or how many events it hits.
func (m *Model) breakTyped(text string) tea.Cmd {
	offer := m.asks.ask(lanePick, func(ctx context.Context) result {
		return fed{text: text, choices: breakChoices(ctx, m.session, text)}
	})
	b, err := debug.Parse(text)
	if err != nil {
		return tea.Batch(offer, previewed{text, present.Clip(err.Error(), 300)}.now(m))
	}
	return tea.Batch(offer, m.previewHits(text, b))
}

// previewHits says how many events a breakpoint hits that is being typed.
func (m *Model) previewHits(text string, b debug.Breakpoint) tea.Cmd {
	projection := m.cursor.Projection
	return m.asks.ask(lanePreview, func(ctx context.Context) result {
		return previewed{text, countHits(ctx, m.session, projection, b)}
	})
}

// mostCounted is up to how many hits are counted while somebody types, and countFor how long at most.
const (
	mostCounted = 100_000
	countFor    = time.Second
)

func countHits(ctx context.Context, s Session, projection string, b debug.Breakpoint) present.Safe {
	if b.Kind == debug.Display {
		return "shown in the watch pane"
	}
	n, first := 0, debug.Stop{}
	limited, cancel := context.WithTimeout(ctx, countFor)
	defer cancel()
	for hit, err := range s.Hits(limited, projection, b, 0, 0, nil) {
		switch {
		case err != nil && limited.Err() != nil && n > 0:
			return "at least " + present.Counted(n, "hit") + ", the first at " + present.Position(first.At)
		case err != nil && limited.Err() != nil:
			return "the hits take long to count"
		case err != nil:
			return present.Clip(err.Error(), 300)
		}
		if n++; n == 1 {
			first = hit
		}
		if n == mostCounted {
			return "more than " + present.Counted(n, "hit")
		}
	}
	switch n {
	case 0:
		return "no hit in what is recorded so far"
	case 1:
		return "1 hit, at " + present.Position(first.At)
	}
	return present.Counted(n, "hit") + ", the first at " + present.Position(first.At)
}

// breakChoices completes the type of an event, or the stream.
func breakChoices(ctx context.Context, s Session, text string) []dialog.Choice {
	words := strings.Fields(text)
	if len(words) == 0 || strings.HasSuffix(text, " ") || slices.Contains(words, "if") || slices.Contains(words, "print") {
		return nil
	}
	head, word := text[:strings.LastIndexByte(text, ' ')+1], words[len(words)-1]
	var choices []dialog.Choice
	switch {
	case len(words) > 2 && words[len(words)-2] == "stream":
		list, _ := s.Streams(ctx, word, "", completions)
		for _, t := range list {
			choices = append(choices, dialog.Choice{ID: head + t.Name, Text: t.Name, Fill: head + t.Name + " ", Note: present.Counted(t.Count, "event")})
		}
	case len(words) == 2 && words[0] != "watch":
		list, _ := s.Types(ctx)
		for _, t := range list {
			if strings.Contains(strings.ToLower(t.Name), strings.ToLower(word)) && len(choices) < completions {
				b := debug.Breakpoint{Kind: debug.Break, Type: t.Name}
				name := strings.TrimPrefix(b.String(), "b ")
				choices = append(choices, dialog.Choice{ID: head + name, Text: t.Name, Fill: head + name + " ", Note: present.Counted(t.Count, "event")})
			}
		}
	}
	return choices
}

func completeBreak(word string) func(ctx context.Context, s Session, head, args string) []dialog.Choice {
	return func(ctx context.Context, s Session, head, args string) []dialog.Choice {
		return prefixedBy(word, head, breakChoices(ctx, s, word+" "+args))
	}
}

// completeWatch offers the fields of the shown document, of its key and of every key.
func completeWatch(ctx context.Context, s Session, head, args string) []dialog.Choice {
	if strings.Contains(args, " ") {
		return nil
	}
	if key, _, ok := strings.Cut(args, "/"); ok && key != "" {
		return nil
	}
	return completeKeys(ctx, s, head, args)
}

// prefixedBy gives choices the head that was typed in the place of a word.
func prefixedBy(word, head string, choices []dialog.Choice) []dialog.Choice {
	for i := range choices {
		rest := strings.TrimPrefix(choices[i].Fill, word+" ")
		choices[i].Fill, choices[i].ID = head+rest, ""
	}
	return choices
}

// breakPicked sets what was typed.
func (m *Model) breakPicked(p dialog.Picked) tea.Cmd {
	text := p.Text
	if p.Moved && p.ID != "" {
		text = p.ID
	}
	b, err := debug.Parse(text)
	if err != nil { // the line stays: what is wrong can be mended
		return previewed{p.Text, present.Clip(err.Error(), 300)}.now(m)
	}
	m.dialogs.Pop()
	if was := m.points.editing; was.ID > 0 {
		b.ID, b.Enabled, b.Hits = was.ID, was.Enabled, was.Hits
	}
	return m.setPoint(b)
}
