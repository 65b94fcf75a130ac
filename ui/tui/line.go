package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/widget"
)

// askLine is the command line: the name of a command, or text that names a position.
const askLine dialog.Purpose = "line"

// openLine opens the command line with all commands below it.
func (m *Model) openLine() tea.Cmd { return m.openLineWith("") }

func (m *Model) openLineWith(text string) tea.Cmd {
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askLine, Title: "Command", Label: ":", Ghost: "a position, a time, a stream, or a command", Text: text,
		Foot: "tab completes · enter does it · esc leaves", Fed: true, Free: true, Low: true,
	}))
	return m.lineTyped(text)
}

// lineTyped offers what fits the text, and shows what enter would do.
func (m *Model) lineTyped(text string) tea.Cmd {
	commands := m.lineCommands(text)
	name, args, hasArgs := strings.Cut(strings.TrimLeft(text, " "), " ")
	c := m.table.named(name)
	base := timeline.Base{At: m.cursor.Position, Zone: m.zone()}
	empty := present.Safe("enter tries it as a position")
	if hasArgs && c != nil {
		empty = "enter does it"
	}
	offer := m.asks.ask(lanePick, func(ctx context.Context) result {
		choices := commands
		switch {
		case hasArgs && c != nil && c.complete != nil:
			choices = c.complete(ctx, m.session, name+" ", args)
		case !hasArgs && text != "":
			choices = append(choices, whereChoices(ctx, m.session, "", text)...)
		}
		return fed{text: text, choices: choices, empty: empty}
	})
	if b, ok := typedPoint(c, args); ok && m.reason(c) == "" {
		return tea.Batch(offer, m.previewHits(text, b))
	}
	if c != nil && (!hasArgs || !c.where) {
		help := present.Safe("")
		if reason := m.reason(c); reason != "" {
			help = reason
		} else if hasArgs || c.args != "" {
			help = present.Safe(c.name+" "+c.args) + " · " + c.help
		}
		return tea.Batch(offer, previewed{text, help}.now(m))
	}
	target := strings.TrimSpace(text)
	if c != nil {
		target = strings.TrimSpace(args)
	}
	if target == "" {
		return offer
	}
	return tea.Batch(offer, m.preview(text, target, base, len(commands) == 0))
}

// typedPoint is the breakpoint, watchpoint or tracepoint that a command would set, once its words are complete.
func typedPoint(c *command, args string) (b debug.Breakpoint, ok bool) {
	if c == nil || strings.TrimSpace(args) == "" || c.name != "break" && c.name != "watch" && c.name != "trace" {
		return b, false
	}
	b, err := debug.Parse(c.name + " " + args)
	return b, err == nil
}

// preview says where a text leads; that it leads nowhere only where it must lead somewhere.
func (m *Model) preview(text, target string, base timeline.Base, must bool) tea.Cmd {
	zone := m.zone()
	if strings.HasPrefix(target, "/") { // searching at each key would be much; enter does
		return previewed{text, "the next event that matches"}.now(m)
	}
	return m.asks.ask(lanePreview, func(ctx context.Context) result {
		p, err := m.session.Resolve(ctx, target, base)
		switch {
		case err != nil && !must:
			return previewed{text, ""}
		case err != nil:
			return previewed{text, present.Clip(err.Error(), 300)}
		}
		help := "goes to " + present.Position(p.Position) + " · " + present.Percent(uint64(p.Position), uint64(max(p.Head, 1)))
		if t := present.Time(p.Time, zone); t != "" {
			help += " · " + t
		}
		if e, err := m.session.Event(ctx, p.Position); err == nil && p.Position > 0 {
			help += " · " + present.Clip(e.Type, 40) + " " + present.Clip(string(e.Stream), 40)
		}
		return previewed{text, help}
	})
}

// previewed is what enter would do with a text.
type previewed struct {
	text string
	help present.Safe
}

func (p previewed) apply(m *Model) tea.Cmd {
	if top, ok := m.dialogs.Top().(*dialog.Picker); ok {
		top.SetHelp(p.text, p.help)
	}
	return nil
}

