package eventlog

import (
	"context"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// Count is how many events the filter lets through. It reads postings, and one event a segment and term to make sure that
// they are of that text; ids, whose postings keep less of the hash, it makes sure of one by one.
func (l *Log) Count(ctx context.Context, f Filter) (uint64, error) {
	start, end := max(f.From, 1), l.Head()
	if f.To != 0 {
		end = min(end, f.To)
	}
	terms := f.terms()
	switch {
	case start > end:
		return 0, nil
	case len(terms) == 0:
		return uint64(end - start + 1), nil
	case f.ID != "":
		return l.countEach(ctx, f)
	}
	total := uint64(0)
	last, _ := segmentOf(end)
	for segment, _ := segmentOf(start); segment <= last; segment++ {
		low, high := 0, SegmentSize
		if positionAt(segment, 0) < start {
			low = int(start - positionAt(segment, 0))
		}
		if n := end - positionAt(segment, 0) + 1; n < SegmentSize {
			high = int(n)
		}
		n, err := l.countIn(ctx, &f, terms, segment, low, high)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (l *Log) countEach(ctx context.Context, f Filter) (n uint64, err error) {
	for at := event.Position(0); ; n++ {
		var ok bool
		if at, ok, err = l.Next(ctx, f, at); err != nil || !ok {
			return n, err
		}
	}
}

// countIn counts within a segment, from offset low up to and without high.
func (l *Log) countIn(ctx context.Context, f *Filter, terms []term, segment uint32, low, high int) (n uint64, err error) {
	samples := make([]event.Position, len(terms))
	err = l.view(ctx, func(tx *bbolt.Tx) error {
		lists, some, err := l.findAll(tx, terms, segment)
		if err != nil || !some {
			return err
		}
		for i, m := range lists {
			off, _ := m.next(0)
			samples[i] = positionAt(segment, uint16(off))
		}
		if len(lists) == 1 && len(terms[0].kinds) == 1 {
			for _, list := range lists[0] {
				n += uint64(list.below(high) - list.below(low))
			}
			return nil
		}
		for off, ok := lowest(lists, low); ok && off < high; off, ok = lowest(lists, off+1) {
			n++
		}
		return nil
	})
	if err != nil || n == 0 {
		return 0, err
	}
	for i := range terms {
		e, err := l.eventAt(ctx, samples[i])
		if err != nil {
			return 0, err
		}
		if !terms[i].filter().Match(e) {
			// Another text of the same hash: count what really matches.
			one := *f
			one.From, one.To = positionAt(segment, uint16(low)), positionAt(segment, 0)+event.Position(high)-1
			return l.countEach(ctx, one)
		}
	}
	return n, nil
}

// filter is the filter that has this term only.
func (t *term) filter() *Filter {
	switch t.kinds[0] {
	case byStream:
		return &Filter{Stream: event.StreamID(t.text)}
	case byCategory:
		return &Filter{Category: t.text}
	case byType:
		return &Filter{Type: t.text}
	case byCorrelation:
		return &Filter{Correlation: t.text}
	}
	return &Filter{ID: t.text}
}
