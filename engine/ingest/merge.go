package ingest

import (
	"container/heap"
	"context"
	"fmt"
)

// merge passes the lanes' records on, the one with the lowest time first: a lane's time is its running highest, so that each
// keeps its order, and a record without a time goes with its predecessor. The lane that stands first wins a tie.
func (r *runner) merge(ctx context.Context) error {
	r.tell(Loading)
	var live laneHeap
	for _, l := range r.lanes {
		if l.head == nil && l.stopped() {
			live = append(live, l)
			continue
		}
		if l.head == nil {
			if err := r.end(l); err != nil {
				return err
			}
			continue
		}
		live = append(live, l)
	}
	heap.Init(&live)
	for len(live) > 0 {
		l := live[0]
		more, err := r.step(ctx, l, live.runnerUp())
		if err != nil {
			return fmt.Errorf("%s: %w", l.source.Path, err)
		}
		if more {
			heap.Fix(&live, 0)
			continue
		}
		heap.Pop(&live)
		if err := r.end(l); err != nil {
			return fmt.Errorf("%s: %w", l.source.Path, err)
		}
	}
	return nil
}

// stopped tells that the lane was decided and then stopped to save memory.
func (l *lane) stopped() bool { return l.importer != nil && l.items == nil }

// step passes records of one lane on, as long as it stays before the runner-up. It reports whether the lane has more.
func (r *runner) step(ctx context.Context, l, next *lane) (bool, error) {
	if l.stopped() {
		if err := r.ready(ctx, l, r.config.memory()); err != nil {
			return false, err
		}
		return l.head != nil, nil // its first record may have a later time than was thought
	}
	for n := 0; l.head != nil; n++ {
		if next != nil && next.before(l) {
			return true, nil
		}
		if n%256 == 0 {
			if err := r.pause(ctx); err != nil {
				return false, err
			}
		}
		if err := r.deliver(l, l.head); err != nil {
			return false, err
		}
		if err := l.pull(); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (l *lane) before(o *lane) bool {
	if c := l.key.compare(o.key); c != 0 {
		return c < 0
	}
	return l.number < o.number
}

// laneHeap orders lanes by their next record.
type laneHeap []*lane

func (h laneHeap) Len() int           { return len(h) }
func (h laneHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h laneHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *laneHeap) Push(x any)        { *h = append(*h, x.(*lane)) }
func (h *laneHeap) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return l
}

// runnerUp is the lane that comes after the first one; nil if there is none.
func (h laneHeap) runnerUp() *lane {
	switch {
	case len(h) < 2:
		return nil
	case len(h) == 2 || h[1].before(h[2]):
		return h[1]
	}
	return h[2]
}
