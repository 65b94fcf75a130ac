package eventlog

import (
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// TestWritersRemember writes through two handles in turn, of which one remembers: each batch is as if one writer had written all.
func TestWritersRemember(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "eventlog")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		opts := Options{BlockBytes: 2000, Workers: 1, Streams: rapid.SampledFrom([]int{2, 0}).Draw(rt, "streams remembered")}
		one := must(Create(t.Context(), filepath.Join(dir, "s"), Identity{Key: "k"}, opts))(rt)
		defer one.Close()
		two := must(Open(t.Context(), filepath.Join(dir, "s"), opts))(rt)
		defer two.Close()
		one.Remember(true)
		m, learned := &model{}, true // of an empty log, all is known
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			l := rapid.SampledFrom([]*Log{one, one, two}).Draw(rt, "handle")
			learn, commit := rapid.Bool().Draw(rt, "learn"), rapid.IntRange(0, 4).Draw(rt, "fate") > 0
			events := generator(rt, rapid.SampledFrom([]int{1, 20, 100}).Draw(rt, "events"))
			w := must(l.Writer(t.Context()))(rt)
			if l == one && len(m.events) > 0 && w.ids.whole != learned {
				rt.Fatalf("the writer knows all: %v, not %v", w.ids.whole, learned)
			}
			if learn && !w.ids.whole {
				if err := w.learnIDs(); err != nil {
					rt.Fatal(err)
				}
				if err := w.learnStreams(); err != nil {
					rt.Fatal(err)
				}
			}
			lent := lender{w: w}
			for i := range events {
				if err := lent.add(events[i]); err != nil {
					rt.Fatal(err)
				}
			}
			if commit {
				m.add(events)
				must(w.Commit(t.Context()))(rt)
			}
			if commit || l == one { // what another handle gives up changes nothing; what this one gives up is not remembered
				learned = commit && l == one && w.ids.whole
			}
			if err := w.Close(); err != nil {
				rt.Fatal(err)
			}
		}
		must(one.Refresh(t.Context()))(rt)
		if len(m.events) > 0 {
			m.outliers(false)
			compare(rt, one, m)
		}
	})
}
