package timeline

import (
	"context"
	"fmt"
	"testing"

	"asof/engine/event"
)

// BenchmarkPlot draws a field that every event of the log changes over the columns of a wide screen.
func BenchmarkPlot(b *testing.B) {
	ctx := context.Background()
	facts := make([]fact, benchmarked)
	for i := range facts {
		facts[i] = fact{stream: "meter", kind: "Read", at: i, data: fmt.Sprintf(`{"value":%d.5,"unit":"kWh"}`, i*i%997)}
	}
	s := session(b, Options{Dir: folder(b, facts)})
	for _, q := range []PlotQuery{{Path: "/value"}, {Expr: "state.value * 2"}} {
		b.Run(string(q.Path)+q.Expr, func(b *testing.B) {
			q.Key, q.StripQuery = "meter", StripQuery{Columns: 200}
			for b.Loop() {
				if c, err := s.Plot(ctx, q); err != nil || c.Changes < benchmarked/2 {
					b.Fatal(c.Changes, err)
				}
			}
			b.ReportMetric(float64(benchmarked)*float64(b.N)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

// BenchmarkWatch is what the watch pane asks for each frame: five values at random positions.
func BenchmarkWatch(b *testing.B) {
	ctx := context.Background()
	benchmark(b, func(s *Session, pos event.Position) error {
		keys, err := s.KeysOf(ctx, "", pos)
		if err != nil {
			return err
		}
		items := []WatchItem{
			{Path: "/status"}, {Path: "/total"}, {Key: "order-1", Path: "/customer/name"}, {Key: "order-2"}, {Expr: "state.total * 2"},
		}
		_, err = s.Watch(ctx, WatchQuery{Point: Point{Key: keys[0], At: pos}, Items: items})
		return err
	})
}
