package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/ui/tui/dialog"
	"asof/ui/tui/style"
)

// Update implements tea.Model: size and colour, keys, the mouse, results, ticks.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	return m, tea.Batch(m.sort(msg), m.keepPulse())
}

func (m *Model) sort(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		return m.paint(msg.IsDark())
	case answer:
		return m.answered(msg)
	case tick:
		return msg.tick(m)
	case tea.KeyPressMsg:
		m.quiet.stir()
		return m.pressed(msg)
	case tea.MouseMsg:
		m.quiet.stir()
		return m.pointed(msg)
	case wheel:
		m.quiet.stir()
		return m.wheeled(msg)
	}
	return m.toDialog(msg)
}

// tick is a message that time brings.
type tick interface{ tick(m *Model) tea.Cmd }

// answered lets a result do its work, if nothing newer was asked.
func (m *Model) answered(msg answer) tea.Cmd {
	if !m.asks.take(msg) {
		return nil
	}
	more := tea.Cmd(nil)
	if msg.lane == laneSearch { // which the marks had made room for
		more = m.askHits()
	}
	if msg.result == nil {
		return more
	}
	return tea.Batch(msg.result.apply(m), more)
}

// paint chooses the colours for the terminal's ground.
func (m *Model) paint(dark bool) tea.Cmd {
	if m.options.Theme != "dark" && m.options.Theme != "light" {
		m.look.style = style.New(style.Options{Dark: dark, ASCII: m.options.ASCII, NoColor: m.options.NoColor})
	}
	return nil
}

// pressed gives a key to the top dialog, else to the command that it stands for. Quitting by ctrl+c always works.
func (m *Model) pressed(msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	if key == "ctrl+c" {
		if said, stopped := m.stopSearch(); stopped { // as debuggers do: the next one quits
			return said
		}
		return tea.Interrupt
	}
	if m.dialogs.Top() != nil {
		return m.toDialog(msg)
	}
	m.note.clear()
	if c := m.table.find(m.focus(), key); c != nil {
		return m.run(c)
	}
	return nil
}

// run does a command, or says why it can not be done now.
func (m *Model) run(c *command) tea.Cmd {
	if c.when != nil {
		if reason := c.when(m); reason != "" {
			return m.say(reason)
		}
	}
	return c.run(m)
}

// toDialog gives a message to the top dialog and does what came of it.
func (m *Model) toDialog(msg tea.Msg) tea.Cmd {
	top := m.dialogs.Top()
	if top == nil {
		return nil
	}
	action, cmd := top.Update(msg)
	return tea.Batch(cmd, m.act(action))
}

// act does what came of a dialog.
func (m *Model) act(action dialog.Action) tea.Cmd {
	switch a := action.(type) {
	case dialog.Close:
		return m.closed(a)
	case dialog.Typed:
		return handlerOf(a.Purpose).typed(m, a.Text)
	case dialog.Picked:
		return handlerOf(a.Purpose).picked(m, a)
	case dialog.Confirmed:
		m.dialogs.Pop()
		return handlerOf(a.Purpose).confirmed(m)
	case dialog.Run:
		m.dialogs.Pop()
		if c := m.table.named(a.Name); c != nil {
			return m.run(c)
		}
	case dialog.Copy:
		return m.copyText(a.What, a.Text)
	}
	return nil
}

// closed takes the top dialog away; what it had asked is not wanted any more.
func (m *Model) closed(a dialog.Close) tea.Cmd {
	m.dialogs.Pop()
	m.asks.drop(lanePick)
	m.asks.drop(lanePreview)
	if key, ok := a.Pass.(tea.KeyPressMsg); ok {
		return m.pressed(key)
	}
	return nil
}

// pulseEvery is how often progress is looked at while something is under way.
const pulseEvery = 100 * time.Millisecond

// idleEvery is the same while a source is only watched for more.
const idleEvery = time.Second

// pulse looks how far things are that go on beside the screen.
type pulse struct{}

func (pulse) tick(m *Model) tea.Cmd {
	m.look.pulse = false
	return m.lookAround()
}

// keepPulse keeps one pulse coming while something is under way.
func (m *Model) keepPulse() tea.Cmd {
	every := pulseEvery
	switch {
	case m.look.pulse:
		return nil
	case m.underway():
	case m.load.active || m.load.stale:
		every = idleEvery
	default:
		return nil
	}
	m.look.pulse = true
	return m.asks.after(every, pulse{})
}
