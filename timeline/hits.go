package timeline

import (
	"context"
	"fmt"
	"iter"
	"time"

	"asof/engine/event"
	"asof/timeline/debug"
)

// Hits yields all hits of a breakpoint from one position to another, both included, in log order, whether it is enabled or not
// and whatever it ignores; to 0 means as far as is known. Progress may be nil.
func (s *Session) Hits(ctx context.Context, projection string, b debug.Breakpoint, from, to event.Position, progress func(debug.Progress)) iter.Seq2[debug.Stop, error] {
	return func(yield func(debug.Stop, error) bool) {
		if err := s.hits(ctx, projection, b, from, to, progress, yield); err != nil {
			yield(debug.Stop{}, err)
		}
	}
}

func (s *Session) hits(ctx context.Context, projection string, b debug.Breakpoint, from, to event.Position, progress func(debug.Progress), yield func(debug.Stop, error) bool) error {
	p, err := newPoint(b)
	if err != nil {
		return err
	}
	from = max(from, 1)
	var l *lens
	if p.ofEvents() {
		to = bound(to, s.Head())
	} else {
		if l, err = s.ready(projection, to); err != nil {
			return err
		}
		to = bound(to, l.ix.Built())
	}
	told, n := time.Now(), 0
	w := windows{s: s, l: l, at: from - 1, end: to, size: wholeSegments}
	for {
		start, end, ok, err := w.next(ctx)
		if err != nil || !ok {
			return err
		}
		hits, err := s.hitsIn(ctx, l, p, start, end)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if h.err != nil {
				return fmt.Errorf("breakpoint %d: %w", p.ID, h.err)
			}
			if n++; !yield(pointHit{hit: h, point: p}.stop(), nil) {
				return nil
			}
		}
		if progress != nil && time.Since(told) >= progressEvery {
			told = time.Now()
			progress(debug.Progress{At: end, Done: uint64(end - from + 1), Of: uint64(to - from + 1), Hits: n})
		}
	}
}
