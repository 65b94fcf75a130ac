package timeline

import (
	"context"
	"fmt"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
	"asof/timeline/strip"
)

// Evaluate is what an expression (package expr) says of a key's document at a point, and of the event there.
func (s *Session) Evaluate(ctx context.Context, p Point, expression string) (*value.Node, error) {
	l, err := s.ready(p.Projection, p.At)
	if err != nil {
		return nil, err
	}
	e, err := s.evaluation(l, expression, p.Key)
	if err != nil {
		return nil, err
	}
	return e.at(ctx, p.At)
}

// evaluation is an expression that is asked of one key.
type evaluation struct {
	session *Session
	lens    *lens
	cond    *expr.Cond
	key     string
}

func (s *Session) evaluation(l *lens, expression, key string) (evaluation, error) {
	cond, err := expr.Compile(expression)
	return evaluation{s, l, cond, key}, err
}

func (e evaluation) at(ctx context.Context, pos event.Position) (*value.Node, error) {
	subject := expr.Subject{Key: e.key, Position: pos}
	docs := []struct {
		name string
		at   event.Position
		into **value.Node
	}{{"state", pos, &subject.State}, {"before", pos - min(pos, 1), &subject.Before}}
	for _, d := range docs {
		if !e.cond.Uses(d.name) {
			continue
		}
		doc, err := e.lens.ix.State(ctx, e.key, d.at)
		if err != nil {
			return nil, fmt.Errorf("state of %s at %d: %w", e.key, d.at, err)
		}
		*d.into = doc.Root
	}
	if e.cond.Uses("event") && pos > 0 {
		var err error
		if subject.Event, err = e.session.log.Event(ctx, pos); err != nil {
			return nil, fmt.Errorf("event %d: %w", pos, err)
		}
	}
	return e.cond.New().Value(subject)
}

// samples asks at every event that wrote to what the expression reads. Where the expression can not be evaluated, it is nothing.
func (e evaluation) samples(ctx context.Context, from, to event.Position, add func(strip.Sample)) error {
	o := asof.WalkOptions{Key: e.key, Before: e.cond.Uses("before"), Fields: fields(nil, e.cond)}
	o.Changes = len(o.Fields) > 0 && e.cond.OfState()
	w := windows{s: e.session, l: e.lens, at: from - 1, end: to, size: wholeSegments}
	for {
		first, last, ok, err := w.next(ctx)
		if err != nil || !ok {
			return err
		}
		o.From, o.To = first, last
		var events *stretch
		if e.cond.Uses("event") {
			if events, err = e.session.stretch(ctx, first, last, nil); err != nil {
				return err
			}
		}
		list, err := asof.Walk(ctx, e.lens.ix, o, func() func(*asof.Moment) (strip.Sample, bool, error) {
			ev := e.cond.New()
			return func(m *asof.Moment) (strip.Sample, bool, error) {
				v, err := ev.Value(expr.Subject{Event: events.at(m.Position), State: m.State, Before: m.Before, Key: m.Key, Position: m.Position})
				if err != nil {
					v = nil
				}
				return strip.Sample{At: m.Position, Value: v}, true, nil
			}
		})
		if err != nil {
			return err
		}
		for _, x := range list {
			add(x)
		}
	}
}

// evaluate fills in what an expression says, and what it said before the event if that can be compared.
func (w *watcher) evaluate(ctx context.Context, expression string, out *Watched) error {
	e, err := w.session.evaluation(w.lens, expression, out.Key)
	if err == nil {
		out.Value, err = e.at(ctx, w.at)
	}
	out.Effect = Untouched
	if err != nil {
		out.Err = err
		return ctx.Err()
	}
	paths, known := e.cond.Places("state")
	if !known || !e.cond.OfState() {
		return nil
	}
	root, err := w.state(ctx, out.Key, w.at)
	if err != nil {
		return err
	}
	for _, path := range paths {
		out.Changed = max(out.Changed, event.Position(root.At(path).Changed()))
	}
	if out.Changed == w.at && w.at > 0 {
		if out.Old, err = e.at(ctx, w.at-1); err == nil {
			out.Effect = effectOf(out.Old, out.Value)
		}
	}
	return w.writer(ctx, out)
}
