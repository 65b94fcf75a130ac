package timeline

import (
	"context"
	"errors"
	"fmt"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"
	"asof/timeline/strip"
)

// PlotQuery asks how a value went, in the columns that the strip of the same query has.
type PlotQuery struct {
	StripQuery
	Key  string
	Path value.Pointer
	Expr string // an expression over the key's document instead of a path; "" = the path
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
	course, err := s.plot(ctx, l, q, st, edges)
	if err != nil {
		return strip.Course{}, fmt.Errorf("plot of %s: %w", q.Key, err)
	}
	return course, nil
}

func (s *Session) plot(ctx context.Context, l *lens, q PlotQuery, st strip.Strip, edges []event.Position) (strip.Course, error) {
	source, err := s.plotSource(l, q)
	if err != nil {
		return strip.Course{}, err
	}
	built := l.ix.Built()
	entry := strip.Sample{At: st.From}
	if st.From > 0 && st.From <= built {
		if entry.Value, err = source.at(ctx, st.From); err != nil {
			return strip.Course{}, err
		}
	}
	plotter := strip.NewPlotter(st.From, st.To, edges, entry)
	if from, to := st.From+1, min(st.To, built); from <= to {
		if err := source.samples(ctx, from, to, plotter.Add); err != nil {
			return strip.Course{}, err
		}
	}
	return plotter.Course(built), nil
}

// plotSource tells what a plotted thing was.
type plotSource interface {
	// at is its value at a position.
	at(ctx context.Context, pos event.Position) (*value.Node, error)
	// samples tells its value after each event that may have changed it, from one position to another, both included.
	samples(ctx context.Context, from, to event.Position, add func(strip.Sample)) error
}

func (s *Session) plotSource(l *lens, q PlotQuery) (plotSource, error) {
	if q.Expr == "" {
		return plotPath{l, HistoryQuery{Key: q.Key, Path: q.Path}}, nil
	}
	e, err := s.evaluation(l, q.Expr, q.Key)
	return plotExpr{e}, err
}

// plotExpr is what an expression says; where it can not be evaluated, that is nothing.
type plotExpr struct{ evaluation }

func (p plotExpr) at(ctx context.Context, pos event.Position) (*value.Node, error) {
	v, err := p.evaluation.at(ctx, pos)
	if _, ok := errors.AsType[*script.Error](err); ok {
		return nil, nil
	}
	return v, err
}

// plotPath is what stands at a path, by the index's history.
type plotPath struct {
	lens *lens
	q    HistoryQuery
}

func (p plotPath) at(ctx context.Context, pos event.Position) (*value.Node, error) {
	return p.lens.valueAt(ctx, p.q, pos)
}

func (p plotPath) samples(ctx context.Context, from, to event.Position, add func(strip.Sample)) error {
	var last strip.Sample
	for c, err := range p.lens.ix.History(ctx, p.q.Key, p.q.Path, asof.HistoryOptions{From: from, To: to}) {
		if err != nil {
			return err
		}
		if last.At > 0 && last.At != c.Position {
			add(last)
		}
		last.At = c.Position
		if p.q.Path.HasPrefix(c.Path) {
			last.Value = c.New.At(p.q.Path[len(c.Path):])
		} else if !last.Value.IsContainer() {
			last.Value = value.Obj() // something was written into it: it is a container
		}
	}
	if last.At > 0 {
		add(last)
	}
	return nil
}
