package asof

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"
)

// hardShape is a log that is hard in one way. Benchmarks have ASOF_BENCH_EVENTS of its events, or as many as few says. Each event
// depends on its number alone, so that a log of any length takes no memory.
type hardShape struct {
	name   string
	few    int
	most   int    // a log of as many events is as hard as it gets; 0 = no such bound
	ref    string // projection
	script string
	by     string
	event  func(i, n int, rnd *rand.Rand) (stream, typ, payload string)
	when   func(i int) time.Duration // event time; nil = a second after the one before
}

// global is a script that keeps every order in one document.
const global = `
def key(event):
    return "all"

def apply(state, event, key):
    if state.orders == None:
        state.orders = {}
    state.orders[event.stream] = {"status": event.data.status, "n": event.position}
`

// growing appends to a list without end.
const growing = `
def key(event):
    return "all"

def apply(state, event, key):
    if state.list == None:
        state.list = []
    state.list.append({"status": event.data.status, "n": event.position})
`

const reborn = `
def apply(state, event):
    if event.type == "Deleted":
        return DELETE
    state[event.type] = event.data
`

func hardShapes() []hardShape {
	status := func(i int) string { return fmt.Sprintf(`{"status":"s%d","amount":%d.50}`, i%5, i%1000) }
	return []hardShape{
		{name: "one-key", few: 50_000, ref: "merge", event: func(i, _ int, _ *rand.Rand) (string, string, string) {
			return "hot", "Set", status(i)
		}},
		{name: "a-key-an-event", few: 50_000, ref: "merge", event: func(i, _ int, _ *rand.Rand) (string, string, string) {
			return fmt.Sprint("k-", i), "Set", status(i)
		}},
		{name: "100000-types", few: 50_000, ref: "counts", event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return fmt.Sprint("k-", i%100), fmt.Sprint("Type", rnd.IntN(max(n/10, 1))), status(i)
		}},
		{name: "100000-types-merge", few: 50_000, ref: "merge", event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return fmt.Sprint("k-", i%1000), fmt.Sprint("Type", rnd.IntN(max(n/10, 1))), status(i)
		}},
		{name: "children", few: 20_000, ref: "global.star", script: global, event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return fmt.Sprint("o-", rnd.IntN(max(n/10, 1))), "Set", status(i)
		}},
		{name: "items", few: 20_000, ref: "growing.star", script: growing, event: func(i, _ int, _ *rand.Rand) (string, string, string) {
			return "s", "Set", status(i)
		}},
		{name: "children-merge", few: 20_000, ref: "merge", event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return "all", "Set", fmt.Sprintf(`{"orders":{"o-%d":%s}}`, rnd.IntN(max(n/10, 1)), status(i))
		}},
		{name: "100-keys-an-event", few: 2_000, ref: "merge", by: "/data/keys", event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			keys := make([]string, 100)
			for k := range keys {
				keys[k] = strconv.Itoa(rnd.IntN(max(n/10, 200)))
			}
			return "s", "Set", fmt.Sprintf(`{"keys":["%s"],"status":"s%d"}`, strings.Join(keys, `","`), i%5)
		}},
		{name: "clock-backwards", few: 50_000, ref: "merge", event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return fmt.Sprint("k-", rnd.IntN(max(n/20, 1))), "Set", status(i)
		}, when: func(i int) time.Duration { return -time.Duration(i) * time.Second }},
		{name: "10000-streams", few: 50_000, ref: "merge", event: func(i, _ int, _ *rand.Rand) (string, string, string) {
			return fmt.Sprint("s-", i%10_000), "Set", status(i)
		}},
		{name: "deletes", few: 50_000, ref: "reborn.star", script: reborn, event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return fmt.Sprint("k-", rnd.IntN(max(n/10, 1))), []string{"Set", "Changed", "Deleted"}[rnd.IntN(3)], status(i)
		}},
		{name: "1-MB-payloads", few: 64, most: 2000, ref: "merge", event: func(i, n int, rnd *rand.Rand) (string, string, string) {
			return fmt.Sprint("k-", i%8), "Set", fmt.Sprintf(`{"status":"s%d","text":"%x"}`, i%5, strings.Repeat(fmt.Sprint(rnd.Uint64()), 1<<15))
		}},
	}
}

func (s hardShape) at(i, n int) event.Event {
	stream, typ, payload := s.event(i, n, rand.New(rand.NewPCG(uint64(i), 2)))
	after := time.Duration(i) * time.Second
	if s.when != nil {
		after = s.when(i)
	}
	return event.Event{
		Position: event.Position(i + 1), ID: fmt.Sprint("e-", i), Stream: event.StreamID(stream), Type: typ,
		Time: event.Of(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(after)), Raw: []byte(payload), Payload: event.Whole(0, len(payload)),
	}
}

