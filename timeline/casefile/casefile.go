// Package casefile keeps what a person adds to a store while looking: marks, notes, the trail and the cursor. It is a file
// of its own beside the log, so that looking never writes to the log.
package casefile

import (
	"time"

	"asof/engine/event"
)

// Mark is a named position.
type Mark struct {
	Name     string         `json:"name"`
	Position event.Position `json:"position"`
	Note     string         `json:"note,omitempty"`
	Created  time.Time      `json:"created"`
}

// Note is a text at a position.
type Note struct {
	Number   uint64         `json:"number"`
	Position event.Position `json:"position"`
	Text     string         `json:"text"`
	Created  time.Time      `json:"created"`
}
