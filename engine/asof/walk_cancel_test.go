package asof

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"asof/engine/value"
)

// TestNoVisitBeginsOnceAWalkIsCancelled cancels walks of each kind from within a visit, and counts the visits that begin later: each
// other goroutine may be about to begin one.
func TestNoVisitBeginsOnceAWalkIsCancelled(t *testing.T) {
	const n = 20_000
	ix := benchIndex(t, benchLog(n), "merge")
	for name, o := range map[string]WalkOptions{
		"all":       {},
		"both":      {Before: true},
		"quiet":     {Quiet: true},
		"fields":    {Fields: []value.Pointer{"/$count"}, Before: true},
		"changes":   {Fields: []value.Pointer{"/$count"}, Changes: true},
		"a stretch": {From: 5, Quiet: true, Fields: []value.Pointer{"/$type"}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			o.From, o.To = max(o.From, 1), ix.Built()
			var visits, late atomic.Int64
			var cancelled atomic.Bool
			_, err := Walk(ctx, ix, o, func() func(*Moment) (int, bool, error) {
				return func(*Moment) (int, bool, error) {
					if cancelled.Load() {
						late.Add(1)
					}
					if visits.Add(1) == 1000 {
						cancel()
						cancelled.Store(true)
					}
					return 0, false, nil
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v after %d visits", err, visits.Load())
			}
			if most := int64(runtime.GOMAXPROCS(0)); late.Load() > most {
				t.Errorf("%d visits began after the cancel; at most %d may", late.Load(), most)
			}
		})
	}
}
