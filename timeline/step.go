package timeline

import (
	"context"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// StepKind says what a step goes to.
type StepKind uint8

// What a step can go to.
const (
	StepEvent       StepKind = iota // the next event
	StepStream                      // the next event of the same stream
	StepCorrelation                 // the next event of the same correlation
	StepKey                         // the next event that changed the key's document
	StepChange                      // the next event that changed what stands at Path of Key
	StepGap                         // the next event after a gap in time
	StepMark                        // the next mark
	StepProblem                     // the next failed fold
	StepFirst                       // the first event; Direction is not looked at
	StepLast                        // the last event; Direction is not looked at
)

// Step is a move, as a value: it can be repeated.
type Step struct {
	Kind       StepKind
	Direction  Direction // 0 = Forward
	Count      int       // times; 0 = 1
	Projection string    // for StepKey, StepChange and StepProblem
	Key        string    // for StepKey and StepChange; "" = the key of the event at the cursor
	Path       value.Pointer
	Gap        time.Duration // for StepGap: the least gap; 0 = the log's own idea of one
	Filter     Filter        // only events that it picks, for StepEvent
}

// Stop is where a step ended.
type Stop struct {
	Position event.Position
	Moved    bool   // false: there was nothing further that way, and Position is where the step began
	Taken    int    // how many of Count were taken
	Reason   string // in plain words: "end of recorded history", "no later change of /status"
}

// Step goes from a position to the next one that the step asks for. With Count, it goes as far as it can.
func (s *Session) Step(ctx context.Context, from event.Position, step Step) (Stop, error) {
	return Stop{}, nil
}
