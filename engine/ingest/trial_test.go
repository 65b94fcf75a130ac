package ingest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestATrialEndsAsADecision: passing records on before the order is decided, and taking them back where need be, changes nothing.
func TestATrialEndsAsADecision(t *testing.T) {
	turned := 0
	tries := 0
	rapid.Check(t, func(rt *rapid.T) {
		tries++
		var b strings.Builder
		at, back := 0, rapid.IntRange(0, 3).Draw(rt, "back")
		for i := range rapid.IntRange(1, 120).Draw(rt, "lines") {
			if at += 10; i > 20 {
				at -= rapid.IntRange(0, 15*back).Draw(rt, "step")
			}
			if rapid.IntRange(0, 9).Draw(rt, "bad") == 0 {
				b.WriteString("! bad\n")
			}
			fmt.Fprintf(&b, "e%d s%d %d\n", i, rapid.IntRange(0, 30).Draw(rt, "stream"), at)
		}
		path := put(t, t.TempDir(), "x.log", b.String())
		var roots []string
		var results []Result
		var rows [][]byte
		for _, after := range []int64{0, 1, 300} {
			cfg := config()
			cfg.trial = after
			log := &memoryLog{due: func() bool { return true }}
			opened := 0
			st := log.store()
			again := st.again
			st.again = func(ctx context.Context) (*store, error) { opened++; return again(ctx) }
			p, err := Prepare(t.Context(), []string{path}, cfg)
			if err != nil {
				rt.Fatal(err)
			}
			res, err := st.load(t.Context(), p, nil)
			if err != nil {
				rt.Fatal(err)
			}
			turned += opened
			res.Elapsed = 0
			roots, results, rows = append(roots, log.root()), append(results, res), append(rows, log.saved.rows[0].Verdict)
		}
		for i := range roots {
			if roots[i] != roots[0] || !reflect.DeepEqual(results[i], results[0]) || string(rows[i]) != string(rows[0]) {
				rt.Fatalf("%s %+v %s; want %s %+v %s", roots[i], results[i], rows[i], roots[0], results[0], rows[0])
			}
		}
	})
	if tries >= 100 && turned == 0 { // a short run draws too few to see one
		t.Error("no trial was taken back")
	}
}
