package timeline

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"asof/engine/event"
	"asof/engine/expr"
)

// compiled keeps the last conditions of filters, which are asked again and again.
type compiled struct {
	mu    sync.Mutex
	conds map[string]*expr.Cond
}

// maxCompiled bounds how many conditions are kept.
const maxCompiled = 64

func (c *compiled) get(src string) (*expr.Cond, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cond, ok := c.conds[src]; ok {
		return cond, nil
	}
	cond, err := expr.Compile(src)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	if c.conds == nil || len(c.conds) == maxCompiled {
		c.conds = map[string]*expr.Cond{}
	}
	c.conds[src] = cond
	return cond, nil
}

// picker looks for the events that a filter with a condition picks.
type picker struct {
	s     *Session
	point *point
	lens  *lens
	from  event.Position // the filter's own bounds
	to    event.Position
}

func (s *Session) picker(f Filter) (*picker, error) {
	cond, err := s.conds.get(f.Where)
	if err != nil {
		return nil, err
	}
	p := pointOf(cond)
	given := f
	given.Where = ""
	if given.Type == "" {
		given.Type = p.filter.Type
	}
	if given.Stream == "" {
		given.Stream = p.filter.Stream
	}
	if given.Correlation == "" {
		given.Correlation = p.filter.Correlation
	}
	if given.ID == "" {
		given.ID = p.filter.ID
	}
	p.filter = given
	k := &picker{s: s, point: p, from: max(f.From, 1), to: bound(f.To, s.Head())}
	if !p.ofEvents() {
		if k.lens, err = s.ready(f.Projection, 0); err != nil {
			return nil, err
		}
		k.to = min(k.to, k.lens.ix.Built())
	}
	return k, nil
}

// beside is the nearest event beyond a position that the filter picks.
func (k *picker) beside(ctx context.Context, at event.Position, back bool) (event.Position, bool, error) {
	for pos, err := range k.beyond(ctx, at, back, 0) {
		return pos, err == nil, err
	}
	return 0, false, nil
}

// beyond yields the picked positions beyond a position, which itself is not one of them. Size is that of the first stretch that
// is looked at; 0 means a small one.
func (k *picker) beyond(ctx context.Context, at event.Position, back bool, size event.Position) iter.Seq2[event.Position, error] {
	return func(yield func(event.Position, error) bool) {
		if back {
			at = min(at, k.to+1)
		} else {
			at = max(at, k.from-1)
		}
		w := windows{s: k.s, l: k.lens, back: back, at: at, end: k.to, size: size}
		for {
			from, to, ok, err := w.next(ctx)
			if err == nil && (!ok || to < k.from) {
				return
			}
			var hits []hit
			if err == nil {
				hits, err = k.s.hitsIn(ctx, k.lens, k.point, max(from, k.from), to)
			}
			if err != nil {
				yield(0, err)
				return
			}
			if !k.yield(hits, back, yield) {
				return
			}
		}
	}
}

// yield gives each position once, in the right order.
func (k *picker) yield(hits []hit, back bool, yield func(event.Position, error) bool) bool {
	last := event.Position(0)
	for i := range hits {
		h := hits[i]
		if back {
			h = hits[len(hits)-1-i]
		}
		if h.at == last {
			continue
		}
		if last = h.at; !yield(h.at, h.err) || h.err != nil {
			return false
		}
	}
	return true
}

// picked yields the events that a filter with a condition picks; latest first if reverse.
func (s *Session) picked(ctx context.Context, f Filter, reverse bool) iter.Seq2[event.Position, error] {
	return func(yield func(event.Position, error) bool) {
		k, err := s.picker(f)
		if err != nil {
			yield(0, err)
			return
		}
		at, size := event.Position(0), event.Position(wholeSegments)
		if reverse {
			at, size = k.to+1, 0
		}
		for pos, err := range k.beyond(ctx, at, reverse, size) {
			if !yield(pos, err) || err != nil {
				return
			}
		}
	}
}
