package eventlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"asof/engine/event"
)

// The benchmarks take events as an importer hands them over: records of about 340 bytes in one buffer, texts that point
// into it. EVENTLOG_BENCH_EVENTS says how many (300,000 by default), over a tenth as many streams.

func benchEvents(b *testing.B) int {
	if n, err := strconv.Atoi(os.Getenv("EVENTLOG_BENCH_EVENTS")); err == nil {
		return n
	}
	return 300_000
}

type shop struct {
	random  *rand.Rand
	streams int
	n       int
	base    int64
}

// batch appends n events to dst.
func (s *shop) batch(dst []event.Event, n int) []event.Event {
	types := []string{"OrderPlaced", "OrderPaid", "OrderShipped", "PaymentTaken", "PaymentRefunded", "ItemAdded", "ItemRemoved", "AddressChanged", "OrderClosed", "NoteAdded"}
	buf := make([]byte, 0, n*400)
	starts := make([][10]int, n)
	for i := range n {
		r := s.random.Uint64()
		stream := int(r % uint64(s.streams))
		if r>>60 != 0 {
			stream = (s.n/12 + int(r>>20%5000)) % s.streams
		}
		s.n++
		s.base += int64(r >> 50 % 30)
		at := &starts[i]
		put := func(k int, format string, args ...any) {
			at[2*k] = len(buf)
			buf = fmt.Appendf(buf, format, args...)
			at[2*k+1] = len(buf)
		}
		at[8] = len(buf)
		buf = append(buf, `{"id":"`...)
		put(0, "%016x%08x", s.random.Uint64(), s.n)
		buf = append(buf, `","stream":"`...)
		put(1, "order-%07d", stream)
		buf = append(buf, `","type":"`...)
		put(2, "%s", types[r>>40%10])
		buf = fmt.Appendf(buf, `","version":%d,"time":"%s","correlation_id":"`, s.n%17, time.UnixMilli(1_760_000_000_000+s.base).UTC().Format("2006-01-02T15:04:05.000Z"))
		put(3, "corr-%09d", stream*3)
		buf = append(buf, `","data":`...)
		at[9] = len(buf)
		buf = fmt.Appendf(buf, `{"customer":"c-%05d","amount":%d.%02d,"currency":"EUR","sku":"sku-%04d","qty":%d,"note":"left at the door of the neighbour","status":"ok","warehouse":"W%d"}}`, r>>12%90000, r>>8%900, r>>16%100, r>>30%4000, r%9, r>>5%12)
	}
	for i := range starts {
		at := starts[i]
		end := len(buf)
		if i+1 < n {
			end = starts[i+1][8]
		}
		text := func(k int) string { return unsafe.String(&buf[at[2*k]], at[2*k+1]-at[2*k]) }
		number := s.n - n + i + 1
		dst = append(dst, event.Event{
			ID: text(0), Stream: event.StreamID(text(1)), Type: text(2), Correlation: text(3), Version: event.Version(number % 17), Numbering: event.BySource,
			Time: event.Unix(1_760_000_000+int64(number)/50, int64(number%50)*20e6, 3), Place: event.Place{Source: 1, Line: uint64(number), Offset: uint64(number) * 341},
			Raw: buf[at[8]:end:end], Payload: event.Whole(at[9]-at[8], end-1-at[9]),
		})
	}
	return dst
}

// fill writes n events and returns their bytes, and how long the log itself took.
func fill(b testing.TB, l *Log, n int) (raw int64, took time.Duration) {
	ctx := context.Background()
	w, err := l.Writer(ctx)
	if err != nil {
		b.Fatal(err)
	}
	s := &shop{random: rand.New(rand.NewPCG(1, 2)), streams: max(1, n/10)}
	var events []event.Event
	for done := 0; done < n; done += len(events) {
		events = s.batch(events[:0:0], min(5000, n-done))
		start := time.Now()
		for i := range events {
			raw += int64(len(events[i].Raw))
			if err := w.Add(&events[i]); err != nil {
				b.Fatal(err)
			}
		}
		if w.Due() {
			if err := w.Checkpoint(ctx); err != nil {
				b.Fatal(err)
			}
		}
		took += time.Since(start)
	}
	start := time.Now()
	if _, err := w.Finish(ctx); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return raw, took + time.Since(start)
}

func newBench(b testing.TB) *Log {
	l, err := Create(context.Background(), filepath.Join(b.TempDir(), "s"), Identity{}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

// BenchmarkImport measures the log alone: what the events cost to make is left out.
func BenchmarkImport(b *testing.B) {
	n := benchEvents(b)
	for range b.N {
		l := newBench(b)
		raw, took := fill(b, l, n)
		info, err := os.Stat(filepath.Join(l.Dir(), FileName))
		if err != nil {
			b.Fatal(err)
		}
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		b.ReportMetric(float64(raw)/1e6/took.Seconds(), "MB/s")
		b.ReportMetric(float64(info.Size())/float64(raw), "file/raw")
		b.ReportMetric(float64(mem.Sys-mem.HeapReleased)/1e6, "MB-held")
		b.ReportMetric(0, "ns/op")
	}
}

func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	l := newBench(b)
	n := benchEvents(b)
	raw, _ := fill(b, l, n)
	random := rand.New(rand.NewPCG(3, 4))
	b.Run("Scan", func(b *testing.B) {
		for range b.N {
			for _, err := range l.Blocks(ctx, 1, l.Head()) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(raw)*float64(b.N)/1e6/b.Elapsed().Seconds(), "MB/s")
	})
	quantiles := func(name string, ask func(at event.Position) error) {
		b.Run(name, func(b *testing.B) {
			took := make([]time.Duration, 0, b.N)
			for range b.N {
				at := event.Position(random.IntN(n) + 1)
				start := time.Now()
				if err := ask(at); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
	quantiles("Event", func(at event.Position) error { _, err := l.Event(ctx, at); return err })
	quantiles("NextInStream", func(at event.Position) error {
		_, _, err := l.Next(ctx, Filter{Stream: event.StreamID(fmt.Sprintf("order-%07d", random.IntN(n/10)))}, at)
		return err
	})
	quantiles("ByID", func(at event.Position) error {
		_, _, err := l.Next(ctx, Filter{ID: "nobody-" + strconv.Itoa(int(at))}, 0)
		return err
	})
	quantiles("AtTime", func(at event.Position) error {
		_, err := l.AtTime(ctx, event.Unix(1_760_000_000+int64(at)/50, 0, 0))
		return err
	})
	quantiles("Density", func(at event.Position) error { _, err := l.Density(ctx, 1, l.Head(), 200, true); return err })
	quantiles("Reopen", func(event.Position) error {
		again, err := Open(ctx, l.Dir(), Options{ReadOnly: true})
		if err != nil {
			return err
		}
		return again.Close()
	})
	quantiles("Append", func(at event.Position) error {
		_, err := l.Append(ctx, event.StreamID(fmt.Sprintf("order-%07d", random.IntN(n/10))), Any(), []New{{Type: "Noted", Data: []byte(`{"n":1}`)}})
		return err
	})
}
