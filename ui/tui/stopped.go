package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/pane"
)

// lookAtBuild takes in whether the index of the shown projection can not be built any further, and says so once.
func (m *Model) lookAtBuild() tea.Cmd {
	was := m.about.stopped
	m.about.stopped = m.session.Stopped(m.cursor.Projection)
	if m.about.stopped == nil || was != nil && was.Error() == m.about.stopped.Error() {
		return nil
	}
	m.showCard(dialog.NewCard(pane.Card{Title: "! " + present.Clip(m.projectionName(), 40) + " can not go on", Text: m.stoppedText(m.about.stopped)}))
	return m.askScene()
}

// stoppedText says why an index stopped, how far it came, and how it goes on.
func (m *Model) stoppedText(err error) []present.Safe {
	var text []present.Safe
	remedy := present.Safe(":reload goes on from there.")
	var script *timeline.ScriptError
	if errors.As(err, &script) {
		text = m.scriptText(script)
		if script.File != "" {
			remedy = "Saving " + fileName(script.File) + " builds it again; so does :reload."
		}
	} else {
		text = wrapped(err.Error(), m.cardWidth())
	}
	reach := "The index reaches " + present.Position(m.about.built) + " of " + present.Position(m.head()) + "."
	return append(text, "", reach, remedy)
}
