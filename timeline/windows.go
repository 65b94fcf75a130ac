package timeline

import (
	"cmp"
	"context"
	"slices"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/timeline/debug"
)

// windows cuts the log into stretches to search, from a position outward: small ones first, so that what is near is found at
// once, then whole segments. No stretch goes over the end of a segment.
type windows struct {
	s    *Session
	l    *lens // nil = only events are looked at
	back bool
	at   event.Position // searched up to here; itself not part of any window
	end  event.Position
	size event.Position
}

const (
	firstWindow   = 1
	growth        = 4
	near          = 16 // from here on a stretch costs by the keys in it
	narrow        = 256
	wide          = 4096                    // from here on a stretch costs by its length, and grows slowly
	wholeSegments = event.Position(1 << 40) // a first size that begins with whole segments
)

// next is the next stretch; not ok at the end.
func (w *windows) next(ctx context.Context) (from, to event.Position, ok bool, err error) {
	if ctx.Err() != nil {
		return 0, 0, false, context.Cause(ctx)
	}
	switch {
	case w.size >= wholeSegments:
	case w.size >= wide:
		w.size *= 2
	case w.size >= narrow:
		w.size *= 4
	case w.size >= near:
		w.size *= 2
	default:
		w.size = max(w.size*growth, firstWindow)
	}
	if w.back {
		if to = max(w.at, 1) - 1; to == 0 {
			return 0, 0, false, nil
		}
		first, _, err := w.segment(ctx, to)
		if err != nil {
			return 0, 0, false, err
		}
		from = max(first, to-min(to, w.size)+1)
		w.at = from
		return from, to, true, nil
	}
	if from = w.at + 1; from > w.end {
		return 0, 0, false, nil
	}
	_, last, err := w.segment(ctx, from)
	if err != nil {
		return 0, 0, false, err
	}
	to = min(last, from+w.size-1, w.end)
	w.at = to
	return from, to, true, nil
}

// segment is the run of positions around at that is kept together.
func (w *windows) segment(ctx context.Context, at event.Position) (first, last event.Position, err error) {
	if w.l != nil {
		extents, err := w.l.ix.Extents(ctx, at, at)
		if err != nil || len(extents) > 0 {
			for _, e := range extents {
				first, last = e.First, e.Last
			}
			return first, last, err
		}
	}
	first = (at-1)/eventlog.SegmentSize*eventlog.SegmentSize + 1
	return first, first + eventlog.SegmentSize - 1, nil
}

// pointHit is a hit with the point that it is of.
type pointHit struct {
	hit
	point *point
	order int // of the point among all
}

func appendHits(all []pointHit, p *point, order int, hits []hit) []pointHit {
	for _, h := range hits {
		all = append(all, pointHit{h, p, order})
	}
	return all
}

// sortHits sorts by position, latest first if back; of one event's hits by the points' order, then as the event's keys are.
func sortHits(all []pointHit, back bool) {
	slices.SortStableFunc(all, func(a, b pointHit) int {
		c := cmp.Compare(a.at, b.at)
		if back {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.order, b.order))
	})
}

func (h pointHit) stop() debug.Stop {
	return debug.Stop{
		At: h.at, Reason: h.point.reason(), Point: h.point.ID, Key: h.key, Path: h.point.Path, Old: h.old, New: h.now, Printed: h.printed,
	}
}
