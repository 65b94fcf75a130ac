package timeline

import (
	"context"
	"errors"
	"fmt"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/timeline/where"
)

// resolver finds positions from a base.
type resolver struct {
	*Session
	base Base
}

// position is where a reading points. A reason, in plain words, says why this log has no such position.
func (r resolver) position(ctx context.Context, w where.Reading) (pos event.Position, reason string, err error) {
	head := r.Head()
	switch w.Kind {
	case where.Position:
		if event.Position(w.Number) > head {
			return 0, fmt.Sprintf("the log ends at position %d", head), nil
		}
		return event.Position(w.Number), "", nil
	case where.Start:
		return 0, "", nil
	case where.End:
		return head, "", nil
	case where.Percent:
		return shareOf(head, uint64(w.Number)), "", nil
	case where.Steps:
		return moved(r.base.At, w.Number, head), "", nil
	case where.Shift, where.Time, where.TimeOfDay, where.Recorded:
		return r.atTime(ctx, w)
	case where.Version, where.Stream:
		return r.stream(ctx, w)
	case where.Type:
		return r.nth(ctx, eventlog.Filter{Type: w.Text}, w.Number)
	case where.Turn:
		return 0, "this log has no turns of an agent", nil
	case where.Mark:
		return r.mark(ctx, w.Text)
	case where.Match:
		return r.match(ctx, w)
	}
	return 0, "it is of no known form", nil
}

// shareOf is that many millionths of the log, rounded down.
func shareOf(head event.Position, millionths uint64) event.Position {
	const whole = 1_000_000
	return event.Position(uint64(head)/whole*millionths + uint64(head)%whole*millionths/whole)
}

// moved is a position some steps on, within the log.
func moved(at event.Position, steps int64, head event.Position) event.Position {
	switch {
	case steps < 0 && uint64(-steps) >= uint64(at):
		return 0
	case steps < 0:
		return min(at-event.Position(-steps), head)
	case uint64(steps) >= uint64(head-min(at, head)):
		return head
	}
	return at + event.Position(steps)
}

// day is the time at the cursor, and before every event that of the first.
func (r resolver) day(ctx context.Context) (event.Time, error) {
	return r.log.ClockAt(ctx, min(max(r.base.At, 1), r.Head()))
}

func (r resolver) atTime(ctx context.Context, w where.Reading) (pos event.Position, reason string, err error) {
	day, err := r.day(ctx)
	if err != nil {
		return 0, "", err
	}
	if w.Kind == where.Shift {
		return r.shifted(ctx, w)
	}
	moment, err := w.Moment(day, r.base.Zone)
	var not *where.Error
	if errors.As(err, &not) {
		return 0, not.Reason, nil
	}
	if err != nil {
		return 0, "", err
	}
	if w.Kind == where.Recorded {
		return r.atRecorded(ctx, moment)
	}
	if r.log.Info().Last.IsZero() {
		return 0, "the events of this log have no times", nil
	}
	pos, err = r.log.AtTime(ctx, moment)
	return pos, "", err
}

// atRecorded refuses a log that says of neither its first nor its last event when it was stored: all of it would be the answer.
func (r resolver) atRecorded(ctx context.Context, moment event.Time) (pos event.Position, reason string, err error) {
	head := r.Head()
	pos, err = r.log.AtRecorded(ctx, moment)
	if err != nil || pos < head || head == 0 {
		return pos, "", err
	}
	for _, at := range []event.Position{1, head} {
		e, err := r.log.Event(ctx, at)
		if err != nil {
			return 0, "", err
		}
		if !e.Recorded.IsZero() {
			return pos, "", nil
		}
	}
	return 0, "the events of this log have no recorded times", nil
}

