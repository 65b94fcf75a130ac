package timeline

import (
	"context"
	"fmt"
	"iter"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/value"
)

// Point is what state is asked of.
type Point struct {
	Projection string // name of a projection in use; "" = the default
	Key        string
	At         event.Position
}

// State is one key's document at a point.
type State struct {
	Point
	Exists      bool
	Root        *value.Node    // nil if it does not exist; Changed() of each node is the position that last changed it
	Changed     event.Position // last change of the document at or before At, its deletion included; 0 = none
	ChangedTime event.Time
	Time        event.Time     // the log's clock at At
	Tainted     event.Position // a fold of this key failed here; 0 = none did
}

// State is a key's document. A key that was never written gives a State that does not exist, not an error.
func (s *Session) State(ctx context.Context, p Point) (State, error) {
	l, err := s.ready(p.Projection, p.At)
	if err != nil {
		return State{}, err
	}
	doc, err := l.ix.State(ctx, p.Key, p.At)
	if err != nil {
		return State{}, fmt.Errorf("state of %s at %d: %w", p.Key, p.At, err)
	}
	return s.state(ctx, l, doc)
}

func (s *Session) state(ctx context.Context, l *lens, doc asof.Document) (State, error) {
	st := State{
		Point: Point{l.name, doc.Key, doc.At}, Exists: doc.Exists, Root: doc.Root, Changed: doc.Changed, Tainted: doc.Tainted,
	}
	times, err := s.Times(ctx, []event.Position{doc.Changed})
	if err != nil {
		return State{}, err
	}
	st.ChangedTime = times[0]
	if st.Time, err = s.log.ClockAt(ctx, doc.At); err != nil {
		return State{}, fmt.Errorf("clock at %d: %w", doc.At, err)
	}
	return st, nil
}

// States is the document of every key that has one, by key. p.Key is a prefix of the keys.
func (s *Session) States(ctx context.Context, p Point) iter.Seq2[State, error] {
	return func(yield func(State, error) bool) {
		l, err := s.ready(p.Projection, p.At)
		if err != nil {
			yield(State{}, err)
			return
		}
		for key, err := range l.ix.Keys(ctx, p.At, asof.KeysOptions{Prefix: p.Key, Alive: true}) {
			var st State
			if err == nil {
				st, err = s.State(ctx, Point{l.name, key, p.At})
			}
			if !yield(st, err) || err != nil {
				return
			}
		}
	}
}

// KeysOf lists the keys which the event at a position belongs to, in the order in which the projection gave them.
func (s *Session) KeysOf(ctx context.Context, projection string, pos event.Position) ([]string, error) {
	l, err := s.ready(projection, pos)
	if err != nil || pos == 0 {
		return nil, err
	}
	keys, err := l.ix.KeysAt(ctx, pos)
	if err != nil {
		return nil, fmt.Errorf("keys of event %d: %w", pos, err)
	}
	return keys, nil
}

// FoldError is a fold that failed at an event.
type FoldError struct {
	Position  event.Position
	Key       string // "" = it failed before there was a key
	File      string
	Line, Col int
	Message   string
}

// FoldErrors lists the failed folds from one position to another, both included; to 0 = as far as is indexed.
func (s *Session) FoldErrors(ctx context.Context, projection string, from, to event.Position) iter.Seq2[FoldError, error] {
	return func(yield func(FoldError, error) bool) {
		l, err := s.lens(projection)
		if err != nil {
			yield(FoldError{}, err)
			return
		}
		from, to := max(from, 1), bound(to, l.ix.Built())
		if from > to {
			return
		}
		for e, err := range l.ix.Errors(ctx, from, to) {
			if !yield(FoldError(e), err) || err != nil {
				return
			}
		}
	}
}
