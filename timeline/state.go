package timeline

import (
	"context"
	"iter"

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
	Changed     event.Position // last change of the document at or before At; 0 = none
	ChangedTime event.Time
	Time        event.Time     // the log's clock at At
	Tainted     event.Position // a fold of this key failed here; 0 = none did
}

// State is a key's document. A key that was never written gives a State that does not exist, not an error.
func (s *Session) State(ctx context.Context, p Point) (State, error) { return State{}, nil }

// States is the document of every key that has one, by key. p.Key is a prefix of the keys.
func (s *Session) States(ctx context.Context, p Point) iter.Seq2[State, error] { return nil }

// KeysQuery asks for keys that have a document at a position.
type KeysQuery struct {
	Projection string
	At         event.Position
	Prefix     string
	After      string // the first key listed is the one after this
	Limit      int    // 0 = 1000
}

// Keys lists keys by name.
func (s *Session) Keys(ctx context.Context, q KeysQuery) ([]string, error) { return nil, nil }

// KeyCount is how many keys have a document.
func (s *Session) KeyCount(ctx context.Context, projection string, at event.Position) (int, error) {
	return 0, nil
}

// Candidate is a key that a picker offers.
type Candidate struct {
	Key     string
	Matched []int // byte offsets in Key of what the text matched
}

// PickKeys finds up to limit keys that hold the letters of text in order (fuzzy), the best first.
func (s *Session) PickKeys(ctx context.Context, projection string, at event.Position, text string, limit int) ([]Candidate, error) {
	return nil, nil
}

// KeysOf lists the keys which the event at a position belongs to, in the order in which the projection gave them.
func (s *Session) KeysOf(ctx context.Context, projection string, pos event.Position) ([]string, error) {
	return nil, nil
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
	return nil
}
