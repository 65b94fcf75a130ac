package timeline

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/timeline/debug"
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
	memo  *memo
	from  event.Position // the filter's own bounds
	to    event.Position
	// progress is told the last position of each stretch that was looked at; nil = nobody asks.
	progress func(to event.Position)
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
	if p.ofEvents() {
		k.memo = s.memos.get(f)
		return k, nil
	}
	if k.lens, err = s.ready(f.Projection, 0); err != nil {
		return nil, err
	}
	k.memo, k.to = k.lens.memos.get(f), min(k.to, k.lens.ix.Built())
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
		covered, known := k.memo.known()
		if back {
			at = min(at, k.to+1)
			if k.look(ctx, at, back, max(k.from, covered+1), size, yield) {
				listed(known, at, back, yield)
			}
			return
		}
		at = max(at, k.from-1)
		if listed(known, at, back, yield) {
			k.look(ctx, max(at, covered), back, k.from, size, yield)
		}
	}
}

// look yields what is picked beyond a position, and not before the first, by looking. It reports whether more is wanted.
func (k *picker) look(ctx context.Context, at event.Position, back bool, first, size event.Position, yield func(event.Position, error) bool) bool {
	w := windows{s: k.s, l: k.lens, back: back, at: at, end: k.to, size: size}
	for {
		if back && at <= first {
			return true
		}
		from, to, ok, err := w.next(ctx)
		if err == nil && (!ok || to < first) {
			return true
		}
		var hits []hit
		if from = max(from, first); err == nil {
			hits, err = k.s.hitsIn(ctx, k.lens, k.point, from, to)
		}
		if err != nil {
			yield(0, err)
			return false
		}
		k.memo.add(from, to, hits)
		if k.progress != nil {
			k.progress(to)
		}
		if !k.yield(hits, back, yield) {
			return false
		}
		at = from
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
func (s *Session) picked(ctx context.Context, f Filter, reverse bool, progress func(debug.Progress)) iter.Seq2[event.Position, error] {
	return func(yield func(event.Position, error) bool) {
		k, err := s.picker(f)
		if err != nil {
			yield(0, err)
			return
		}
		if progress != nil {
			k.progress = func(to event.Position) {
				progress(debug.Progress{At: to, Done: uint64(to - k.from + 1), Of: uint64(k.to - k.from + 1)})
			}
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
