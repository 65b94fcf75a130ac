package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
)

// moves is the steps that are still to be made. Keys that come faster than answers wait here, so that none is lost.
type moves struct {
	waiting []move
	last    *move // for repeat
}

// move is a step with what it means for the trail.
type move struct {
	step timeline.Step
	jump bool // the place that is left goes on the trail
}

// mostWaiting bounds the steps that wait.
const mostWaiting = 64

// goTo makes a position the one that is shown. A jump leaves the place on the trail.
func (m *Model) goTo(to event.Position, jump bool) tea.Cmd {
	to = min(to, m.head())
	from := m.cursor.Position
	m.events.moveRow(&m.scene.window, from, to, m.eventRows())
	m.cursor.Position = to
	m.load.opening = ""
	if to < from {
		m.play.follow = false
	}
	m.session.Visit(m.cursor, jump)
	return tea.Batch(m.askScene(), m.keepInSight())
}

// jumpTo goes somewhere on a person's word: playback ends, steps that wait are forgotten.
func (m *Model) jumpTo(to event.Position) tea.Cmd {
	m.settleDown()
	return m.goTo(to, true)
}

// settleDown ends what moves the cursor by itself.
func (m *Model) settleDown() {
	m.play.stop()
	m.moves.waiting = nil
	m.asks.drop(laneMove)
}

// take makes a step, after those that are under way.
func (m *Model) take(s timeline.Step, jump bool) tea.Cmd {
	m.play.stop()
	mv := move{s, jump}
	if s.Kind != timeline.StepEvent {
		m.moves.last = &mv
	}
	if m.asks.open(laneMove) {
		if len(m.moves.waiting) < mostWaiting {
			m.moves.waiting = append(m.moves.waiting, mv)
		}
		return nil
	}
	return m.start(mv)
}

// start makes a step now. Going by one event, where no filter is set, needs no answer.
func (m *Model) start(mv move) tea.Cmd {
	from := m.cursor.Position
	if s := mv.step; s.Kind == timeline.StepEvent && s.Filter.Everything() {
		n := event.Position(max(s.Count, 1))
		to := min(from+n, m.head())
		if s.Direction == timeline.Backward {
			to = from - min(from, n)
		}
		if to == from {
			return m.sayEnd(s.Direction == timeline.Forward)
		}
		return m.goTo(to, mv.jump)
	}
	return m.asks.ask(laneMove, func(ctx context.Context) result {
		stop, err := m.session.Step(ctx, from, mv.step)
		if err != nil {
			return failure{"step", err}
		}
		return stepped{stop, mv}
	})
}

// stepped is where a step led.
type stepped struct {
	stop timeline.Stop
	move move
}

func (s stepped) apply(m *Model) tea.Cmd {
	var cmds []tea.Cmd
	if s.stop.Moved {
		cmds = append(cmds, m.goTo(s.stop.Position, s.move.jump))
	} else {
		m.moves.waiting = nil
		cmds = append(cmds, m.sayText(s.stop.Reason))
	}
	for len(m.moves.waiting) > 0 && !m.asks.open(laneMove) {
		next := m.moves.waiting[0]
		m.moves.waiting = m.moves.waiting[1:]
		cmds = append(cmds, m.start(next))
	}
	return tea.Batch(cmds...)
}

// sayEnd says that there is nothing further in a direction.
func (m *Model) sayEnd(forward bool) tea.Cmd {
	switch {
	case !forward:
		return m.say("start of recorded history")
	case m.load.running():
		return m.say("end of what has been read so far")
	}
	return m.say("end of recorded history")
}

// by is a step of a kind.
func (m *Model) by(kind timeline.StepKind, d timeline.Direction) tea.Cmd {
	s := timeline.Step{Kind: kind, Direction: d, Projection: m.cursor.Projection, Filter: m.filter.pick}
	return m.take(s, kind != timeline.StepEvent && kind != timeline.StepStream)
}

// byEvents goes by a number of events of the list.
func (m *Model) byEvents(n int) tea.Cmd {
	s := timeline.Step{Kind: timeline.StepEvent, Direction: timeline.Forward, Count: n, Filter: m.filter.pick}
	if n < 0 {
		s.Direction, s.Count = timeline.Backward, -n
	}
	return m.take(s, false)
}

// byChange goes to the next change of the selected field.
func (m *Model) byChange(d timeline.Direction) tea.Cmd {
	return m.changeOf(m.chosenPath(), d)
}

func (m *Model) changeOf(path value.Pointer, d timeline.Direction) tea.Cmd {
	return m.take(timeline.Step{
		Kind: timeline.StepChange, Direction: d, Projection: m.cursor.Projection, Key: m.scene.document.Key, Path: path,
	}, true)
}

// toEnd goes to the first or the last event of the list.
func (m *Model) toEnd(kind timeline.StepKind) tea.Cmd {
	return m.take(timeline.Step{Kind: kind, Filter: m.filter.pick}, true)
}

func (m *Model) repeat() tea.Cmd {
	mv := *m.moves.last
	return m.take(mv.step, mv.jump)
}

// back goes to the last place of the trail.
func (m *Model) back() tea.Cmd {
	c, ok := m.session.Back()
	if !ok {
		return m.say("the trail begins here")
	}
	m.settleDown()
	restored := m.cursor
	m.cursor.Pinned, m.cursor.Key = c.Pinned, c.Key
	if c.Projection != "" {
		m.cursor.Projection = c.Projection
	}
	if restored.Projection != m.cursor.Projection {
		m.events.forget(m)
		return tea.Batch(m.goTo(c.Position, false), m.filterAgain())
	}
	return m.goTo(c.Position, false)
}

// goWhere goes to where a text says.
func (m *Model) goWhere(text string) tea.Cmd {
	base := timeline.Base{At: m.cursor.Position, Zone: m.zone()}
	return m.asks.ask(laneMove, func(ctx context.Context) result {
		p, err := m.session.Resolve(ctx, text, base)
		if err != nil {
			return failure{"", err}
		}
		return found{p.Position}
	})
}

// found is a position to jump to.
type found struct{ at event.Position }

func (f found) apply(m *Model) tea.Cmd { return m.jumpTo(f.at) }
