package eventlog

import (
	"context"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// Candidates lists, in order, the positions of from to to at which the filter may let an event through: all at which it does,
// and by rare chance, since postings know hashes only, some at which it does not. A filter that names nothing has all of them.
func (l *Log) Candidates(ctx context.Context, f Filter, from, to event.Position) (list []event.Position, err error) {
	from, to = max(from, f.From, 1), min(to, l.Head())
	if f.To != 0 {
		to = min(to, f.To)
	}
	terms := f.terms()
	for start := from; start <= to; {
		segment, _ := segmentOf(start)
		first, next := positionAt(segment, 0), positionAt(segment+1, 0)
		if len(terms) == 0 {
			for ; start <= to && start < next; start++ {
				list = append(list, start)
			}
			continue
		}
		err := l.view(ctx, func(tx *bbolt.Tx) error {
			lists, some, err := l.findAll(tx, terms, segment)
			if err != nil || !some {
				return err
			}
			for off, ok := lowest(lists, int(start-first)); ok; off, ok = lowest(lists, off+1) {
				at := first + event.Position(off)
				if at > to {
					break
				}
				list = append(list, at)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		start = next
	}
	return list, ctx.Err()
}
