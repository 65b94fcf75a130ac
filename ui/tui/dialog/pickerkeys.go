package dialog

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Update implements Dialog.
func (p *Picker) Update(msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.MouseClickMsg:
		return p.click(msg.X-p.bounds.X, msg.Y-p.bounds.Y), nil
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			p.list.ScrollBy(-3)
		} else {
			p.list.ScrollBy(3)
		}
		return nil, nil
	}
	return p.edit(msg)
}

func (p *Picker) key(msg tea.KeyPressMsg) (Action, tea.Cmd) {
	name := msg.String()
	if p.ask.Letters {
		name = p.arrow(name)
	}
	switch name {
	case "esc":
		return Close{}, nil
	case "up", "ctrl+p", "shift+tab":
		p.move(-1)
	case "down", "ctrl+n":
		p.move(1)
	case "pgup":
		p.list.Page(-1)
	case "pgdown":
		p.list.Page(1)
	case "tab":
		return p.fill(), nil
	case "enter":
		return p.pick(name), nil
	default:
		switch {
		case slices.Contains(p.ask.Keys, name):
			return p.pick(name), nil
		case p.ask.Letters:
			return p.letter(name), nil
		}
		return p.edit(msg)
	}
	return nil, nil
}

// arrow is the arrow that j and k stand for, as in every list where nothing is typed, but in a menu that has one of them as a letter.
func (p *Picker) arrow(name string) string {
	if slices.ContainsFunc(p.shown, func(c Choice) bool { return c.ID == "j" || c.ID == "k" }) {
		return name
	}
	switch name {
	case "j":
		return "down"
	case "k":
		return "up"
	}
	return name
}

func (p *Picker) move(n int) {
	p.list.Move(n)
	p.moved = true
}

// fill puts what the choice stands for into the line; where it stands for nothing, tab goes to the next row.
func (p *Picker) fill() Action {
	c, ok := p.current()
	if !ok || c.Fill == "" || c.Fill == p.input.Value() {
		p.move(1)
		return nil
	}
	p.input.SetValue(c.Fill)
	return p.changed()
}

func (p *Picker) letter(name string) Action {
	if name == "q" {
		return Close{}
	}
	for i, c := range p.shown {
		if c.ID == name {
			p.list.MoveTo(i)
			return p.pick("enter")
		}
	}
	return nil
}

func (p *Picker) current() (Choice, bool) {
	if i := p.list.Cursor(); i < len(p.shown) {
		return p.shown[i], true
	}
	return Choice{}, false
}

func (p *Picker) pick(key string) Action {
	c, ok := p.current()
	if (!ok || c.Muted) && !p.ask.Free {
		return nil
	}
	return Picked{Purpose: p.ask.Purpose, ID: c.ID, Fill: c.Fill, Text: p.input.Value(), Key: key, Moved: p.moved}
}

func (p *Picker) click(x, y int) Action {
	if x < 0 || x >= p.bounds.W || y < 0 || y >= p.bounds.H {
		return Close{}
	}
	row := p.view().RowAt(y)
	if i, ok := p.list.Row(row); ok && row >= 0 {
		p.list.MoveTo(i)
		p.moved = true
		return p.pick("enter")
	}
	return nil
}

func (p *Picker) edit(msg tea.Msg) (Action, tea.Cmd) {
	if p.ask.Letters {
		return nil, nil
	}
	before := p.input.Value()
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	if p.input.Value() == before {
		return nil, cmd
	}
	return p.changed(), cmd
}

func (p *Picker) changed() Action {
	p.help = ""
	if p.rest > 0 {
		p.Resize(p.screen)
	}
	if p.ask.Fed {
		p.moved = false
	} else {
		p.narrow()
	}
	return Typed{Purpose: p.ask.Purpose, Text: p.input.Value()}
}
