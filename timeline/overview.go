package timeline

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/compare"
)

// Overview counts the differences of all keys of two whole states.
type Overview struct {
	Equal bool
	Keys  compare.Counts            // by key
	Paths map[string]compare.Counts // by path, list indexes written as *; paths that never differ are left out
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

// CompareAll compares the whole states of two projections or of two positions. The keys of the query's points are prefixes
// of the keys to be compared: the same one on both sides, or none.
func (s *Session) CompareAll(ctx context.Context, q CompareQuery) (Overview, error) {
	left, err := s.ready(q.Left.Projection, q.Left.At)
	if err != nil {
		return Overview{}, err
	}
	right, err := s.ready(q.Right.Projection, q.Right.At)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Equal: true, Paths: map[string]compare.Counts{}}
	for key, err := range merged(s.aliveKeys(ctx, left, q.Left), s.aliveKeys(ctx, right, q.Right)) {
		if err != nil {
			return Overview{}, fmt.Errorf("keys: %w", err)
		}
		if ctx.Err() != nil {
			return Overview{}, context.Cause(ctx)
		}
		l, err := left.ix.State(ctx, key, q.Left.At)
		if err != nil {
			return Overview{}, fmt.Errorf("state of %s: %w", key, err)
		}
		r, err := right.ix.State(ctx, key, q.Right.At)
		if err != nil {
			return Overview{}, fmt.Errorf("state of %s: %w", key, err)
		}
		o.add(key, l.Root, r.Root, q.Ignore)
	}
	o.Equal = o.Keys.Different() == 0
	return o, nil
}

func (s *Session) aliveKeys(ctx context.Context, l *lens, p Point) iter.Seq2[string, error] {
	return l.ix.Keys(ctx, p.At, asof.KeysOptions{Prefix: p.Key, Alive: true})
}

// add counts one key.
func (o *Overview) add(key string, left, right *value.Node, ignore []value.Pointer) {
	rows, counts := compare.Align(left, right, compare.Options{Ignore: ignore})
	switch {
	case counts.Different() == 0:
		o.Keys.Add(compare.Equal)
	case left == nil:
		o.Keys.Add(compare.Added)
	case right == nil:
		o.Keys.Add(compare.Removed)
	default:
		o.Keys.Add(compare.Changed)
	}
	const most = 1000
	for i := 0; i < len(rows); i++ {
		r := rows[i]
		whole := r.Below == 0 || r.Mark == compare.Changed // else its rows count
		if r.Mark == compare.Equal || r.Mark == compare.Inside || !whole {
			continue
		}
		path := general(rows, i)
		c := o.Paths[path]
		c.Add(r.Mark)
		o.Paths[path] = c
		if len(o.First) < most {
			o.First = append(o.First, KeyDifference{key, r.Path, r.Mark, r.Left.Node, r.Right.Node, r.Left.Changed, r.Right.Changed})
		}
		i += r.Below
	}
}

// general is the path of a row with * for each index.
func general(rows []compare.Row, i int) string {
	names := make([]string, 0, 8)
	depth := rows[i].Depth + 1
	for ; i >= 0 && depth > 0; i-- {
		r := rows[i]
		if r.Depth >= depth {
			continue
		}
		depth = r.Depth
		switch {
		case r.Element:
			names = append(names, "*")
		case r.Path != "":
			names = append(names, string(r.Path[strings.LastIndexByte(string(r.Path), '/')+1:]))
		}
	}
	path := ""
	for _, name := range names {
		path = "/" + name + path
	}
	return path
}

// merged yields the keys of two ascending lists, each once.
func merged(a, b iter.Seq2[string, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		next, stop := iter.Pull2(b)
		defer stop()
		other, err, more := next()
		for key, errA := range a {
			for more && err == nil && other < key {
				if !yield(other, nil) {
					return
				}
				other, err, more = next()
			}
			if errA != nil || more && err != nil {
				yield("", cmp.Or(errA, err))
				return
			}
			if more && other == key {
				other, err, more = next()
			}
			if !yield(key, nil) {
				return
			}
		}
		for ; more; other, err, more = next() {
			if !yield(other, err) || err != nil {
				return
			}
		}
	}
}
