package asof

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cost counts what look-ups at random positions of a log of n events read, at most, per operation.
func cost(t *testing.T, n int, log Log, at func(i int) *event.Event, p projection.Projection, path func(e *event.Event) value.Pointer) map[string]uint64 {
	ix, err := Open(context.Background(), t.TempDir(), log, p, Options{Segment: 512})
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
	for range 100 {
		e := at(rnd.IntN(n))
		keys, err := ix.KeysAt(ctx, e.Position)
		if err != nil || len(keys) == 0 {
			t.Fatal(keys, err)
		}
		key, path, at := keys[0], path(e), e.Position+event.Position(rnd.IntN(n-int(e.Position)+1))
		before := event.Position(rnd.IntN(int(e.Position)))
		measure("blame", func() error { _, err := ix.Part(ctx, key, path, at); return err })
		measure("prev", func() error { _, _, err := ix.Prev(ctx, key, path, at+1); return err })
		measure("next", func() error { _, _, err := ix.Next(ctx, key, path, e.Position-1); return err })
		measure("hash", func() error { _, err := ix.Hash(ctx, at); return err })
		if ix.Info().Keys > 1 {
			measure("next of what is there", func() error { _, _, err := ix.Next(ctx, key, path, e.Position); return err })
			measure("viewport", func() error {
				_, err := ix.States(ctx, viewport(ix, before), before)
				return err
			})
			measure("prev of what never was", func() error { _, _, err := ix.Prev(ctx, key, "/nowhere", at+1); return err })
			measure("next of what never comes", func() error { _, _, err := ix.Next(ctx, key, "/nowhere", e.Position-1); return err })
			measure("state", func() error { _, err := ix.State(ctx, key, at); return err })
		}
	}
	return most
}

const screen = 50 // keys

// viewport is a screen full of keys, from a position on.
func viewport(ix *Index, from event.Position) (keys []string) {
	for key := range ix.Touched(context.Background(), from, min(from+200, ix.Built())) {
		if keys = append(keys, key); len(keys) == screen {
			break
		}
	}
	return keys
}

// TestLookUpsDoNotGrowWithTheLog counts what is read in a log of 10,000 events and in one of 100,000. What may grow is the depth of
// searches: a few steps.
func TestLookUpsDoNotGrowWithTheLog(t *testing.T) {
	if testing.Short() {
		t.Skip("two logs are built and counted, which takes seconds; short runs are for races")
	}
	compare := func(t *testing.T, few, many map[string]uint64, limit func(name string, was uint64) uint64) {
		for name, was := range few {
			if now := many[name]; now > limit(name, was) {
				t.Errorf("%s: %d in 10,000 events, %d in 100,000", name, was, now)
			}
			t.Logf("%s: %d, %d", name, was, many[name])
		}
	}
	// What a search or a look-up in dictionary and directory may take more: a level or some steps, of each thing that it looks up.
	deeper := map[string]uint64{"blame": 1, "state": 1, "prev": 2, "viewport": 50, "hash": 31, "next": 12, "next of what is there": 12,
		"prev of what never was": 2, "next of what never comes": 2}
	allowed := func(name string, was uint64) uint64 {
		op, isFrames := strings.CutSuffix(name, " frames")
		op = strings.TrimSuffix(op, " runs")
		switch {
		case name == "hash frames": // of the events since the last stored totals, each may read a bucket
			return max(was+was/4+1, stride/2*(1+maxRowBack)+2*(1+maxBack))
		case name == "viewport frames": // keys share frames, the more of the keys there are are on the screen
			return screen * (1 + maxBack)
		case isFrames && !strings.HasPrefix(op, "next"): // no search: the very same frames
			return was + was/4 + 1
		}
		return was + 8*deeper[op]
	}
	t.Run("many keys", func(t *testing.T) {
		of := func(n int) map[string]uint64 {
			log := benchLog(n)
			return cost(t, n, log, func(i int) *event.Event { return &log.events[i] }, benchProjection(t, "merge"),
				func(*event.Event) value.Pointer { return "/status" })
		}
		few, many := of(10_000), of(100_000)
		compare(t, few, many, allowed)
		if many["state frames"] > 1+maxBack || many["blame frames"] > 1+maxBack {
			t.Errorf("a jump reads %d frames", many["state frames"])
		}
		for op, most := range map[string]uint64{
			"prev": 2 * (1 + maxBack), "next": 3*(1+maxBack) + 2, "prev of what never was": 1 + maxBack, "next of what never comes": 2 * (1 + maxBack),
		} {
			if now := many[op+" frames"]; now > most {
				t.Errorf("%s reads %d frames, more than %d", op, now, most)
			}
		}
	})
	t.Run("one large document", func(t *testing.T) {
		i := slices.IndexFunc(hardShapes(), func(s hardShape) bool { return s.name == "children" })
		s := hardShapes()[i]
		of := func(n int) map[string]uint64 {
			return cost(t, n, shapeLog{s, n}, func(i int) *event.Event { e := s.at(i, n); return &e }, s.projection(t),
				func(e *event.Event) value.Pointer { return value.Pointer("/orders/" + string(e.Stream) + "/status") })
		}
		few, many := of(10_000), of(100_000)
		compare(t, few, many, allowed)
		if most := uint64(1 + maxBack + 1 + maxRowBack); many["blame frames"] > most {
			t.Errorf("blame of a member reads %d frames, more than %d", many["blame frames"], most)
		}
	})
}
