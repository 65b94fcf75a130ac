package timeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"asof/engine/event"
)

// SearchQuery asks for the next event that holds a text, in its payload, type, stream, id or metadata.
type SearchQuery struct {
	Matcher   *Matcher
	Filter    Filter
	From      event.Position // the event there is not looked at
	Direction Direction      // 0 = Forward
	Wrap      bool           // go on at the other end
}

// SearchProgress is what a search has looked at so far.
type SearchProgress struct {
	At      event.Position // looked at up to here
	Covered int            // events looked at
	Of      int            // positions that there are to look at, at most
}

// SearchHit is what a search found, or that it found nothing in what it covered.
type SearchHit struct {
	Position event.Position // 0 = nothing found
	Field    string         // type, stream, id, data or metadata
	Text     string         // the text of the field around the match
	Wrapped  bool           // found after going on at the other end
	Covered  int
}

// Search looks for the next event that matches. When ctx ends, the hit says what was covered, beside ctx's error.
// Progress, if not nil, is called some times a second.
func (s *Session) Search(ctx context.Context, q SearchQuery, progress func(SearchProgress)) (SearchHit, error) {
	if q.Matcher == nil {
		return SearchHit{}, errors.New("search: nothing to look for")
	}
	run := search{SearchQuery: q, session: s, progress: progress, of: int(s.Head()), told: time.Now()}
	reverse := q.Direction == Backward
	first, second := q.Filter, q.Filter
	if reverse {
		first.To = bound(first.To, q.From-min(q.From, 1))
		second.From = max(second.From, q.From)
	} else {
		first.From = max(first.From, q.From+1)
		second.To = bound(second.To, q.From)
	}
	if !reverse || q.From > 1 {
		if found, err := run.leg(ctx, first, reverse); found || err != nil {
			return run.hit, err
		}
	}
	if !q.Wrap || q.From == 0 {
		return run.hit, nil
	}
	found, err := run.leg(ctx, second, reverse)
	run.hit.Wrapped = found
	return run.hit, err
}

// bound is the lesser of two upper bounds, of which 0 is none.
func bound(to, other event.Position) event.Position {
	if to == 0 {
		return other
	}
	return min(to, other)
}

// search is one search under way.
type search struct {
	SearchQuery
	session  *Session
	progress func(SearchProgress)
	of       int
	told     time.Time
	hit      SearchHit
	sieve    *sieve // nil until it is needed
}

func (r *search) leg(ctx context.Context, f Filter, reverse bool) (found bool, err error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if r.Matcher.needs != nil && f.Everything() {
		return r.held(ctx, f, reverse)
	}
	for e, err := range r.session.scan(ctx, f, reverse) {
		if err != nil {
			return false, err
		}
		if r.look(e) {
			return true, nil
		}
		const often = 256
		if r.hit.Covered++; r.hit.Covered%often != 0 {
			continue
		}
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		r.tell(e.Position)
	}
	return false, nil
}

func (r *search) tell(at event.Position) {
	if r.progress != nil && time.Since(r.told) >= progressEvery {
		r.told = time.Now()
		r.progress(SearchProgress{At: at, Covered: r.hit.Covered, Of: r.of})
	}
}

// held is leg for a text of which the log's columns tell where it may be, among all events.
func (r *search) held(ctx context.Context, f Filter, reverse bool) (found bool, err error) {
	from, to := max(f.From, 1), bound(f.To, r.session.Head())
	if !reverse {
		return r.heldIn(ctx, from, to, false)
	}
	w := windows{s: r.session, back: true, at: to + 1, end: to, size: wide / growth}
	for {
		first, last, ok, err := w.next(ctx)
		if err != nil || !ok || last < from {
			return false, err
		}
		if found, err = r.heldIn(ctx, max(first, from), last, true); found || err != nil {
			return found, err
		}
	}
}

// heldIn finds the first event of a stretch that matches, or in reverse the last one.
func (r *search) heldIn(ctx context.Context, from, to event.Position, reverse bool) (found bool, err error) {
	before := r.hit.Covered
	for run, err := range r.session.log.Holding(ctx, r.Matcher.needs, from, to) {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		if err != nil {
			return false, fmt.Errorf("events: %w", err)
		}
		for i := range run.Events {
			if !r.look(&run.Events[i]) {
				continue
			}
			if found = true; !reverse {
				r.hit.Covered = before + int(r.hit.Position-from)
				return true, nil
			}
		}
		if r.hit.Covered = before + int(run.To-from) + 1; !reverse {
			r.tell(run.To)
		}
	}
	if r.tell(from); found {
		r.hit.Covered = before + int(to-r.hit.Position)
	}
	return found, nil
}

// look reports whether an event matches, and notes where.
func (r *search) look(e *event.Event) bool {
	if r.Matcher.needs != nil {
		if r.sieve == nil {
			r.sieve = newSieve(r.Matcher.needs)
		}
		if r.sieve.drops(e) {
			return false
		}
	}
	return r.text(e, "type", e.Type) || r.text(e, "stream", string(e.Stream)) || r.text(e, "id", e.ID) ||
		r.json(e, "data", e.Data()) || r.json(e, "metadata", e.Metadata())
}

func (r *search) text(e *event.Event, field, text string) bool {
	return r.found(e, field, textBytes(text), false)
}

func (r *search) json(e *event.Event, field string, text []byte) bool {
	return r.found(e, field, text, true)
}

func (r *search) found(e *event.Event, field string, text []byte, json bool) bool {
	at := r.Matcher.find(text, json)
	if at != nil {
		r.hit.Position, r.hit.Field, r.hit.Text = e.Position, field, excerpt(text, at)
	}
	return at != nil
}

// excerpt is a text around a match: enough for one line of a screen.
func excerpt(text []byte, at []int) string {
	const around = 60
	from, to := max(0, at[0]-around), min(len(text), at[1]+around)
	for from > 0 && from < at[0] && text[from]&0xC0 == 0x80 {
		from++
	}
	for to < len(text) && to > at[1] && text[to]&0xC0 == 0x80 {
		to--
	}
	return string(text[from:to])
}
