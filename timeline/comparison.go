package timeline

import (
	"context"
	"fmt"
	"strings"

	"asof/engine/asof"
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
	left, err := s.State(ctx, q.Left)
	if err != nil {
		return Comparison{}, err
	}
	right, err := s.State(ctx, q.Right)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Left: left, Right: right}
	c.Rows, c.Counts = compare.Align(left.Root, right.Root, compare.Options{Ignore: q.Ignore})
	return c, nil
}

// Divergence is the first difference in the history of two projections.
type Divergence struct {
	Found         bool
	LeftPosition  event.Position // the event at which they part; of one log, the same on both sides
	RightPosition event.Position
	Key           string
	Path          value.Pointer
	Left, Right   *value.Node // what each side holds there after that event
}

// Position is the event at which the projections part.
func (d Divergence) Position() event.Position { return min(d.LeftPosition, d.RightPosition) }

// Diverge finds the first difference of two projections over the whole history that both have indexed.
func (s *Session) Diverge(ctx context.Context, left, right string, ignore []value.Pointer) (Divergence, error) {
	l, err := s.lens(left)
	if err != nil {
		return Divergence{}, err
	}
	r, err := s.lens(right)
	if err != nil {
		return Divergence{}, err
	}
	d, found, err := asof.Diverge(ctx, l.ix, r.ix, ignore)
	if err != nil || !found {
		return Divergence{}, wrap("first divergence", err)
	}
	return Divergence{true, d.Position, d.Position, d.Key, d.Path, d.Left, d.Right}, nil
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// NextDifference finds the next event, or the previous one, at which the two sides of a comparison begin to differ or
// differ in another way. The sides move together, at the distance that the query's points have; the answer is a position of
// the left one.
func (s *Session) NextDifference(ctx context.Context, q CompareQuery, dir Direction) (Stop, error) {
	start := q.Left.At
	was, err := s.differences(ctx, q)
	if err != nil {
		return Stop{Position: start}, err
	}
	for {
		pos, ok, err := s.besideChange(ctx, q, dir)
		if err != nil {
			return Stop{Position: start}, err
		}
		if !ok {
			return Stop{Position: start, Reason: "no other difference that way"}, nil
		}
		q = q.moved(pos)
		is, err := s.differences(ctx, q)
		if err != nil {
			return Stop{Position: start}, err
		}
		if is != "" && is != was {
			return Stop{Position: pos, Moved: true, Taken: 1}, nil
		}
		was = is
	}
}

// moved is the query with its left side at a position, and the right one as far from it as before.
func (q CompareQuery) moved(left event.Position) CompareQuery {
	q.Right.At = q.Right.At + left - q.Left.At
	q.Left.At = left
	return q
}

// differences is what differs, as text that can be compared.
func (s *Session) differences(ctx context.Context, q CompareQuery) (string, error) {
	c, err := s.Compare(ctx, q)
	if err != nil || c.Equal() {
		return "", err
	}
	var b strings.Builder
	for _, r := range c.Rows {
		if r.Mark != compare.Equal && r.Mark != compare.Inside {
			fmt.Fprintf(&b, "%c%q %q %q\n", r.Mark, r.Path, r.Left.Node.JSON(), r.Right.Node.JSON())
		}
	}
	return b.String(), nil
}

// besideChange is the left side's position at the nearest event, in a direction, that changed either side.
func (s *Session) besideChange(ctx context.Context, q CompareQuery, dir Direction) (event.Position, bool, error) {
	found := false
	var best event.Position
	for _, side := range []Point{q.Left, q.Right} {
		l, err := s.ready(side.Projection, side.At)
		if err != nil {
			return 0, false, err
		}
		look, from := l.ix.Next, side.At
		if dir == Backward {
			look = l.ix.Prev
		}
		c, ok, err := look(ctx, side.Key, "", from)
		if err != nil {
			return 0, false, fmt.Errorf("change of %s: %w", side.Key, err)
		}
		left := c.Position + q.Left.At - side.At
		if !ok || left == 0 || left > s.Head() {
			continue
		}
		if !found || (dir == Backward) == (left > best) {
			found, best = true, left
		}
	}
	other := best + q.Right.At - q.Left.At
	if found && (other > s.Indexed(q.Right.Projection) || best > s.Indexed(q.Left.Projection)) {
		return 0, false, nil
	}
	return best, found, nil
}
