package asof

import (
	"context"
	"math/rand/v2"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cost counts what look-ups at random positions of a log of n events read, at most, per operation.
func cost(t *testing.T, n int) map[string]uint64 {
	log := benchLog(n)
	ix, err := Open(context.Background(), t.TempDir(), log, benchProjection(t, "merge"), Options{Segment: 512})
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	if err := ix.Build(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	ctx, rnd := context.Background(), rand.New(rand.NewPCG(1, 2))
	most := map[string]uint64{}
	measure := func(name string, op func() error) {
		frames, runs := ix.Probes().Frames.Load(), ix.Probes().Runs.Load()
		if err := op(); err != nil {
			t.Fatal(err)
		}
		most[name+" frames"] = max(most[name+" frames"], ix.Probes().Frames.Load()-frames)
		most[name+" runs"] = max(most[name+" runs"], ix.Probes().Runs.Load()-runs)
	}
	path := value.Pointer("/status")
	for range 200 {
		e := log.events[rnd.IntN(n)]
		key, at := string(e.Stream), e.Position+event.Position(rnd.IntN(n-int(e.Position)+1))
		measure("state", func() error { _, err := ix.State(ctx, key, at); return err })
		measure("prev", func() error { _, _, err := ix.Prev(ctx, key, path, at); return err })
		measure("next", func() error { _, _, err := ix.Next(ctx, key, path, e.Position-1); return err })
		measure("hash", func() error { _, err := ix.Hash(ctx, at); return err })
	}
	return most
}

func TestJumpsDoNotGrowWithTheLog(t *testing.T) {
	small, large := cost(t, 4_000), cost(t, 32_000)
	if large["state frames"] > 1+maxBack {
		t.Errorf("a jump reads %d frames", large["state frames"])
	}
	for name, was := range small {
		now := large[name]
		limit := 2*was + 16 // eight times the log: at most a level of runs more in dictionary and directory, a few more bisections
		if now > limit {
			t.Errorf("%s: %d at 4,000 events, %d at 32,000", name, was, now)
		}
		t.Logf("%s: %d, %d", name, was, now)
	}
}
