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
