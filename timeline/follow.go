package timeline

import (
	"context"
	"iter"

	"asof/engine/event"
)

// Standing says how a position lies to the live end.
type Standing struct {
	Following bool           // the position is the end of the log
	Behind    event.Position // how many events lie after it
}

// String is "following" or "in the past".
func (s Standing) String() string {
	if s.Following {
		return "following"
	}
	return "in the past"
}

// Standing says how a position lies to the live end, now.
func (s *Session) Standing(pos event.Position) Standing {
	head := s.Head()
	return Standing{Following: pos >= head, Behind: head - min(pos, head)}
}

// Follow yields the head each time the log has grown beyond the given position, whoever wrote to it, until ctx ends or the
// caller stops. The indexes in use follow by themselves; Await waits for them.
func (s *Session) Follow(ctx context.Context, after event.Position) iter.Seq[event.Position] {
	return s.log.Subscribe(ctx, after)
}
