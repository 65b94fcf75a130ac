package timeline

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
	"asof/timeline/debug"
)

// FindQuery asks where a condition holds.
type FindQuery struct {
	Projection string
	What       string         // a condition (package expr), or with a prefix a text: see debug.SplitWhat
	Key        string         // only this key; "" = every key
	From, To   event.Position // events that are asked, both included; To 0 = as far as is indexed
}

// Find yields the intervals in which a condition holds, per key: it is asked at every event of the key, and what it says counts
// until the key's next event. Intervals come as they end, those that do not end come last; both by their beginnings. A condition
// about events alone gives an interval of one position per event, and so does a text in events; a text in values gives an
// interval per value, from the event that wrote it up to the next change at its path. Progress may be nil.
func (s *Session) Find(ctx context.Context, q FindQuery, progress func(debug.Progress)) iter.Seq2[debug.Interval, error] {
	return func(yield func(debug.Interval, error) bool) {
		if err := s.find(ctx, q, progress, yield); err != nil {
			yield(debug.Interval{}, err)
		}
	}
}

func (s *Session) find(ctx context.Context, q FindQuery, progress func(debug.Progress), yield func(debug.Interval, error) bool) error {
	kind, text := debug.SplitWhat(q.What)
	if kind == debug.ByCondition {
		cond, err := expr.Compile(text)
		if err != nil {
			return err
		}
		return s.finder(q, cond, progress).run(ctx, yield)
	}
	matcher, err := matcherFor(kind, text)
	if err != nil {
		return err
	}
	f := textFinder{session: s, q: q, matcher: matcher, progress: progress, told: time.Now()}
	if kind == debug.ByValue {
		return f.values(ctx, yield)
	}
	return f.events(ctx, yield)
}

func (s *Session) finder(q FindQuery, cond *expr.Cond, progress func(debug.Progress)) *finder {
	return &finder{session: s, q: q, cond: cond, progress: progress, told: time.Now(), carry: asof.NewCarry(), frames: asof.NewFrames()}
}

// finder is one Find under way.
type finder struct {
	session  *Session
	q        FindQuery
	cond     *expr.Cond
	lens     *lens
	open     spells // intervals that have begun
	carry    *asof.Carry
	frames   *asof.Frames
	quiet    bool       // the condition can only come true by a write
	start    expr.Start // by which the statistics of a segment, or of a frame, may say that it does not there
	hits     int
	stopped  bool // nobody wants more
	progress func(debug.Progress)
	told     time.Time
}

// turn is a moment at which the condition begins or ceases to hold for a key.
type turn struct {
	at    event.Position
	id    uint32
	key   string
	holds bool
	err   error
}

func (f *finder) run(ctx context.Context, yield func(debug.Interval, error) bool) error {
	if !f.cond.NeedsState() {
		return f.events(ctx, yield)
	}
	if err := f.ended(ctx, yield); err != nil || f.stopped {
		return err
	}
	return f.rest(ctx, yield)
}

// ended yields the intervals that end, and leaves the others open.
func (f *finder) ended(ctx context.Context, yield func(debug.Interval, error) bool) error {
	if err := f.begin(); err != nil {
		return err
	}
	w := windows{s: f.session, l: f.lens, at: f.q.From - 1, end: f.q.To, size: wholeSegments}
	for {
		from, to, ok, err := w.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		turns, err := f.turnsIn(ctx, from, to)
		if err != nil {
			return err
		}
		if err := f.apply(ctx, turns, yield); err != nil || f.stopped {
			return err
		}
		f.tell(to)
	}
}

// begin finds the index and bounds the search by it.
func (f *finder) begin() (err error) {
	if f.lens, err = f.session.ready(f.q.Projection, f.q.To); err != nil {
		return err
	}
	f.q.From, f.q.To = max(f.q.From, 1), bound(f.q.To, f.lens.ix.Built())
	f.quiet = f.silent()
	if f.quiet {
		f.start = f.cond.Start()
	}
	return nil
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
	o.Names = f.cond.NamesAlone()
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

// apply opens and closes intervals.
func (f *finder) apply(ctx context.Context, turns []turn, yield func(debug.Interval, error) bool) error {
	for _, t := range turns {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case t.err != nil:
			return t.err
		}
		if t.holds {
			f.open.begin(t.id, t.key, t.at)
			f.hits++
			continue
		}
		o := f.open.end(t.id)
		if !yield(debug.Interval{Key: o.key, From: o.from, To: t.at}, nil) {
			f.stopped = true
			return nil
		}
	}
	return nil
}

// rest yields the intervals that do not end.
func (f *finder) rest(ctx context.Context, yield func(debug.Interval, error) bool) error {
	left := make([]debug.Interval, 0, f.open.n)
	for o := range f.open.all() {
		left = append(left, debug.Interval{Key: o.key, From: o.from})
	}
	slices.SortFunc(left, func(a, b debug.Interval) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Key, b.Key))
	})
	for _, i := range left {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !yield(i, nil):
			return nil
		}
	}
	return nil
}

// events finds the events for which a condition about events alone holds.
func (f *finder) events(ctx context.Context, yield func(debug.Interval, error) bool) error {
	p := pointOf(f.cond)
	f.q.From, f.q.To = max(f.q.From, 1), bound(f.q.To, f.session.Head())
	if f.q.Key != "" {
		p.filter.Stream = f.q.Key
	}
	w := windows{s: f.session, at: f.q.From - 1, end: f.q.To, size: wholeSegments}
	for {
		from, to, ok, err := w.next(ctx)
		if err != nil || !ok {
			return err
		}
		hits, err := f.session.eventHits(ctx, p, from, to)
		if err != nil {
			return err
		}
		for _, h := range hits {
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case h.err != nil:
				return h.err
			}
			if f.hits++; !yield(debug.Interval{From: h.at, To: h.at + 1}, nil) {
				return nil
			}
		}
		f.tell(to)
	}
}

func (f *finder) tell(at event.Position) {
	if f.progress == nil || time.Since(f.told) < progressEvery {
		return
	}
	f.told = time.Now()
	f.progress(debug.Progress{At: at, Done: uint64(at - f.q.From + 1), Of: uint64(f.q.To - f.q.From + 1), Hits: f.hits})
}
