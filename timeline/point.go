package timeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
	"asof/timeline/debug"
)

// point is a breakpoint that is ready to be looked for.
type point struct {
	debug.Breakpoint
	cond   *expr.Cond // nil = no condition
	print  *expr.Cond // nil = nothing to print
	filter Filter     // events that it may stop at, by postings
	frames *asof.Frames
}

func newPoint(b debug.Breakpoint) (*point, error) {
	p := &point{Breakpoint: b, filter: Filter{Type: b.Type, Stream: b.Stream}, frames: asof.NewFrames()}
	var err error
	if b.If != "" {
		if p.cond, err = expr.Compile(b.If); err != nil {
			return nil, fmt.Errorf("breakpoint %d: %w", b.ID, err)
		}
		p.narrow()
	}
	if b.Print != "" {
		if p.print, err = expr.Compile(b.Print); err != nil {
			return nil, fmt.Errorf("tracepoint %d: %w", b.ID, err)
		}
	}
	if b.Kind != debug.Break && b.Kind != debug.Watch && b.Kind != debug.Trace {
		return nil, fmt.Errorf("breakpoint %d is of the unknown kind %q", b.ID, b.Kind)
	}
	return p, nil
}

// pointOf is a point that stops where a condition holds.
func pointOf(cond *expr.Cond) *point {
	p := &point{Breakpoint: debug.Breakpoint{Kind: debug.Break}, cond: cond, frames: asof.NewFrames()}
	p.narrow()
	return p
}

// narrow lets the filter pick no events for which the condition cannot hold.
func (p *point) narrow() {
	if p.filter.Type == "" {
		p.filter.Type = p.cond.Wanted("type")
	}
	if p.filter.Stream == "" {
		p.filter.Stream = p.cond.Wanted("stream")
	}
	p.filter.Correlation, p.filter.ID = p.cond.Wanted("correlation_id"), p.cond.Wanted("id")
}

// ofEvents reports whether the point asks about events alone, and no documents are needed.
func (p *point) ofEvents() bool {
	return p.Kind != debug.Watch && (p.cond == nil || !p.cond.NeedsState()) && (p.print == nil || !p.print.NeedsState())
}

// direct reports whether one look-up finds the nearest hit.
func (p *point) direct() bool {
	return p.Kind == debug.Watch && p.cond == nil && p.Key != "" || p.Kind != debug.Watch && p.cond == nil && !p.filter.Everything()
}

func (p *point) reason() debug.Reason {
	switch p.Kind {
	case debug.Watch:
		return debug.AtWatchpoint
	case debug.Trace:
		return debug.AtTracepoint
	}
	return debug.AtBreakpoint
}

// hit is an event at which a point stops, or at which its condition could not be asked.
type hit struct {
	at       event.Position
	key      string
	old, now *value.Node // of a watchpoint
	printed  *value.Node
	err      error
}

// nearest is the direct point's hit that is next to a position, and whether there is one up to the end of the index or log.
func (s *Session) nearest(ctx context.Context, l *lens, p *point, at event.Position, back bool) (hit, bool, error) {
	if p.Kind == debug.Watch {
		var c asof.Change
		var ok bool
		var err error
		if back {
			c, ok, err = l.ix.Prev(ctx, p.Key, p.Path, at)
		} else {
			c, ok, err = l.ix.Next(ctx, p.Key, p.Path, at)
		}
		return hit{at: c.Position, key: c.Key, old: c.Old, now: c.New}, ok, err
	}
	pos, ok, err := s.beside(ctx, p.filter, at, back)
	return hit{at: pos}, ok, err
}

