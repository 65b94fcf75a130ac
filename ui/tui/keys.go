package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const (
	askKey        dialog.Purpose = "key"
	askProjection dialog.Purpose = "projection"
)

// mostKeys is how many keys are offered for what is typed.
const mostKeys = 200

// openKeyPicker picks whose document is shown.
func (m *Model) openKeyPicker() tea.Cmd {
	return m.openKeys(askKey, "Key of "+present.Clip(m.projectionName(), 40), "enter shows and pins it")
}

func (m *Model) openKeys(purpose dialog.Purpose, title, enter present.Safe) tea.Cmd {
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: purpose, Title: title, Label: "K", Ghost: "letters of the key, in order", Foot: enter + " · esc leaves", Fed: true,
		Empty: "no key has these letters",
	}))
	return m.keyTyped(purpose, "")
}

// keyTyped finds the keys for a text: those of the event first while nothing is typed.
func (m *Model) keyTyped(purpose dialog.Purpose, text string) tea.Cmd {
	projection, here := m.cursor.Projection, m.scene.keys
	if purpose == askCompareKey && m.compare.projection != "" {
		projection = m.compare.projection
	}
	at, head := m.session.Indexed(projection), m.head() // also the keys that are yet to come
	return m.asks.ask(lanePick, func(ctx context.Context) result {
		list, err := m.session.PickKeys(ctx, projection, at, text, mostKeys)
		if err != nil {
			return failure{"keys", err}
		}
		var choices []dialog.Choice
		if text == "" {
			for _, k := range here {
				choices = append(choices, dialog.Choice{ID: k, Text: k, Note: "of this event"})
			}
		}
		for _, c := range list {
			if text != "" || !slices.Contains(here, c.Key) {
				choices = append(choices, dialog.Choice{ID: c.Key, Text: c.Key, Hits: c.Matched})
			}
		}
		right := present.Safe("")
		if n, err := m.session.KeyCount(ctx, projection, at); err == nil {
			right = present.Count(len(choices)) + " of " + present.Count(n)
		}
		if at < head {
			right += " · indexed " + present.Percent(uint64(at), uint64(head))
		}
		return fed{text: text, choices: choices, right: right}
	})
}

func (m *Model) keyPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	if p.ID == "" {
		return nil
	}
	return m.pinKey(p.ID)
}

// pinKey shows a key's document whatever the event.
func (m *Model) pinKey(key string) tea.Cmd {
	m.cursor.Key, m.cursor.Pinned = key, true
	m.session.Visit(m.cursor, false)
	return m.askScene()
}

// togglePin keeps the key that is shown, or lets it go.
func (m *Model) togglePin() tea.Cmd {
	if m.cursor.Pinned {
		m.cursor.Pinned = false
		m.session.Visit(m.cursor, false)
		return tea.Batch(m.askScene(), m.say("the state follows the event again"))
	}
	return tea.Batch(m.pinKey(m.scene.document.Key), m.say("pinned "+present.Clip(m.scene.document.Key, 60)+": it stays while stepping"))
}

// openProjections picks the projection that makes the state.
func (m *Model) openProjections() tea.Cmd {
	return m.asks.ask(lanePick, func(ctx context.Context) result {
		list, err := m.session.Projections(ctx)
		if err != nil {
			return failure{"projections", err}
		}
		return projections{list}
	})
}

// projections is what can be chosen from.
type projections struct{ list []timeline.Projection }

func (p projections) apply(m *Model) tea.Cmd {
	var choices []dialog.Choice
	known := map[string]bool{}
	for _, x := range p.list {
		c := dialog.Choice{ID: "name " + x.Name, Text: x.Name, Note: builtNote(x)}
		if !x.InUse {
			c.ID = "use " + x.Ref
		}
		if x.Name == m.projectionName() {
			c.Note = "shown · " + c.Note
		}
		if x.Err != nil {
			c.Help = present.Clip(x.Err.Error(), 200)
		}
		choices = append(choices, c)
		known[x.Ref] = true
	}
	for _, b := range m.session.Builtins() {
		if !known[b.Name] {
			choices = append(choices, dialog.Choice{ID: "use " + b.Name, Text: b.Name, Note: "not built", Help: present.Text(b.Title)})
		}
	}
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askProjection, Title: "Projection", Label: "P", Ghost: "name, or path of a .star file", Foot: "enter shows it · esc leaves",
		Choices: choices, Free: true, Empty: "enter opens the script of this path",
	}))
	return nil
}

func builtNote(p timeline.Projection) present.Safe {
	note := present.Counted(p.Keys, "key")
	if p.Errors > 0 {
		note += " · " + present.Counted(p.Errors, "failed fold")
	}
	if p.Position < p.Head {
		note += " · " + present.Position(p.Head-p.Position) + " behind"
	}
	return note
}

func (m *Model) projectionPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	if p.ID == "" {
		if p.Text == "" {
			return nil
		}
		return m.use(p.Text, false)
	}
	if name, ok := cutWord(p.ID, "name"); ok {
		return m.project(name)
	}
	ref, _ := cutWord(p.ID, "use")
	return m.use(ref, false)
}

// project shows another projection that is in use.
func (m *Model) project(name string) tea.Cmd {
	m.cursor.Projection = name
	m.scene.document.Key = ""
	m.events.forget(m)
	m.about.built = m.session.Indexed(name)
	m.session.Visit(m.cursor, false)
	return tea.Batch(m.askScene(), m.askStrip(), m.filterAgain())
}

// use takes a projection into use, and shows it or compares with it.
func (m *Model) use(ref string, beside bool) tea.Cmd {
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		p, err := m.session.Use(ctx, ref, "")
		if err != nil {
			return failure{"projection", err}
		}
		return used{p, beside}
	})
}

// used is a projection that is in use now.
type used struct {
	projection timeline.Projection
	beside     bool
}

func (u used) apply(m *Model) tea.Cmd {
	if u.beside {
		return m.compareWith(comparing{projection: u.projection.Name})
	}
	return m.project(u.projection.Name)
}

// projectionName is the name of the shown projection.
func (m *Model) projectionName() string {
	if m.cursor.Projection == "" {
		return m.about.projection
	}
	return m.cursor.Projection
}

func pathOf(c timeline.Cursor) value.Pointer { return value.Pointer(c.Path) }
