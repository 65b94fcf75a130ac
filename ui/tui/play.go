package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline/play"
	"asof/ui/present"
)

// playback moves the cursor by itself: at a pace, or with the log's end.
type playback struct {
	on     bool
	run    int // which playback it is: ticks of an earlier one do nothing
	pace   play.Pace
	from   event.Position
	since  time.Time
	follow bool
}

// startPace is how fast playback begins.
var startPace = play.Pace{PerSecond: 10}

// frame is how often playback moves on.
const frame = 33 * time.Millisecond

func (p *playback) stop() { p.on = false }

// togglePlay starts or ends playback.
func (m *Model) togglePlay() tea.Cmd {
	if m.play.on {
		m.play.stop()
		return m.say("paused at " + present.Position(m.cursor.Position))
	}
	if m.cursor.Position >= m.head() {
		return m.sayEnd(true)
	}
	m.settleDown()
	m.play.follow = false
	m.play.on = true
	return m.playFrom()
}

// playFrom begins to count at the cursor.
func (m *Model) playFrom() tea.Cmd {
	m.play.run++
	m.play.from, m.play.since = m.cursor.Position, m.options.Now()
	return m.asks.after(frame, playTick{m.play.run})
}

// pace makes playback faster or slower.
func (m *Model) pace(p play.Pace) tea.Cmd {
	m.play.pace = p
	said := m.say("playing " + paceText(p))
	if m.play.on {
		return tea.Batch(said, m.playFrom())
	}
	return said
}

func paceText(p play.Pace) present.Safe {
	if p.ByTime() {
		return present.Text(p.String())
	}
	return present.Text(p.String()) + " events"
}

// togglePace switches between the log's own time and events a second.
func (m *Model) togglePace() tea.Cmd {
	if m.play.pace.ByTime() {
		return m.pace(startPace)
	}
	return m.pace(play.Pace{Times: 10})
}

// playTick is time for the next step of playback.
type playTick struct{ run int }

func (t playTick) tick(m *Model) tea.Cmd {
	if !m.play.on || t.run != m.play.run {
		return nil
	}
	next := m.asks.after(frame, t)
	if m.asks.open(laneScene) || m.asks.open(lanePlay) { // the screen first: a late frame loses nothing
		return next
	}
	from, pace, elapsed := m.play.from, m.play.pace, m.options.Now().Sub(m.play.since)
	return tea.Batch(next, m.asks.ask(lanePlay, func(ctx context.Context) result {
		to, done, err := m.session.Due(ctx, from, pace, elapsed)
		if err != nil {
			return failure{"play", err}
		}
		return played{t.run, to, done}
	}))
}

// played is where playback has come to.
type played struct {
	run  int
	to   event.Position
	done bool
}

func (p played) apply(m *Model) tea.Cmd {
	if !m.play.on || p.run != m.play.run {
		return nil
	}
	var cmds []tea.Cmd
	if p.to != m.cursor.Position {
		cmds = append(cmds, m.goTo(p.to, false))
	}
	if p.done {
		m.play.stop()
		cmds = append(cmds, m.sayEnd(true))
	}
	return tea.Batch(cmds...)
}

// toggleFollow stays at the live end, or stops to.
func (m *Model) toggleFollow() tea.Cmd {
	if m.play.follow {
		m.play.follow = false
		return m.say("not following any more")
	}
	m.settleDown()
	m.play.follow = true
	return tea.Batch(m.goTo(m.liveEnd(), true), m.say("following the live end; any step back leaves it"))
}

// liveEnd is the last event whose state can be shown: a log that grows fast is a little ahead of its index, and a screen
// that ran ahead of the state would never have one.
func (m *Model) liveEnd() event.Position {
	built := m.session.Indexed(m.cursor.Projection)
	if m.compare.on && m.compare.projection != "" {
		built = min(built, m.session.Indexed(m.compare.projection))
	}
	if built == 0 {
		return m.head()
	}
	return min(m.head(), built)
}

// followOn goes to the live end, while it is followed.
func (m *Model) followOn() tea.Cmd {
	if end := m.liveEnd(); m.play.follow && end > m.cursor.Position {
		return m.goTo(end, false)
	}
	return nil
}

// lag is how far the state that is shown, and each of two that are compared, is behind the log; empty = not at all.
func (m *Model) lag() present.Safe {
	var lag present.Safe
	if m.compare.on && m.compare.projection != "" {
		for _, name := range []string{m.projectionName(), m.compare.projection} {
			if built := m.session.Indexed(name); built < m.head() {
				lag += ", " + present.Clip(name, 20) + " " + present.Position(m.head()-built) + " behind"
			}
		}
		return lag
	}
	if at := m.scene.at; at < m.head() {
		return ", " + present.Position(m.head()-at) + " behind"
	}
	return ""
}

// playing says what moves the cursor by itself; empty = nothing.
func (m *Model) playing() present.Safe {
	switch {
	case m.play.follow:
		return "live" + m.lag()
	case m.play.on && m.look.style.ASCII:
		return "> " + paceText(m.play.pace)
	case m.play.on:
		return "▶ " + paceText(m.play.pace)
	}
	return ""
}