// now shows what needs no answer.
func (p previewed) now(m *Model) tea.Cmd {
	m.asks.drop(lanePreview)
	return p.apply(m)
}

// lineCommands are the commands whose names have the letters of a text.
func (m *Model) lineCommands(text string) []dialog.Choice {
	names := make([]string, len(m.table.rows))
	for i := range m.table.rows {
		names[i] = m.table.rows[i].name
	}
	word, _, hasArgs := strings.Cut(strings.TrimLeft(text, " "), " ")
	if hasArgs {
		return nil
	}
	var choices []dialog.Choice
	for _, hit := range widget.Fuzzy(word, names) {
		c := &m.table.rows[hit.Index]
		if c.hidden {
			continue
		}
		fill := c.name
		if c.args != "" {
			fill += " "
		}
		choice := dialog.Choice{ID: "run " + c.name, Text: c.name, Fill: fill, Hits: hit.At, More: c.help, Note: m.table.keysText(c.keys), Muted: m.reason(c) != ""}
		if choice.Muted {
			choice.More = m.reason(c)
		}
		choices = append(choices, choice)
	}
	return choices
}

// whereChoices completes the name of a stream or a type.
func whereChoices(ctx context.Context, s Session, head, text string) []dialog.Choice {
	var choices []dialog.Choice
	if list, err := s.Streams(ctx, text, "", completions); err == nil {
		for _, t := range list {
			choices = append(choices, dialog.Choice{
				ID: "go " + t.Name, Text: t.Name, Fill: head + t.Name, Note: "stream, " + present.Counted(t.Count, "event"),
			})
		}
	}
	if list, err := s.Types(ctx); err == nil {
		for _, t := range list {
			if strings.HasPrefix(strings.ToLower(t.Name), strings.ToLower(text)) {
				choices = append(choices, dialog.Choice{
					ID: "go " + t.Name + "#1", Text: t.Name + "#1", Fill: head + t.Name + "#", Note: "type, " + present.Counted(t.Count, "event"),
				})
			}
		}
	}
	return choices
}

// linePicked does what was typed, or the row that was chosen.
func (m *Model) linePicked(p dialog.Picked) tea.Cmd {
	m.closed(dialog.Close{})
	text := strings.TrimSpace(p.Text)
	if p.Moved || text == "" {
		if did, ok := m.doChoice(p.ID); ok {
			return did
		}
		text = strings.TrimSpace(p.Fill)
	}
	name, args, _ := strings.Cut(text, " ")
	if c := m.table.named(name); c != nil {
		return m.runLine(c, strings.TrimSpace(args))
	}
	base := timeline.Base{At: m.cursor.Position, Zone: m.zone()}
	fallback := p.ID
	return m.asks.ask(laneMove, func(ctx context.Context) result {
		place, err := m.session.Resolve(ctx, text, base)
		switch {
		case err == nil:
			return found{place.Position}
		case fallback != "":
			return chosen{fallback}
		}
		return failure{"", err}
	})
}

// chosen is a row of the command line that is to be done.
type chosen struct{ id string }

func (c chosen) apply(m *Model) tea.Cmd {
	did, _ := m.doChoice(c.id)
	return did
}

// doChoice does what a row names: a command, or a place to go to. Other rows complete the line, and are not ok.
func (m *Model) doChoice(id string) (did tea.Cmd, ok bool) {
	if name, ok := cutWord(id, "run"); ok {
		if c := m.table.named(name); c != nil {
			if c.line != nil && c.run == nil {
				return m.openLineWith(name + " "), true
			}
			return m.runLine(c, ""), true
		}
	}
	if text, ok := cutWord(id, "go"); ok {
		return m.goWhere(text), true
	}
	return nil, false
}

// runLine does a command as it was typed.
func (m *Model) runLine(c *command, args string) tea.Cmd {
	switch reason := m.reason(c); {
	case reason != "":
		return m.say(reason)
	case c.line != nil && (args != "" || c.run == nil):
		return c.line(m, args)
	}
	return m.run(c)
}
