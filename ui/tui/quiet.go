package tui

import (
	"context"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// quiet keeps what nobody waits for out of the way of a person's keys: the check of the chain pauses while they come, and garbage is
// collected when they pause. A collection that falls on a key makes its answer wait for longer than all the rest together, since two
// processors have little to spare; a few of fifty keys met one. Its methods are safe for concurrent use.
type quiet struct {
	acted   atomic.Int64 // when a key came last, by the monotonic clock since begun
	begun   time.Time
	stirred chan struct{}
}

const (
	pauseFor     = 300 * time.Millisecond // after a key, what goes on beside the screen waits so long
	collectAfter = 60 * time.Millisecond  // by then a key has been answered and drawn
)

func newQuiet() *quiet {
	q := &quiet{begun: time.Now(), stirred: make(chan struct{}, 1)}
	q.acted.Store(int64(-pauseFor))
	return q
}

// stir says that a key came.
func (q *quiet) stir() {
	q.acted.Store(int64(time.Since(q.begun)))
	select {
	case q.stirred <- struct{}{}:
	default:
	}
}

// wait returns when no key has come for so long, or ctx ends.
func (q *quiet) wait(ctx context.Context, long time.Duration) {
	for {
		left := time.Duration(q.acted.Load()) + long - time.Since(q.begun)
		if left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// tidy calls collect whenever keys have come and pause, until ctx ends.
func (q *quiet) tidy(ctx context.Context, collect func()) {
	for {
		select {
		case <-q.stirred:
		case <-ctx.Done():
			return
		}
		if q.wait(ctx, collectAfter); ctx.Err() == nil {
			collect()
		}
	}
}

// collectGarbage runs the collector if it would run soon by itself: once the heap has come half the way to where it does, from what
// was in use.
func collectGarbage() {
	heap := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/goal:bytes"}, {Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(heap)
	objects, goal, live := heap[0].Value.Uint64(), heap[1].Value.Uint64(), heap[2].Value.Uint64()
	if goal > live && objects > live+(goal-live)/2 {
		runtime.GC()
	}
}
