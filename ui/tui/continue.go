package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/pane"
)

const forward, backward = timeline.Forward, timeline.Backward

// goOn continues from the cursor to the next hit of a breakpoint or watchpoint, forwards or backwards.
func (m *Model) goOn(d timeline.Direction) tea.Cmd { return m.continueTo(d, m.points.enabled()) }

// nextHit continues to the next hit of one breakpoint, and at the log's end from its beginning.
func (m *Model) nextHit(b debug.Breakpoint) tea.Cmd {
	if b.Kind == debug.Display {
		return m.say("a display is hit nowhere: it shows a value in the watch pane")
	}
	if b.Kind == debug.Trace {
		return m.listHits(b)
	}
	b.Enabled, b.Ignore = true, 0
	return m.continueTo(forward, []debug.Breakpoint{b})
}

func (m *Model) continueTo(d timeline.Direction, points []debug.Breakpoint) tea.Cmd {
	m.settleDown()
	from := m.cursor
	what := present.Safe("continuing")
	if d == backward {
		what = "reverse continuing"
	}
	return m.askSearch(what, func(ctx context.Context, report func(debug.Progress)) result {
		stop, _, err := m.session.Continue(ctx, from, points, d, report)
		if err != nil {
			return stoppedBy{stop, err}
		}
		if err := m.session.Book(ctx, stop); err != nil {
			return failure{"breakpoints", err}
		}
		list, err := m.session.Breakpoints(ctx)
		if err != nil {
			return failure{"breakpoints", err}
		}
		s := stopped{stop: stop, from: from.Position, dir: d, points: list}
		if stop.Found() {
			if s.event, err = m.session.Event(ctx, stop.At); err != nil {
				return failure{"event", err}
			}
		}
		return s
	})
}

// stopped is where a continue ended.
type stopped struct {
	stop   debug.Stop
	event  timeline.Event // where it stopped
	from   event.Position
	dir    timeline.Direction
	points []debug.Breakpoint
}

func (s stopped) apply(m *Model) tea.Cmd {
	m.points.list = s.points
	if !s.stop.Found() {
		return m.tell(s.none(m))
	}
	m.lookAt(s.stop.Key, s.stop)
	return tea.Batch(m.jumpTo(s.stop.At), m.tell(m.stopText(s.stop, s.event)))
}

// none says that there is no hit, and as far as what.
func (s stopped) none(m *Model) present.Safe {
	end := present.Safe("the end of recorded history")
	switch {
	case s.dir == backward:
		end = "the start of recorded history"
	case m.load.running():
		end = "the end of what has been read so far"
	case m.about.built < m.head():
		end = "the end of what is indexed so far, " + present.Position(m.about.built)
	}
	text := present.Text(string(s.stop.Reason)) + ": " + end + " is reached"
	if n := len(m.points.list); n > 0 && len(m.points.enabled()) == 0 {
		text += " · all of the " + present.Counted(n, "breakpoint") + " are off"
	}
	return text
}

// lookAt shows the document that a stop is about, and selects the field.
func (m *Model) lookAt(key string, stop debug.Stop) {
	if key == "" {
		return
	}
	m.cursor.Key = key
	if stop.Reason == debug.AtWatchpoint {
		m.fields.path = stop.Path
	}
}

// stopText says why it was stopped: the breakpoint, old → new, the event.
func (m *Model) stopText(s debug.Stop, at timeline.Event) present.Safe {
	text := m.look.style.Glyph.Break + " "
	if b, ok := m.points.find(s.Point); ok {
		text += present.Count(b.ID) + "  " + present.Clip(b.String(), 60)
	}
	if s.Reason == debug.AtWatchpoint {
		text += ": "
		if b, ok := m.points.find(s.Point); ok && b.Key == "" {
			text += present.Clip(s.Key, 40) + " "
		}
		text += present.Change(s.Old, s.New, 60)
	}
	text += " · " + present.Clip(at.Type, 40) + " " + present.Clip(string(at.Stream), 40)
	for i, id := range s.Also {
		if i == 0 {
			text += " · also"
		}
		text += " " + present.Count(id)
	}
	return text
}

// stoppedBy is a continue that could not go on: a condition could not be asked at an event.
type stoppedBy struct {
	stop debug.Stop
	err  error
}

func (s stoppedBy) apply(m *Model) tea.Cmd {
	if s.stop.At == 0 {
		return m.complain("", s.err)
	}
	return tea.Batch(m.jumpTo(s.stop.At), m.complain("", s.err))
}

// continuable says why nothing can be stopped at; empty = something can.
func continuable(m *Model) present.Safe {
	switch {
	case len(m.points.list) == 0:
		return "nothing to stop at: b breaks on this event's type, w watches this field"
	case len(m.points.enabled()) == 0:
		return "every breakpoint is off, or stops nobody: B lists them"
	}
	return ""
}

// stepLine goes by a number of events: n 5.
func stepLine(sign int) func(m *Model, args string) tea.Cmd {
	return func(m *Model, args string) tea.Cmd {
		n, err := strconv.Atoi(strings.ReplaceAll(args, ",", ""))
		if err != nil || n <= 0 {
			return m.complain("", fmt.Errorf("%q is no number of events: write n 5, rn 5", args))
		}
		return m.byEvents(sign * n)
	}
}

// printLine shows what an expression says here.
func (m *Model) printLine(args string) tea.Cmd {
	p := timeline.Point{Projection: m.cursor.Projection, Key: m.scene.document.Key, At: m.cursor.Position}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		v, err := m.session.Evaluate(ctx, p, args)
		if err != nil {
			return failure{"", err}
		}
		if text := present.Preview(v, 100); present.Width(text) < 100 {
			return evaluated{present.Clip(args, 80) + " = " + text}
		}
		return toRead{present.Clip(args, 60), present.Clip(p.Key, 40) + " @ " + present.Position(p.At), string(v.AppendIndent(nil, "", "  "))}
	})
}

// evaluated is what an expression says, on one line.
type evaluated struct{ text present.Safe }

func (e evaluated) apply(m *Model) tea.Cmd { return m.tell(e.text) }

// breakMarks are the marks of the hits on the timeline.
func (m *Model) breakMarks() []pane.StripMark {
	var marks []pane.StripMark
	for i, c := range m.strip.data.Columns {
		for _, b := range m.points.list {
			if hits, ok := m.hits.of(b.ID); ok && b.Enabled && hits.within(c.From, c.To) {
				marks = append(marks, pane.StripMark{Column: i, Kind: pane.BreakMark})
				break
			}
		}
	}
	return marks
}
