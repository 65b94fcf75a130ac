package asof

import (
	"context"
	"testing"
)

// BenchmarkWalk visits every change, with the document after it, and with the one before as well.
func BenchmarkWalk(b *testing.B) {
	n := benchEvents(b)
	ix := benchIndex(b, benchLog(n), "merge")
	for _, c := range []struct {
		name string
		o    WalkOptions
	}{{"after", WalkOptions{}}, {"both", WalkOptions{Before: true}}, {"quiet", WalkOptions{Quiet: true}}} {
		b.Run(c.name, func(b *testing.B) {
			c.o.From, c.o.To = 1, ix.Built()
			for b.Loop() {
				_, err := Walk(context.Background(), ix, c.o, func() func(*Moment) (int, bool, error) {
					return func(m *Moment) (int, bool, error) { return 0, false, nil }
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}
