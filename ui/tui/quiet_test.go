package tui

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuietWaitsUntilKeysPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQuiet()
		start := time.Now()
		q.wait(t.Context(), pauseFor)
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v although no key had come", waited)
		}
		go func() {
			for range 5 {
				q.stir()
				time.Sleep(100 * time.Millisecond)
			}
		}()
		synctest.Wait()
		q.wait(t.Context(), pauseFor)
		if waited := time.Since(start); waited != 400*time.Millisecond+pauseFor {
			t.Errorf("waited %v for five keys", waited)
		}
		q.stir()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		q.wait(ctx, time.Hour)
	})
}

func TestGarbageIsCollectedBetweenKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQuiet()
		ctx, cancel := context.WithCancel(t.Context())
		var collected atomic.Int32
		go q.tidy(ctx, func() { collected.Add(1) })
		for range 10 { // a key that is held down
			q.stir()
			time.Sleep(collectAfter / 2)
		}
		if n := collected.Load(); n > 0 {
			t.Errorf("collected %d times while keys came", n)
		}
		time.Sleep(time.Second)
		if n := collected.Load(); n < 1 || n > 2 {
			t.Errorf("collected %d times after keys paused", n)
		}
		cancel()
		synctest.Wait()
	})
}
