package timeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/timeline/debug"
	"asof/timeline/shrink"
)

// MinimizeQuery asks for the smallest log that still breaks a rule.
type MinimizeQuery struct {
	Projection string
	Rule       debug.Rule
	Key        string         // whose violation is looked at; "" = the first one
	To         event.Position // events up to here are looked at; 0 = as far as is indexed
}

// Minimized is a log from which no single event can be left out without the rule holding for its key.
type Minimized struct {
	Violation debug.Violation  // in what is left; positions count its events from 1
	Original  debug.Violation  // in the whole log
	Events    []Event          // what is left, as they stand in the log
	From      int              // how many events there were up to the violation
	Trials    int              // how many logs were tried
	At        []event.Position // of Events, in the whole log
}

// ErrHolds says that there is nothing to minimize: the rule is not broken.
var ErrHolds = errors.New("the rule holds at every event")

// Minimize leaves out events, first whole streams and then single events, as long as the rule is still broken for the same key.
// Documents are folded as the projection does. When ctx ends, what is left so far is returned beside its error. Progress may be
// nil: Of is how many events there were, Done how many are left out.
func (s *Session) Minimize(ctx context.Context, q MinimizeQuery, progress func(debug.Progress)) (Minimized, error) {
	var m Minimized
	check := CheckQuery{Projection: q.Projection, Rules: []debug.Rule{q.Rule}, Key: q.Key, To: q.To}
	for v, err := range s.Check(ctx, check, nil) {
		if err != nil {
			return m, err
		}
		if v.OK {
			return m, fmt.Errorf("rule %s: %w", q.Rule.Name, ErrHolds)
		}
		m.Original = v
		break
	}
	l, err := s.lens(q.Projection)
	if err != nil {
		return m, err
	}
	trials := s.trials(l, q.Rule, m.Original.Key)
	defer trials.close()
	m.From = int(m.Original.Position)
	for _, take := range []func(context.Context, *lens, debug.Violation) ([]event.Position, error){s.ofKey, s.upTo} {
		at, err := take(ctx, l, m.Original)
		if err != nil {
			return m, err
		}
		events, err := s.eventsAt(ctx, at)
		if err != nil {
			return m, err
		}
		if needed, err := trials.of(events)[0].Fails(ctx, all(len(events)), 0); err != nil || needed > 0 {
			if err != nil {
				return m, ruleError(q.Rule, err)
			}
			return s.shrink(ctx, trials.of(events), events[:needed], m, progress)
		}
	}
	return m, fmt.Errorf("rule %s is broken in the whole log, but not in its first %d events alone: does it ask for a position?", q.Rule.Name, m.From)
}

func (s *Session) shrink(ctx context.Context, trials trials, events []*event.Event, m Minimized, progress func(debug.Progress)) (Minimized, error) {
	streams := map[event.StreamID]int{}
	group := func(i int) int {
		stream := events[i].Stream
		if _, ok := streams[stream]; !ok {
			streams[stream] = len(streams)
		}
		return streams[stream]
	}
	told := time.Now()
	left, err := shrink.Shrink(ctx, all(len(events)), group, trials.tests(), func(left int) {
		if m.Trials++; progress != nil && time.Since(told) >= progressEvery {
			told = time.Now()
			progress(debug.Progress{Done: uint64(m.From - left), Of: uint64(m.From)})
		}
	})
	names, e := s.sources(context.WithoutCancel(ctx))
	err = errors.Join(err, e)
	for _, i := range left {
		m.Events = append(m.Events, names.of(events[i]))
		m.At = append(m.At, events[i].Position)
	}
	last := trials[0]
	last.before, last.narrow = true, nil // for who reads it
	last.Begin()
	if _, e := last.Fails(context.WithoutCancel(ctx), left, 0); e != nil {
		return m, errors.Join(err, e)
	}
	m.Violation = last.violation(m.Original.Rule)
	return m, err
}

// ofKey are the events of the violation's key: since documents are folded each by itself, the others make no difference.
func (s *Session) ofKey(ctx context.Context, l *lens, v debug.Violation) ([]event.Position, error) {
	if v.Before == nil && v.After == nil && v.Key == "" {
		return []event.Position{v.Position}, nil
	}
	o := asof.WalkOptions{From: 1, To: v.Position, Key: v.Key, Quiet: true}
	at, err := asof.Walk(ctx, l.ix, o, func() func(*asof.Moment) (event.Position, bool, error) {
		return func(m *asof.Moment) (event.Position, bool, error) { return m.Position, true, nil }
	})
	if len(at) == 0 { // a rule about events alone
		at = []event.Position{v.Position}
	}
	return at, err
}

// mostMinimized bounds the events that are taken into memory.
const mostMinimized = 1_000_000

// upTo are all events up to the violation.
func (s *Session) upTo(_ context.Context, _ *lens, v debug.Violation) ([]event.Position, error) {
	if v.Position > mostMinimized {
		return nil, fmt.Errorf("the rule %s is broken at %d, and not by the events of %s alone: that is too much to minimize", v.Rule, v.Position, v.Key)
	}
	at := make([]event.Position, v.Position)
	for i := range at {
		at[i] = event.Position(i + 1)
	}
	return at, nil
}

func (s *Session) eventsAt(ctx context.Context, at []event.Position) ([]*event.Event, error) {
	list := make([]*event.Event, 0, len(at))
	if len(at) == 0 {
		return nil, nil
	}
	w, err := s.stretch(ctx, at[0], at[len(at)-1], &stretch{only: at})
	if err != nil {
		return nil, err
	}
	for _, pos := range at {
		list = append(list, w.at(pos))
	}
	return list, nil
}

func all(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// WriteLog writes what is left as a log that asof opens: one JSON object a line.
func (m Minimized) WriteLog(w io.Writer) error {
	out := bufio.NewWriter(w)
	format := jsonLines{}
	if err := format.begin(out); err != nil {
		return err
	}
	for _, e := range m.Events {
		if err := format.event(out, e); err != nil {
			return err
		}
	}
	return out.Flush()
}
