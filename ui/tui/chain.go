package tui

import (
	"context"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/present"
)

// checkChain verifies the chain once, when nothing more urgent is to be done.
func (m *Model) checkChain() tea.Cmd {
	if m.about.checked || m.load.running() || m.head() == 0 || m.about.built < m.head() {
		return nil
	}
	m.about.checked = true
	box := &atomic.Pointer[timeline.VerifyProgress]{}
	m.about.verify = box
	return m.asks.ask(laneChain, func(ctx context.Context) result {
		check, err := m.session.VerifyChain(ctx, func(p timeline.VerifyProgress) {
			box.Store(&p)
			m.quiet.wait(ctx, pauseFor)
		})
		if err != nil {
			return failure{"chain", err}
		}
		return chained{check}
	})
}

// chained is what the check of the chain found.
type chained struct{ check timeline.Check }

func (c chained) apply(m *Model) tea.Cmd {
	if c.check.OK {
		return nil
	}
	m.about.broken = true
	text := present.Safe("the log is not as it was written: ") + present.Clip(c.check.Detail, 200)
	return m.show(text, true)
}

// alert is what must not be overlooked in the title row; empty = nothing.
func (m *Model) alert() present.Safe {
	switch {
	case m.scene.broken != nil:
		return "unreadable"
	case m.about.broken:
		return "chain broken"
	case m.reload.refused[m.projectionName()]:
		return "script not taken over"
	case m.reload.refused[m.problems.file]:
		return "rules not taken over"
	}
	return ""
}