// shifted moves by time from the cursor's clock. A shift forward stays where it is until an event is due.
func (r resolver) shifted(ctx context.Context, w where.Reading) (pos event.Position, reason string, err error) {
	clock, err := r.log.ClockAt(ctx, r.base.At)
	if err != nil {
		return 0, "", err
	}
	if clock.IsZero() && w.Span < 0 {
		return 0, "", nil
	}
	if clock.IsZero() {
		if clock, err = r.day(ctx); err != nil {
			return 0, "", err
		}
	}
	if clock.IsZero() {
		return 0, "there is no time at the cursor to count from", nil
	}
	pos, err = r.log.AtTime(ctx, clock.Add(w.Span))
	if w.Span >= 0 {
		pos = max(pos, r.base.At)
	}
	return pos, "", err
}

// stream finds a version of a stream, or its last event up to the cursor, or its first.
func (r resolver) stream(ctx context.Context, w where.Reading) (pos event.Position, reason string, err error) {
	id := event.StreamID(w.Text)
	if w.Kind == where.Version {
		pos, err = r.log.StreamAt(ctx, id, event.Version(w.Number))
		if errors.Is(err, eventlog.ErrNoStream) {
			return r.noVersion(ctx, w)
		}
		return pos, "", err
	}
	name, ok, err := r.log.Stream(ctx, id)
	if err != nil {
		return 0, "", err
	}
	if !ok {
		return 0, fmt.Sprintf("there is no stream %q", w.Text), nil
	}
	pos, ok, err = r.log.Prev(ctx, eventlog.Filter{Stream: id}, r.base.At+1)
	if err == nil && !ok {
		pos = name.First
	}
	return pos, "", err
}

// noVersion says which versions a stream has. That ends the search, unless there is a stream of the whole name.
func (r resolver) noVersion(ctx context.Context, w where.Reading) (event.Position, string, error) {
	whole := fmt.Sprintf("%s:%d", w.Text, w.Number)
	name, ok, err := r.log.Stream(ctx, event.StreamID(w.Text))
	if err != nil || !ok {
		return 0, fmt.Sprintf("there is no stream %q", w.Text), err
	}
	if _, named, err := r.log.Stream(ctx, event.StreamID(whole)); err != nil || named {
		return 0, "it is a stream", err
	}
	return 0, "", &where.Error{Text: whole, Reason: fmt.Sprintf("stream %q has no version %d; its last is %d", w.Text, w.Number, name.Version)}
}

// nth finds the n-th event that a filter picks: by halving, with counts from the postings.
func (r resolver) nth(ctx context.Context, f eventlog.Filter, n int64) (pos event.Position, reason string, err error) {
	all, err := r.log.Count(ctx, f)
	if err != nil {
		return 0, "", err
	}
	if all == 0 {
		return 0, fmt.Sprintf("there is no event of type %q", f.Type), nil
	}
	if uint64(n) > all {
		return 0, fmt.Sprintf("there are only %d events of type %q", all, f.Type), nil
	}
	low, high := event.Position(1), r.Head() // the n-th is in low … high
	for low < high {
		f.To = low + (high-low)/2
		count, err := r.log.Count(ctx, f)
		if err != nil {
			return 0, "", err
		}
		if count >= uint64(n) {
			high = f.To
		} else {
			low = f.To + 1
		}
	}
	return low, "", nil
}

func (r resolver) mark(ctx context.Context, name string) (pos event.Position, reason string, err error) {
	marks, err := r.Marks(ctx)
	if err != nil {
		return 0, "", err
	}
	for _, m := range marks {
		if m.Name == name {
			return min(m.Position, r.Head()), "", nil
		}
	}
	return 0, fmt.Sprintf("there is no mark %q", name), nil
}

// match finds the next event that matches. On the command line there is no cursor to go on from: it is the first one.
func (r resolver) match(ctx context.Context, w where.Reading) (pos event.Position, reason string, err error) {
	matcher, err := NewMatcher(w.String())
	if err != nil {
		return 0, err.Error(), nil
	}
	from := r.base.At
	if r.base.CommandLine {
		from = 0
	}
	hit, err := r.Search(ctx, SearchQuery{Matcher: matcher, From: from, Direction: Forward}, nil)
	if err != nil {
		return 0, "", err
	}
	if hit.Position == 0 {
		return 0, fmt.Sprintf("no event after position %d matches %s", from, w.String()), nil
	}
	return hit.Position, "", nil
}