// hitsIn finds all hits of a point in from … to, by position. The caller has seen to it that the index reaches that far, and
// that the stretch is not too long to be held in memory.
func (s *Session) hitsIn(ctx context.Context, l *lens, p *point, from, to event.Position) ([]hit, error) {
	if p.ofEvents() {
		return s.eventHits(ctx, p, from, to)
	}
	o := asof.WalkOptions{From: from, To: to, Frames: p.frames}
	if p.Kind == debug.Watch {
		o.Key, o.Before = p.Key, true
		if o.Fields = fields([]value.Pointer{p.Path}, p.cond); o.Fields != nil {
			o.Changes = true
		}
	} else {
		o.Quiet = true
		o.Before = p.cond.Needs("before") || p.print.Needs("before")
		o.Fields = fields(nil, p.cond, p.print)
		o.Names = p.print == nil && p.cond != nil && p.cond.NamesAlone()
	}
	var events *stretch
	if !p.filter.Everything() {
		at, err := s.log.Candidates(ctx, p.filter.engine(), from, to)
		if err != nil || len(at) == 0 {
			return nil, err
		}
		events = &stretch{only: at}
		o.Only = events.picked
	}
	if p.cond.Needs("event") || p.print.Needs("event") || events != nil {
		var err error
		if events, err = s.stretch(ctx, from, to, events); err != nil {
			return nil, err
		}
	}
	return asof.Walk(ctx, l.ix, o, func() func(*asof.Moment) (hit, bool, error) {
		return p.visitor(events)
	})
}

// fields are all that conditions read of documents, beside some paths; nil if that cannot be told. Lists are read as a whole.
func fields(paths []value.Pointer, conds ...*expr.Cond) []value.Pointer {
	list := []value.Pointer{}
	for _, path := range paths {
		for token := range path.Each() {
			if strings.Trim(token, "0123456789") == "" {
				return nil
			}
		}
		if path == "" {
			return nil
		}
		list = append(list, path)
	}
	for _, c := range conds {
		if c == nil {
			continue
		}
		for _, name := range []string{"state", "before"} {
			places, known := c.Places(name)
			if !known {
				return nil
			}
			list = append(list, places...)
		}
	}
	slices.SortFunc(list, func(a, b value.Pointer) int { return cmp.Compare(len(a), len(b)) })
	outer := list[:0]
	for _, path := range list {
		if !slices.ContainsFunc(outer, path.HasPrefix) {
			outer = append(outer, path)
		}
	}
	return outer
}

// visitor asks the point's question of moments, for one goroutine.
func (p *point) visitor(events *stretch) func(*asof.Moment) (hit, bool, error) {
	var cond, print *expr.Evaluator
	if p.cond != nil {
		cond = p.cond.New()
	}
	if p.print != nil {
		print = p.print.New()
	}
	engine := p.filter.engine()
	return func(m *asof.Moment) (hit, bool, error) {
		h := hit{at: m.Position, key: m.Key}
		var old, now *value.Node
		if p.Kind == debug.Watch {
			old, now = m.Before.At(p.Path), m.State.At(p.Path)
			if value.Equal(old, now) {
				return h, false, nil
			}
		}
		e := events.at(m.Position)
		if e != nil && !engine.Match(e) {
			return h, false, nil
		}
		subject := expr.Subject{Event: e, State: m.State, Before: m.Before, Key: m.Key, Position: m.Position}
		if cond != nil {
			ok, err := cond.Holds(subject)
			if h.err = err; err != nil {
				return h, true, nil
			}
			if !ok {
				return h, false, nil
			}
		}
		if print != nil {
			h.printed, h.err = print.Value(subject)
		}
		h.old, h.now = old.Copy(), now.Copy()
		return h, true, nil
	}
}

// eventHits is hitsIn for a point that asks about events alone.
func (s *Session) eventHits(ctx context.Context, p *point, from, to event.Position) ([]hit, error) {
	at, err := s.log.Candidates(ctx, p.filter.engine(), from, to)
	if err != nil || len(at) == 0 {
		return nil, err
	}
	w, err := s.stretch(ctx, from, to, &stretch{only: at})
	if err != nil {
		return nil, err
	}
	visit := p.visitor(w)
	var hits []hit
	for _, pos := range at {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if h, ok, _ := visit(&asof.Moment{Position: pos}); ok {
			hits = append(hits, h)
		}
	}
	return hits, nil
}
