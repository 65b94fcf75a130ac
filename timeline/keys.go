package timeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"asof/engine/asof"
	"asof/engine/event"
)

// KeysQuery asks for keys that have a document at a position.
type KeysQuery struct {
	Projection string
	At         event.Position
	Prefix     string
	After      string // the first key listed is the one after this
	Limit      int    // 0 = 1000
}

// Keys lists keys by name.
func (s *Session) Keys(ctx context.Context, q KeysQuery) ([]string, error) {
	l, err := s.ready(q.Projection, q.At)
	if err != nil {
		return nil, err
	}
	if q.Limit <= 0 {
		q.Limit = 1000
	}
	var keys []string
	for key, err := range l.ix.Keys(ctx, q.At, asof.KeysOptions{Prefix: q.Prefix, After: q.After, Limit: q.Limit, Alive: true}) {
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// KeyCount is how many keys have a document.
func (s *Session) KeyCount(ctx context.Context, projection string, at event.Position) (int, error) {
	l, err := s.ready(projection, at)
	if err != nil {
		return 0, err
	}
	n, err := l.ix.KeyCount(ctx, at)
	if err != nil {
		return 0, fmt.Errorf("keys: %w", err)
	}
	return n, nil
}

// Candidate is a key that a picker offers.
type Candidate struct {
	Key     string
	Matched []int // byte offsets in Key of what the text matched
}

// PickKeys finds up to limit keys that hold the letters of text in their order (fuzzy), the best first; 0 = 100. Without an
// upper-case letter, case does not matter. Keys are offered whether or not they have a document at the position.
func (s *Session) PickKeys(ctx context.Context, projection string, at event.Position, text string, limit int) ([]Candidate, error) {
	l, err := s.ready(projection, at)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 100
	}
	best := shortlist{limit: limit}
	for key, err := range l.ix.Keys(ctx, at, asof.KeysOptions{}) {
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if matched, cost, ok := fuzzy(key, text); ok && !best.offer(Candidate{key, matched}, cost) && text == "" {
			break
		}
	}
	return best.sorted(), nil
}

// shortlist keeps the candidates of least cost; of equal ones those that came first.
type shortlist struct {
	limit int
	list  []scored
}

type scored struct {
	Candidate
	cost int
}

// offer takes a candidate in, and reports whether there is room or a worse one left for others of that cost.
func (s *shortlist) offer(c Candidate, cost int) bool {
	s.list = append(s.list, scored{c, cost})
	if len(s.list) >= 2*s.limit {
		s.cut()
		return s.list[len(s.list)-1].cost > cost
	}
	return true
}

func (s *shortlist) cut() {
	slices.SortStableFunc(s.list, func(a, b scored) int { return cmp.Compare(a.cost, b.cost) })
	s.list = s.list[:min(len(s.list), s.limit)]
}

func (s *shortlist) sorted() []Candidate {
	s.cut()
	var list []Candidate
	for _, c := range s.list {
		list = append(list, c.Candidate)
	}
	return list
}

// fuzzy finds the letters of text in key. The cost is least for the key itself, then for its beginning, then for one run of
// letters, then for few gaps; shorter keys come first among equals.
func fuzzy(key, text string) (matched []int, cost int, ok bool) {
	if text == "" {
		return nil, 0, true
	}
	fold := func(r rune) rune { return r }
	if !hasUpper(text) {
		fold = unicode.ToLower
	}
	if at := strings.Index(strings.Map(fold, key), text); at >= 0 && len(strings.Map(fold, key)) == len(key) {
		for i := range len(text) {
			matched = append(matched, at+i)
		}
		return matched, min(at, 1000)*8 + min(len(key)-len(text), 1000), true
	}
	const scattered = 100_000
	cost, last := scattered, -1
	rest := text
	for i, r := range key {
		want, size := utf8.DecodeRuneInString(rest)
		if rest == "" {
			break
		}
		if fold(r) != want {
			continue
		}
		for j := range utf8.RuneLen(r) {
			matched = append(matched, i+j)
		}
		if last >= 0 {
			cost += i - last
		}
		last, rest = i, rest[size:]
	}
	return matched, cost + len(key), rest == ""
}
