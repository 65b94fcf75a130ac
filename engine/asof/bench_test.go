package asof

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"
)

// benchEvents is how many events the benchmarks' log has: ASOF_BENCH_EVENTS, or 100,000. A tenth as many streams.
func benchEvents(b testing.TB) int {
	text := os.Getenv("ASOF_BENCH_EVENTS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// benchType is a type of event and the fields of its payload.
type benchType struct {
	name   string
	fields []string
}

// benchTypes together write 25 fields, so that with what merge adds a document has 29 leaves.
func benchTypes() []benchType {
	return []benchType{
		{"OrderPlaced", []string{"order_id", "customer", "total", "currency", "channel", "status"}},
		{"ItemAdded", []string{"sku", "quantity", "price", "warehouse"}},
		{"PaymentAuthorised", []string{"payment_id", "amount", "method", "status"}},
		{"PaymentCaptured", []string{"payment_id", "amount", "captured_at", "status"}},
		{"AddressChanged", []string{"street", "city", "zip", "country"}},
		{"Shipped", []string{"carrier", "tracking", "weight", "status"}},
		{"Delivered", []string{"delivered_to", "signature", "status"}},
		{"Refunded", []string{"refund_id", "refund", "reason", "status"}},
		{"NoteAdded", []string{"note", "author"}},
		{"Cancelled", []string{"reason", "status"}},
	}
}

// benchLog is a log of orders: four in five events go to a window of streams that slides along, the rest to any before.
func benchLog(n int) *memLog {
	rnd := rand.New(rand.NewPCG(42, 1))
	streams, types := max(n/10, 1), benchTypes()
	log := &memLog{events: make([]event.Event, n), head: event.Position(n), block: 200}
	when := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range log.events {
		upTo := int(int64(i)*int64(streams)/int64(n)) + 1
		s := rnd.IntN(upTo)
		if window := min(upTo, 5000); rnd.IntN(5) > 0 {
			s = upTo - 1 - rnd.IntN(window)
		}
		t := types[rnd.IntN(len(types))]
		when = when.Add(time.Duration(rnd.IntN(2000)) * time.Millisecond)
		log.events[i] = benchEvent(i, s, t, when, rnd)
	}
	return log
}

func benchEvent(i, stream int, t benchType, when time.Time, rnd *rand.Rand) event.Event {
	id, name := fmt.Sprintf("%016x", rnd.Uint64()), fmt.Sprintf("order-%06d", stream)
	raw := fmt.Appendf(nil, `{"id":%q,"stream":%q,"type":%q,"time":%q,"correlation_id":"c-%d","data":`, id, name, t.name, when.Format(time.RFC3339Nano), stream)
	start := len(raw)
	for j, f := range t.fields {
		raw = append(raw, "{,"[min(j, 1)])
		if j%2 == 0 {
			raw = fmt.Appendf(raw, `%q:"%s-%x"`, f, f, rnd.Uint32())
		} else {
			raw = fmt.Appendf(raw, `%q:%d.%02d`, f, rnd.IntN(1000), rnd.IntN(100))
		}
	}
	raw = append(raw, '}')
	end := len(raw)
	raw = fmt.Appendf(raw, `,"metadata":{"user":"u-%d","host":"shop-%d","request":"%016x"}}`, rnd.IntN(1000), rnd.IntN(8), rnd.Uint64())
	return event.Event{
		Position: event.Position(i + 1), ID: id, Stream: event.StreamID(name), Type: t.name, Time: event.Of(when),
		Raw: raw, Payload: event.Whole(start, end-start),
	}
}

func benchProjection(b testing.TB, ref string) projection.Projection {
	p, err := projection.Parse(ref, projection.Options{ReadFile: func(string) ([]byte, error) {
		return []byte("def apply(state, event):\n    state.type = event.type\n    state.status = event.data.status\n    state.count = (state.count or 0) + 1\n"), nil
	}})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func benchIndex(b testing.TB, log *memLog, ref string) *Index {
	ix, err := Open(context.Background(), b.TempDir(), log, benchProjection(b, ref), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ix.Close() })
	if err := ix.Build(context.Background(), nil); err != nil {
		b.Fatal(err)
	}
	return ix
}

func BenchmarkBuild(b *testing.B) {
	n := benchEvents(b)
	log := benchLog(n)
	size := 0
	for i := range log.events {
		size += len(log.events[i].Raw)
	}
	for _, ref := range []string{"merge", "last", "tally", "counts", "three.star"} {
		b.Run(ref, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				ix := benchIndex(b, log, ref)
				b.ReportMetric(float64(ix.Info().Bytes)/float64(size), "size/raw")
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// timed runs op b.N times and reports percentiles of its time.
func timed(b *testing.B, ix *Index, op func()) {
	drawn(b, ix, func() struct{} { return struct{}{} }, func(struct{}) { op() })
}

// drawn is timed, of questions that are all drawn before the first is asked: what drawing leaves to be collected is not theirs.
func drawn[T any](b *testing.B, ix *Index, draw func() T, ask func(T)) {
	questions := make([]T, b.N)
	for i := range questions {
		questions[i] = draw()
	}
	runtime.GC()
	b.ResetTimer()
	i := 0
	each(b, ix, func() T { i++; return questions[i-1] }, ask)
}

// each is timed, of questions that are drawn one by one, each before its clock starts.
func each[T any](b *testing.B, ix *Index, draw func() T, ask func(T)) {
	var all []time.Duration
	frames := ix.Probes().Frames.Load()
	for range b.N {
		question := draw()
		start := time.Now()
		ask(question)
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[(len(all)*99+99)/100-1].Microseconds()), "p99-µs") // that so many are not above
	b.ReportMetric(float64(ix.Probes().Frames.Load()-frames)/float64(len(all)), "frames/op")
}

func BenchmarkLookups(b *testing.B) {
	n := benchEvents(b)
	log := benchLog(n)
	ix := benchIndex(b, log, "merge")
	ctx := context.Background()
	rnd := rand.New(rand.NewPCG(7, 7))
	pick := func() (string, event.Position) {
		e := log.events[rnd.IntN(n)]
		return string(e.Stream), e.Position + event.Position(rnd.IntN(n-int(e.Position)+1))
	}
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("state", func(b *testing.B) {
		timed(b, ix, func() { key, at := pick(); _, err := ix.State(ctx, key, at); must(err) })
	})
	b.Run("viewport50", func(b *testing.B) {
		keys := make([]string, 50)
		timed(b, ix, func() {
			at := event.Position(rnd.IntN(n) + 1)
			for i := range keys {
				keys[i], _ = pick()
			}
			_, err := ix.States(ctx, keys, at)
			must(err)
		})
	})
	path := value.Pointer("/status")
	b.Run("blame", func(b *testing.B) {
		timed(b, ix, func() { key, at := pick(); d, err := ix.State(ctx, key, at); must(err); d.Root.At(path).Changed() })
	})
	b.Run("prev", func(b *testing.B) {
		timed(b, ix, func() { key, at := pick(); _, _, err := ix.Prev(ctx, key, path, at); must(err) })
	})
	b.Run("next", func(b *testing.B) {
		timed(b, ix, func() { key, at := pick(); _, _, err := ix.Next(ctx, key, path, at-1); must(err) })
	})
	b.Run("hash", func(b *testing.B) {
		timed(b, ix, func() { _, at := pick(); _, err := ix.Hash(ctx, at); must(err) })
	})
	b.Run("keysAt", func(b *testing.B) {
		timed(b, ix, func() { _, at := pick(); _, err := ix.KeysAt(ctx, at); must(err) })
	})
	b.Run("keys50", func(b *testing.B) {
		timed(b, ix, func() {
			key, at := pick()
			for _, err := range ix.Keys(ctx, at, KeysOptions{After: key, Limit: 50, Alive: true}) {
				must(err)
			}
		})
	})
	b.Run("diverge", func(b *testing.B) {
		other := benchIndex(b, log, "last")
		for _, ignore := range [][]value.Pointer{nil, {"/$count", "/$type", "/$first_time", "/$last_time"}} {
			b.Run(fmt.Sprint(len(ignore)), func(b *testing.B) {
				timed(b, ix, func() { _, _, err := Diverge(ctx, ix, other, ignore); must(err) })
			})
		}
	})
}
