package timeline

import (
	"context"
	"fmt"
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
	StepGap                         // the next event that came after a gap in time
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
	Gap        time.Duration // for StepGap: the least gap; 0 = twenty times the log's mean distance of two events
	Filter     Filter        // only events that it picks, for StepEvent, StepFirst and StepLast
}

// Stop is where a step ended.
type Stop struct {
	Position event.Position
	Moved    bool   // false: there was nothing further that way, and Position is where the step began
	Taken    int    // how many of Count were taken
	Reason   string // in plain words why it went no further: "end of recorded history", "no later change of /status"; else ""
}

// Step goes from a position to the next one that the step asks for. With Count, it goes as far as it can.
func (s *Session) Step(ctx context.Context, from event.Position, step Step) (Stop, error) {
	move, err := s.mover(ctx, from, step)
	if err != nil {
		return Stop{Position: from}, err
	}
	stop := Stop{Position: from}
	for range max(step.Count, 1) {
		next, ok, err := move.next(ctx, stop.Position)
		if err != nil {
			return Stop{Position: from}, err
		}
		if !ok || next == stop.Position {
			stop.Reason = move.none
			break
		}
		stop.Position, stop.Moved = next, true
		stop.Taken++
	}
	return stop, nil
}

// mover is one step that can be taken again, and why it can not.
type mover struct {
	next func(ctx context.Context, at event.Position) (event.Position, bool, error)
	none string
}

// Ends of a log, in the words that delve's users asked for.
const (
	startOfHistory = "start of recorded history"
	endOfHistory   = "end of recorded history"
)

func (s *Session) mover(ctx context.Context, from event.Position, step Step) (mover, error) {
	back := step.Direction == Backward
	none, side := endOfHistory, "later"
	if back {
		none, side = startOfHistory, "earlier"
	}
	switch step.Kind {
	case StepEvent:
		return s.byFilter(step.Filter, back, none), nil
	case StepFirst:
		return mover{func(ctx context.Context, _ event.Position) (event.Position, bool, error) {
			return s.beside(ctx, step.Filter, 0, false)
		}, startOfHistory}, nil
	case StepLast:
		return mover{func(ctx context.Context, _ event.Position) (event.Position, bool, error) {
			return s.beside(ctx, step.Filter, s.Head()+1, true)
		}, endOfHistory}, nil
	case StepStream, StepCorrelation:
		return s.bySame(ctx, from, step, back, side)
	case StepKey, StepChange:
		return s.byChange(ctx, from, step, back, side)
	case StepGap:
		return s.byGap(ctx, step, back, side)
	case StepMark:
		return mover{func(ctx context.Context, at event.Position) (event.Position, bool, error) {
			return s.besideMark(ctx, at, back)
		}, "no " + side + " mark"}, nil
	case StepProblem:
		return s.byProblem(step, back, side)
	}
	return mover{}, fmt.Errorf("step of unknown kind %d", step.Kind)
}

func (s *Session) byFilter(f Filter, back bool, none string) mover {
	return mover{func(ctx context.Context, at event.Position) (event.Position, bool, error) {
		return s.beside(ctx, f, at, back)
	}, none}
}

// bySame steps within the stream or the correlation of the event where the step begins.
func (s *Session) bySame(ctx context.Context, from event.Position, step Step, back bool, side string) (mover, error) {
	nowhere := func(why string) (mover, error) {
		return mover{func(context.Context, event.Position) (event.Position, bool, error) { return 0, false, nil }, why}, nil
	}
	if from == 0 {
		return nowhere("there is no event at the cursor")
	}
	e, err := s.log.Event(ctx, from)
	if err != nil {
		return mover{}, fmt.Errorf("event %d: %w", from, err)
	}
	if step.Kind == StepStream {
		if e.Stream == "" {
			return nowhere("this event has no stream")
		}
		return s.byFilter(Filter{Stream: string(e.Stream)}, back, "no "+side+" event of stream "+string(e.Stream)), nil
	}
	if e.Correlation == "" {
		return nowhere("this event has no correlation id")
	}
	return s.byFilter(Filter{Correlation: e.Correlation}, back, "no "+side+" event of correlation "+e.Correlation), nil
}

// byChange steps over the changes of a path of a key; the path of a whole document is "".
func (s *Session) byChange(ctx context.Context, from event.Position, step Step, back bool, side string) (mover, error) {
	l, err := s.ready(step.Projection, from)
	if err != nil {
		return mover{}, err
	}
	key, path := step.Key, step.Path
	if step.Kind == StepKey {
		path = ""
	}
	if key == "" {
		keys, err := s.KeysOf(ctx, step.Projection, from)
		if err != nil {
			return mover{}, err
		}
		if len(keys) == 0 {
			return mover{}, fmt.Errorf("the event at position %d belongs to no key of %s", from, l.name)
		}
		key = keys[0]
	}
	what := string(path)
	if what == "" {
		what = key
	}
	return mover{func(ctx context.Context, at event.Position) (event.Position, bool, error) {
		look := l.ix.Next
		if back {
			look = l.ix.Prev
		}
		change, ok, err := look(ctx, key, path, at)
		if err != nil {
			return 0, false, fmt.Errorf("change of %s: %w", what, err)
		}
		return change.Position, ok, nil
	}, "no " + side + " change of " + what}, nil
}

func (s *Session) byProblem(step Step, back bool, side string) (mover, error) {
	l, err := s.lens(step.Projection)
	if err != nil {
		return mover{}, err
	}
	return mover{func(ctx context.Context, at event.Position) (event.Position, bool, error) {
		from, to := at+1, l.ix.Built()
		if back {
			from, to = 1, at-min(at, 1)
		}
		found := event.Position(0)
		if from > to {
			return 0, false, nil
		}
		for e, err := range l.ix.Errors(ctx, from, to) {
			if err != nil {
				return 0, false, fmt.Errorf("fold errors: %w", err)
			}
			if found = e.Position; !back {
				break
			}
		}
		return found, found > 0, nil
	}, "no " + side + " failed fold"}, nil
}
