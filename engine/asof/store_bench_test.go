package asof

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/value"
)

// BenchmarkStore asks a store that was built before, in ASOF_BENCH_STORE, of a log that the demo's shop wrote: merge must be
// indexed, and last for the divergence. Positions and keys are drawn from the whole log.
func BenchmarkStore(b *testing.B) {
	dir := os.Getenv("ASOF_BENCH_STORE")
	if dir == "" {
		b.Skip("ASOF_BENCH_STORE names no store")
	}
	ctx := context.Background()
	log, err := eventlog.Open(ctx, dir, eventlog.Options{ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { log.Close() })
	ix := storeIndex(b, dir, log, "merge")
	n := int(log.Head())
	rnd := rand.New(rand.NewPCG(7, 7))
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	position := func() event.Position { return event.Position(rnd.IntN(n) + 1) }
	key := func() string {
		e, err := log.Event(ctx, position())
		must(err)
		return string(e.Stream)
	}
	viewport := func() []string {
		keys := make([]string, 50)
		for i := range keys {
			keys[i] = key()
		}
		return keys
	}
	const path = value.Pointer("/status")
	b.Run("event", func(b *testing.B) {
		drawn(b, ix, position, func(at event.Position) { _, err := log.Event(ctx, at); must(err) })
	})
	b.Run("scan", func(b *testing.B) {
		b.SetBytes(int64(log.Info().RawBytes))
		for b.Loop() {
			for _, err := range log.Blocks(ctx, 1, log.Head()) {
				must(err)
			}
		}
	})
	b.Run("state", func(b *testing.B) {
		drawn(b, ix, key, func(key string) { _, err := ix.State(ctx, key, position()); must(err) })
	})
	b.Run("viewport", func(b *testing.B) {
		drawn(b, ix, viewport, func(keys []string) { _, err := ix.States(ctx, keys, position()); must(err) })
	})
	b.Run("blame", func(b *testing.B) {
		drawn(b, ix, key, func(key string) {
			d, err := ix.State(ctx, key, position())
			must(err)
			if d.Root != nil {
				d.Root.At(path).Changed()
			}
		})
	})
	b.Run("previous", func(b *testing.B) {
		drawn(b, ix, key, func(key string) { _, _, err := ix.Prev(ctx, key, path, position()); must(err) })
	})
	b.Run("next", func(b *testing.B) {
		drawn(b, ix, key, func(key string) { _, _, err := ix.Next(ctx, key, path, position()-1); must(err) })
	})
	b.Run("hash", func(b *testing.B) {
		drawn(b, ix, position, func(at event.Position) { _, err := ix.Hash(ctx, at); must(err) })
	})
	b.Run("cold", func(b *testing.B) {
		var cold *Index
		each(b, ix, func() []string {
			keys := viewport()
			if cold != nil {
				must(cold.Close())
			}
			must(ix.Close()) // what is mapped stays in memory
			evict(b, dir)
			var err error
			cold, err = Open(ctx, dir, log, benchProjection(b, "merge"), Options{ReadOnly: true})
			must(err)
			ix = cold
			runtime.GC() // what drawing leaves to be collected is not theirs
			return keys
		}, func(keys []string) { _, err := cold.States(ctx, keys, position()); must(err) })
	})
	b.Run("diverge", func(b *testing.B) {
		other := storeIndex(b, dir, log, "last")
		ignore := []value.Pointer{"/$count", "/$type", "/$first_time", "/$last_time"}
		drawn(b, ix, position, func(event.Position) { _, _, err := Diverge(ctx, ix, other, ignore); must(err) })
	})
}

func storeIndex(b *testing.B, dir string, log *eventlog.Log, ref string) *Index {
	b.Helper()
	p := benchProjection(b, ref)
	if _, err := os.Stat(Path(dir, p.Identity())); err != nil {
		b.Skipf("%s has no index of %s", filepath.Base(dir), ref)
	}
	ix, err := Open(context.Background(), dir, log, p, Options{ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ix.Close() })
	return ix
}
