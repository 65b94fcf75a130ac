package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

// lastGood goes to the last event of a key before the problem at the cursor or, failing that, before the cursor.
func (m *Model) lastGood() tea.Cmd {
	p := &m.problems
	from, projection := m.cursor.Position, m.cursor.Projection
	var known *debug.Problem
	if len(p.all()) > 0 {
		if !p.known {
			return m.say("the rules are still being checked" + m.checking())
		}
		i := p.beside(from+1, backward)
		if i < 0 {
			return m.say("nothing is wrong up to here")
		}
		known = &p.list[i]
	}
	return m.asks.ask(laneMove, func(ctx context.Context) result {
		bad, key, err := problemBefore(ctx, m.session, projection, from, known)
		if err != nil {
			return failure{"last good", err}
		}
		if bad == 0 {
			return saying{"nothing is wrong up to here"}
		}
		good := timeline.Stop{Position: bad - 1}
		if key != "" {
			stop, err := m.session.Step(ctx, bad, timeline.Step{Kind: timeline.StepKey, Direction: backward, Projection: projection, Key: key})
			if err != nil {
				return failure{"last good", err}
			}
			if stop.Moved {
				good = stop
			}
		}
		return goodAt{good.Position, bad, key}
	})
}

// problemBefore is the known problem, or the failed fold at a position or before it.
func problemBefore(ctx context.Context, s Session, projection string, from event.Position, known *debug.Problem) (event.Position, string, error) {
	if known != nil {
		return known.Position, known.Key, nil
	}
	stop, err := s.Step(ctx, from+1, timeline.Step{Kind: timeline.StepProblem, Direction: backward, Projection: projection})
	if err != nil || !stop.Moved {
		return 0, "", err
	}
	for e, err := range s.FoldErrors(ctx, projection, stop.Position, stop.Position) {
		return stop.Position, e.Key, err
	}
	return stop.Position, "", nil
}

// goodAt is the last place where nothing was wrong yet.
type goodAt struct {
	at, bad event.Position
	key     string
}

func (g goodAt) apply(m *Model) tea.Cmd {
	if g.key != "" {
		m.cursor.Key = g.key
	}
	return tea.Batch(m.jumpTo(g.at), m.tell("the last good one before the problem at "+present.Position(g.bad)))
}

// saying is an answer that is said.
type saying struct{ text present.Safe }

func (s saying) apply(m *Model) tea.Cmd { return m.say(s.text) }
