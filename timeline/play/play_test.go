package play

import (
	"testing"
	"time"

	"asof/engine/event"
	"pgregory.net/rapid"
)

func TestLadder(t *testing.T) {
	p := Pace{Times: 1}
	for _, want := range []string{"×2", "×5", "×10", "×20"} {
		if p = p.Faster(); p.String() != want {
			t.Fatalf("got %s, want %s", p, want)
		}
	}
	for _, want := range []string{"×10", "×5", "×2", "×1", "×0.5", "×0.2"} {
		if p = p.Slower(); p.String() != want {
			t.Fatalf("got %s, want %s", p, want)
		}
	}
	if got := (Pace{PerSecond: 30}).Faster().String(); got != "50/s" {
		t.Errorf("faster than 30/s is %s", got)
	}
	if got := (Pace{PerSecond: 30}).Slower().String(); got != "20/s" {
		t.Errorf("slower than 30/s is %s", got)
	}
}

func TestDue(t *testing.T) {
	if got := (Pace{PerSecond: 50}).Events(1500 * time.Millisecond); got != 75 {
		t.Errorf("50/s gives %d events in 1.5 s", got)
	}
	start := event.Unix(1000, 0, 0)
	if got := (Pace{Times: 10}).Instant(start, time.Second); got.Sub(start) != 10*time.Second {
		t.Errorf("×10 shows %s after a second", got.Text())
	}
	if got := (Pace{}).Instant(start, time.Hour); got != start {
		t.Errorf("the zero pace moved to %s", got.Text())
	}
}

func TestPlayingNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Pace{PerSecond: rapid.Float64Range(0.001, 1e9).Draw(t, "per second")}
		a := time.Duration(rapid.Int64Range(0, 1<<62).Draw(t, "elapsed"))
		b := a + time.Duration(rapid.Int64Range(0, 1<<60).Draw(t, "more"))
		if p.Events(a) > p.Events(b) {
			t.Fatalf("%s: %d events after %s, %d after %s", p, p.Events(a), a, p.Events(b), b)
		}
		q := Pace{Times: p.PerSecond}
		if q.Instant(event.Unix(0, 0, 0), b).Before(q.Instant(event.Unix(0, 0, 0), a)) {
			t.Fatalf("%s goes back", q)
		}
	})
}
