package timeline

import (
	"context"
	"fmt"
	"slices"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
	"asof/timeline/debug"
)

// Unwritten lists the fields that a condition reads of a projection's documents and that no event up to a position, 0 = the
// end, ever wrote. Such a field is None everywhere, so that a rule over it holds and a search for it finds nothing, most often
// because it is misspelt or another projection's. Only fields of the document itself are looked at; none are listed where the
// index can not tell.
func (s *Session) Unwritten(ctx context.Context, projection string, cond *expr.Cond, to event.Position) ([]value.Pointer, error) {
	if !cond.NeedsState() {
		return nil, nil
	}
	l, err := s.ready(projection, to)
	if err != nil {
		return nil, err
	}
	var unwritten []value.Pointer
	for _, name := range []string{"state", "before"} {
		paths, _ := cond.Places(name)
		for _, p := range paths {
			if p == "" {
				continue
			}
			field := value.Pointer("").Child(p.Tokens()[0])
			if slices.Contains(unwritten, field) {
				continue
			}
			written, err := mayBeWritten(ctx, l, field, to)
			if err != nil {
				return nil, fmt.Errorf("whether %s was ever written: %w", field, err)
			}
			if !written {
				unwritten = append(unwritten, field)
			}
		}
	}
	return unwritten, nil
}

// UnwrittenIn is Unwritten of what was to be found; nothing is listed for a text.
func (s *Session) UnwrittenIn(ctx context.Context, q FindQuery) ([]value.Pointer, error) {
	kind, text := debug.SplitWhat(q.What)
	if kind != debug.ByCondition {
		return nil, nil
	}
	cond, err := expr.Compile(text)
	if err != nil || !cond.NeedsState() {
		return nil, err
	}
	return s.Unwritten(ctx, q.Projection, cond, q.To)
}

// mayBeWritten reports whether an event wrote a path of any key, or could have without leaving a trace in the statistics.
func mayBeWritten(ctx context.Context, l *lens, path value.Pointer, to event.Position) (bool, error) {
	stats, err := l.ix.Stats(ctx, path, 0, to)
	if err != nil || len(stats) == 0 {
		return true, err
	}
	for _, st := range stats {
		if st.Count > 0 || st.Partly {
			return true, nil
		}
	}
	return false, nil
}
