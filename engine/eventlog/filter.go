package eventlog

import (
	"context"
	"slices"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// Filter chooses events. The zero value of a field lets everything through; all of the others must match.
type Filter struct {
	Stream      event.StreamID // primary or further stream
	Type        string
	Category    string // of the primary or a further stream
	Correlation string
	ID          string
	From, To    event.Position // both included; To 0 = no end
}

// Match reports whether the filter lets an event through.
func (f *Filter) Match(e *event.Event) bool {
	if e.Position < f.From || f.To != 0 && e.Position > f.To {
		return false
	}
	if f.Type != "" && e.Type != f.Type || f.Correlation != "" && e.Correlation != f.Correlation || f.ID != "" && e.ID != f.ID {
		return false
	}
	if f.Stream != "" && e.Stream != f.Stream && !slices.Contains(e.Others, f.Stream) {
		return false
	}
	return f.Category == "" || e.Stream.Category() == f.Category ||
		slices.ContainsFunc(e.Others, func(s event.StreamID) bool { return s.Category() == f.Category })
}

func (f *Filter) terms() []term {
	var list []term
	add := func(text string, kinds ...kind) {
		if text == "" {
			return
		}
		t := term{kinds: kinds, text: text}
		for _, k := range kinds {
			t.hash = append(t.hash, k.hash(text))
		}
		list = append(list, t)
	}
	add(f.ID, byID)
	add(string(f.Stream), byStream)
	add(f.Correlation, byCorrelation)
	add(f.Category, byCategory, byStream)
	add(f.Type, byType)
	return list
}

// segmentsAView is how many segments one transaction looks at, so that it stays short.
const segmentsAView = 512

// Next is the first position after `after` whose event the filter lets through, and whether there is one.
func (l *Log) Next(ctx context.Context, f Filter, after event.Position) (event.Position, bool, error) {
	terms := f.terms()
	end := l.Head()
	if f.To != 0 {
		end = min(end, f.To)
	}
	for at := max(after+1, f.From, 1); at <= end; {
		candidate, ok := at, true
		if len(terms) > 0 {
			var err error
			if candidate, ok, err = l.candidate(ctx, terms, at, end); err != nil {
				return 0, false, err
			}
		}
		if !ok {
			return 0, false, nil
		}
		e, err := l.eventAt(ctx, candidate)
		if err != nil {
			return 0, false, err
		}
		if f.Match(e) {
			return candidate, true, nil
		}
		at = candidate + 1
	}
	return 0, false, nil
}

// candidate is the first position from at to end that has all terms, so far as the postings know.
func (l *Log) candidate(ctx context.Context, terms []term, at, end event.Position) (found event.Position, ok bool, err error) {
	for at <= end && !ok {
		err := l.view(ctx, func(tx *bbolt.Tx) error {
			for range segmentsAView {
				segment, off := segmentOf(at)
				lists, some, err := l.findAll(tx, terms, segment)
				if err != nil {
					return err
				}
				if some {
					if o, hit := lowest(lists, int(off)); hit {
						found, ok = positionAt(segment, uint16(o)), true
						return nil
					}
				}
				if at = positionAt(segment+1, 0); at > end {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return 0, false, err
		}
	}
	return found, ok && found <= end, nil
}

// Prev is the last position before `before` whose event the filter lets through, and whether there is one.
func (l *Log) Prev(ctx context.Context, f Filter, before event.Position) (event.Position, bool, error) {
	terms := f.terms()
	at := l.Head()
	if before <= at {
		at = max(before, 1) - 1
	}
	if f.To != 0 {
		at = min(at, f.To)
	}
	for start := max(f.From, 1); at >= start; {
		candidate, ok := at, true
		if len(terms) > 0 {
			var err error
			if candidate, ok, err = l.candidateBefore(ctx, terms, at, start); err != nil {
				return 0, false, err
			}
		}
		if !ok {
			return 0, false, nil
		}
		e, err := l.eventAt(ctx, candidate)
		if err != nil {
			return 0, false, err
		}
		if f.Match(e) {
			return candidate, true, nil
		}
		at = candidate - 1
	}
	return 0, false, nil
}

// candidateBefore is the last position from start to at that has all terms, so far as the postings know.
func (l *Log) candidateBefore(ctx context.Context, terms []term, at, start event.Position) (found event.Position, ok bool, err error) {
	for at >= start && !ok {
		err := l.view(ctx, func(tx *bbolt.Tx) error {
			for range segmentsAView {
				segment, off := segmentOf(at)
				lists, some, err := l.findAll(tx, terms, segment)
				if err != nil {
					return err
				}
				if some {
					if o, hit := highest(lists, int(off)); hit {
						found, ok = positionAt(segment, uint16(o)), true
						return nil
					}
				}
				if at = positionAt(segment, 0) - 1; at < start {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return 0, false, err
		}
	}
	return found, ok && found >= start, nil
}
