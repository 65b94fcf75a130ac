package tui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/ui/present"
)

// clock is how the list's times are shown.
type clock struct{ mode clockMode }

type clockMode uint8

const (
	clockDelta clockMode = iota // since the event before
	clockUTC
	clockZone // the zone that was asked for; the machine's own if that is UTC
	clockMark // since the mark before
	clockModes
)

func (c clock) next(m *Model) tea.Cmd {
	c.mode = (c.mode + 1) % clockModes
	if c.mode == clockMark && len(m.marks) == 0 {
		c.mode = clockDelta
	}
	m.look.clock = c
	text := [...]present.Safe{"times since the event before", "times in UTC", "times in " + present.Text(m.zone().String()), "times since the mark before"}
	return tea.Batch(m.say(text[c.mode]), m.askStrip())
}

func (m *Model) nextClock() tea.Cmd { return m.look.clock.next(m) }

// zone is the zone of all times on the screen.
func (m *Model) zone() *time.Location {
	switch m.look.clock.mode {
	case clockUTC:
		return time.UTC
	case clockZone:
		if m.options.Zone == time.UTC {
			return time.Local
		}
	case clockDelta, clockMark, clockModes:
	}
	return m.options.Zone
}

// width is the columns that the list's times take.
func (c clock) width() int {
	if c.mode == clockDelta || c.mode == clockMark {
		return 7
	}
	return 0
}

// column is the time of a row of the list.
func (c clock) column(m *Model, r *timeline.EventRow) present.Safe {
	switch c.mode {
	case clockUTC, clockZone:
		return present.Clock(r.Time, m.zone(), 3)
	case clockMark:
		if since, ok := m.sinceMark(r.Position, r.Time); ok {
			return since
		}
	case clockDelta, clockModes:
	}
	if !r.HasDelta {
		return ""
	}
	return present.Delta(r.Delta)
}

// sinceMark is how long after the mark before it an event was; only marks in sight have a known time.
func (m *Model) sinceMark(at event.Position, t event.Time) (present.Safe, bool) {
	for i := len(m.marks) - 1; i >= 0; i-- {
		if k := m.marks[i]; k.Position <= at {
			then, ok := m.about.markTimes[k.Position]
			if !ok || then.IsZero() || t.IsZero() {
				return "", ok
			}
			return present.Delta(t.Sub(then)), true
		}
	}
	return "", false
}

func uintText(n uint64) string { return strconv.FormatUint(n, 10) }
