package timeline

import (
	"context"
	"fmt"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/strip"
)

// PlotQuery asks how a value went, in the columns that the strip of the same query has.
type PlotQuery struct {
	StripQuery
	Key  string
	Path value.Pointer
}

// Plot is how what stands at a path of a key went, in strip.SlotsPerColumn slots for each column of the strip. It is made of
// the path's history; slots beyond what is indexed are not known.
func (s *Session) Plot(ctx context.Context, q PlotQuery) (strip.Course, error) {
	l, err := s.lens(q.Projection)
	if err != nil {
		return strip.Course{}, err
	}
	st, err := s.window(ctx, &q.StripQuery)
	if err != nil {
		return strip.Course{}, err
	}
	edges, err := s.edges(ctx, st, q.Columns*strip.SlotsPerColumn)
	if err != nil {
		return strip.Course{}, err
	}
	built := l.ix.Built()
	entry := strip.Sample{At: st.From}
	if st.From > 0 && st.From <= built {
		if entry.Value, err = l.valueAt(ctx, HistoryQuery{Key: q.Key, Path: q.Path}, st.From); err != nil {
			return strip.Course{}, err
		}
	}
	plotter := strip.NewPlotter(st.From, st.To, edges, entry)
	if st.From < built {
		if err := l.samples(ctx, q, st.From+1, min(st.To, built), plotter.Add); err != nil {
			return strip.Course{}, fmt.Errorf("plot of %s: %w", q.Key, err)
		}
	}
	return plotter.Course(built), nil
}

// samples tells what stood at the path after each event that wrote to it, from one position to another, both included.
func (l *lens) samples(ctx context.Context, q PlotQuery, from, to event.Position, add func(strip.Sample)) error {
	if from > to {
		return nil
	}
	var last strip.Sample
	for c, err := range l.ix.History(ctx, q.Key, q.Path, asof.HistoryOptions{From: from, To: to}) {
		if err != nil {
			return err
		}
		if last.At > 0 && last.At != c.Position {
			add(last)
		}
		last.At = c.Position
		if q.Path.HasPrefix(c.Path) {
			last.Value = c.New.At(q.Path[len(c.Path):])
		} else if !last.Value.IsContainer() {
			last.Value = value.Obj() // something was written into it: it is a container
		}
	}
	if last.At > 0 {
		add(last)
	}
	return nil
}