// shapeLog makes the events of a shape as they are asked for.
type shapeLog struct {
	hardShape
	n int
}

func (l shapeLog) Head() event.Position { return event.Position(l.n) }

func (l shapeLog) Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return func(yield func([]event.Event, error) bool) {
		for from <= to {
			if ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			var block []event.Event
			for bytes := 0; from <= to && bytes < 64<<10; from++ {
				block = append(block, l.at(int(from)-1, l.n))
				bytes += len(block[len(block)-1].Raw)
			}
			if !yield(block, nil) {
				return
			}
		}
	}
}

func (s hardShape) projection(tb testing.TB) projection.Projection {
	p, err := projection.Parse(s.ref, projection.Options{By: s.by, ReadFile: func(string) ([]byte, error) { return []byte(s.script), nil }})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// anonymous is the anonymous resident memory of this process in bytes; 0 where the system does not tell.
func anonymous() (n uint64) {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "RssAnon: %d kB", &n); err == nil {
			return n << 10
		}
	}
	return 0
}

// watch calls anonymous again and again until stop is called, which returns the most it saw, less what it was at first.
func watch() (stop func() uint64) {
	quit, most := make(chan struct{}), make(chan uint64)
	first := anonymous()
	go func() {
		top := first
		for {
			select {
			case <-quit:
				most <- top - first
				return
			case <-time.After(20 * time.Millisecond):
				top = max(top, anonymous())
			}
		}
	}()
	return func() uint64 { close(quit); return <-most }
}

func BenchmarkShapes(b *testing.B) {
	for _, s := range hardShapes() {
		b.Run(s.name, func(b *testing.B) {
			n := s.few
			if os.Getenv("ASOF_BENCH_EVENTS") != "" {
				n = benchEvents(b)
			}
			if s.most > 0 {
				n = min(n, s.most)
			}
			log, p := shapeLog{s, n}, s.projection(b)
			var ix *Index
			for b.Loop() {
				b.StopTimer()
				if ix != nil {
					ix.Close()
				}
				var err error
				if ix, err = Open(context.Background(), b.TempDir(), log, p, Options{}); err != nil {
					b.Fatal(err)
				}
				stop := watch()
				b.StartTimer()
				if err := ix.Build(context.Background(), nil); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				b.ReportMetric(float64(stop())/(1<<20), "anon-MiB")
				b.StartTimer()
			}
			defer ix.Close()
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(ix.Info().Bytes)/float64(n), "bytes/event")
			s.lookUp(b, ix, log)
		})
	}
}

// lookUp reports how long look-ups at random positions take.
func (s hardShape) lookUp(b *testing.B, ix *Index, log shapeLog) {
	ctx, rnd := context.Background(), rand.New(rand.NewPCG(3, 4))
	measure := func(name string, op func(key string, path value.Pointer, at, other event.Position) error) {
		var took []time.Duration
		var spent time.Duration
		for len(took) < 10 || len(took) < 300 && spent < 2*time.Second {
			at, other := event.Position(rnd.IntN(log.n)+1), event.Position(rnd.IntN(log.n)+1)
			keys, err := ix.KeysAt(ctx, at)
			if err != nil || len(keys) == 0 {
				b.Fatal(keys, err)
			}
			path := s.path(log, at)
			start := time.Now()
			if err := op(keys[0], path, at, other); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
			spent += took[len(took)-1]
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), name+"-p50-µs")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), name+"-p99-µs")
	}
	measure("state", func(key string, _ value.Pointer, at, _ event.Position) error {
		_, err := ix.State(ctx, key, at)
		return err
	})
	measure("prev", func(key string, path value.Pointer, at, other event.Position) error {
		_, _, err := ix.Prev(ctx, key, path, max(at, other)+1)
		return err
	})
	measure("next", func(key string, path value.Pointer, at, other event.Position) error {
		_, _, err := ix.Next(ctx, key, path, min(at, other)-1)
		return err
	})
	measure("hash", func(_ string, _ value.Pointer, at, _ event.Position) error {
		_, err := ix.Hash(ctx, at)
		return err
	})
}

// path is one that the event at a position writes.
func (s hardShape) path(log shapeLog, at event.Position) value.Pointer {
	e := log.at(int(at)-1, log.n)
	switch s.name {
	case "children":
		return value.Pointer("/orders/" + string(e.Stream) + "/status")
	case "children-merge":
		n, _ := value.Parse(e.Data())
		for name := range n.Get("orders").Members() {
			return value.Pointer("/orders/" + name + "/status")
		}
	case "items":
		return value.Pointer(fmt.Sprintf("/list/%d/status", at-1))
	case "100000-types":
		return value.Pointer("/" + e.Type)
	}
	return "/status"
}
