package tui

import "asof/ui/present"

// The functions below say why a command can not be done now; empty = it can.

// reason asks a command.
func (m *Model) reason(c *command) present.Safe {
	if c.when == nil {
		return ""
	}
	return c.when(m)
}

func atEvent(m *Model) present.Safe {
	if m.cursor.Position == 0 {
		return "there is no event at the cursor"
	}
	return ""
}

func correlated(m *Model) present.Safe {
	if !m.scene.hasEvent() || m.scene.event.Correlation == "" {
		return "this event has no correlation"
	}
	return ""
}

func hasKey(m *Model) present.Safe {
	if m.scene.document.Key == "" && len(m.scene.keys) == 0 {
		return noKey
	}
	return ""
}

const noKey = "no key is shown: K picks one"

func watchingSomething(m *Model) present.Safe {
	if len(m.watched()) == 0 {
		return "nothing is watched: w watches the selected field"
	}
	return ""
}

func repeatable(m *Model) present.Safe {
	if m.moves.last == nil {
		return "there is no step to repeat yet"
	}
	return ""
}

func findable(m *Model) present.Safe {
	if m.search.matcher == nil && m.search.all == nil {
		return "nothing was looked for: / finds"
	}
	return ""
}

func comparingNow(m *Model) present.Safe {
	if !m.compare.on {
		return "nothing is compared: c compares"
	}
	return ""
}

func comparingProjections(m *Model) present.Safe {
	if !m.compare.on || m.compare.projection == "" {
		return "no two projections are compared: c compares"
	}
	return ""
}
