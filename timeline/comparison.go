package timeline

import (
	"context"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/compare"
)

// CompareQuery asks for two documents side by side: one key at two positions, by two projections, or two keys.
type CompareQuery struct {
	Left, Right Point
	Ignore      []value.Pointer // these paths, and what lies below them, count as equal
}

// Comparison is two documents aligned by path.
type Comparison struct {
	Left, Right State
	Rows        []compare.Row
	Counts      compare.Counts
}

// Equal reports whether nothing differs.
func (c Comparison) Equal() bool { return c.Counts.Different() == 0 }

// Compare aligns two documents.
func (s *Session) Compare(ctx context.Context, q CompareQuery) (Comparison, error) {
	return Comparison{}, nil
}

// Overview counts the differences of all keys of two whole states. Keys of the query's points are ignored.
type Overview struct {
	Equal bool
	Keys  compare.Counts            // by key
	Paths map[string]compare.Counts // by path, list indexes written as *
	First []KeyDifference           // the first differences by key and path, at most 1000
}

// KeyDifference is one differing path of one key.
type KeyDifference struct {
	Key         string
	Path        value.Pointer
	Mark        compare.Mark
	Left, Right *value.Node
	LeftAt      event.Position // who wrote the left value; 0 = absent
	RightAt     event.Position
}

// CompareAll compares the whole states of two projections or of two positions.
func (s *Session) CompareAll(ctx context.Context, q CompareQuery) (Overview, error) {
	return Overview{}, nil
}

// Divergence is the first difference in the history of two projections.
type Divergence struct {
	Found         bool
	LeftPosition  event.Position // of the first change that the other side does not have
	RightPosition event.Position
	Key           string
	Path          value.Pointer
	Left, Right   *value.Node // what each side holds there afterwards
}

// Position is the earlier of the two positions: the event at which the projections part.
func (d Divergence) Position() event.Position {
	if d.LeftPosition == 0 || d.RightPosition != 0 && d.RightPosition < d.LeftPosition {
		return d.RightPosition
	}
	return d.LeftPosition
}

// Diverge finds the first difference of two projections over the whole history that both have indexed.
func (s *Session) Diverge(ctx context.Context, left, right string, ignore []value.Pointer) (Divergence, error) {
	return Divergence{}, nil
}

// NextDifference finds the next event, or the previous one, at which the two sides of a comparison begin to differ or
// differ in another way. The sides move together, at the distance that the query's points have.
func (s *Session) NextDifference(ctx context.Context, q CompareQuery, dir Direction) (Stop, error) {
	return Stop{}, nil
}
