package value

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRuns: runs come back as they were written, and one that is cut off is none.
func TestRuns(t *testing.T) {
	type run struct {
		leaves int
		ago    uint64
	}
	rapid.Check(t, func(t *rapid.T) {
		var runs []run
		var b []byte
		for range rapid.IntRange(1, 5).Draw(t, "runs") {
			ago := rapid.Uint64().Draw(t, "ago") >> rapid.IntRange(0, 63).Draw(t, "short")
			runs = append(runs, run{rapid.IntRange(1, longestRun).Draw(t, "leaves"), ago})
			b = appendRun(b, runs[len(runs)-1].leaves, ago)
		}
		cut := rapid.IntRange(0, 1).Draw(t, "cut")
		r := decoder{src: b[:len(b)-cut]}
		for i, want := range runs {
			leaves, ago := r.run()
			if cut == 1 && i == len(runs)-1 {
				want = run{}
			}
			if (run{leaves, ago}) != want {
				t.Fatalf("run %d is %d %d, not %+v", i, leaves, ago, want)
			}
		}
	})
}
