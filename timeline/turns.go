package timeline

import (
	"cmp"
	"context"
	"slices"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
)

// turn is a moment at which the condition begins or ceases to hold for a key.
type turn struct {
	at    event.Position
	id    uint32
	key   string
	holds bool
	err   error
}

// fewOpen is up to how many keys are looked at one by one.
const fewOpen = 32

// turnsIn is turns, but for what the statistics of a segment say.
func (f *finder) turnsIn(ctx context.Context, from, to event.Position) ([]turn, error) {
	if f.start == nil || f.open.n > fewOpen {
		return f.turns(ctx, from, to, f.q.Key)
	}
	may, err := f.start.May(func(path value.Pointer) (asof.SegmentStat, error) {
		stats, err := f.lens.ix.Stats(ctx, path, from, to)
		if err != nil || len(stats) != 1 {
			return asof.SegmentStat{Partly: true}, err
		}
		return stats[0], nil
	})
	if may || err != nil {
		if err != nil {
			return nil, err
		}
		return f.turns(ctx, from, to, f.q.Key)
	}
	f.carry = nil // it would miss what is passed over now
	var turns []turn
	for o := range f.open.all() { // nothing begins, but what holds may end
		ends, err := f.turns(ctx, from, to, o.key)
		if err != nil {
			return nil, err
		}
		turns = append(turns, ends...)
	}
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	return turns, nil
}

// turns are the moments of a stretch at which the answer for a key is another than before.
func (f *finder) turns(ctx context.Context, from, to event.Position, key string) ([]turn, error) {
	o := asof.WalkOptions{From: from, To: to, Key: key, Quiet: true, Before: f.cond.Needs("before"), Fields: fields(nil, f.cond), Frames: f.frames}
	o.Names, o.KeyName = f.cond.NamesAlone(), f.open.name
	if f.quiet {
		o.Quiet, o.Changes = false, true
		o.Sieve = func() asof.Sieve { return &turnSieve{f, f.cond.New()} }
	}
	if f.q.From <= 1 {
		o.Carry = f.carry
	}
	var events *stretch
	if f.cond.Needs("event") {
		var err error
		if events, err = f.session.stretch(ctx, from, to, nil); err != nil {
			return nil, err
		}
	}
	field, text := f.cond.Guard()
	may, err := f.session.guarded(ctx, field, text, from, to)
	if err != nil {
		return nil, err
	}
	return asof.Walk(ctx, f.lens.ix, o, func() func(*asof.Moment) (turn, bool, error) {
		return f.visitor(events, may)
	})
}

// silent reports whether the condition can only come true by a write: it is of the state alone, and does not hold where there is
// nothing. What holds already where the search begins may be seen first at an event that writes nothing.
func (f *finder) silent() bool {
	if f.q.From > 1 || !f.cond.OfState() || f.cond.Uses("key") {
		return false
	}
	holds, err := f.cond.New().Holds(expr.Subject{})
	return err == nil && !holds
}

// visitor sees a key's turns. May, if not nil, says where the condition can hold.
func (f *finder) visitor(events *stretch, may func(event.Position) bool) func(*asof.Moment) (turn, bool, error) {
	cond := f.cond.New()
	id, last := uint32(1<<32-1), false
	return func(m *asof.Moment) (turn, bool, error) {
		if m.ID != id {
			id, last = m.ID, f.open.has(m.ID)
		}
		holds, err := m.Answer, error(nil)
		if !m.Sure && (may == nil || may(m.Position)) {
			holds, err = cond.Holds(expr.Subject{Event: events.at(m.Position), State: m.State, Before: m.Before, Key: m.Key, Position: m.Position})
		}
		if holds == last && err == nil {
			return turn{}, false, nil
		}
		last = holds
		return turn{m.Position, m.ID, m.Key, holds, err}, true, nil
	}
}

// turnSieve spares the moments at which a condition on the state alone is what it was.
type turnSieve struct {
	f    *finder
	cond *expr.Evaluator
}

func (s *turnSieve) Was(id uint32) bool { return s.f.open.has(id) }

func (s *turnSieve) Says(state *value.Node) (holds, sure bool) {
	holds, err := s.cond.Holds(expr.Subject{State: state})
	return holds, err == nil
}

func (s *turnSieve) Asks() bool { return s.f.start != nil }

func (s *turnSieve) May(stat func(value.Pointer) (asof.SegmentStat, error)) (bool, error) {
	return s.f.start.May(stat)
}
