package timeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/compare"
	"pgregory.net/rapid"
)

// scripts writes two projections that differ in one rule and returns their paths.
func scripts(t testing.TB) (v1, v2 string) {
	t.Helper()
	dir := t.TempDir()
	text := `
def apply(state, event):
    state.status = event.data.status
    if event.type == "PaymentRefunded":
        state.refunded = %s
`
	v1, v2 = filepath.Join(dir, "v1.star"), filepath.Join(dir, "v2.star")
	for path, rule := range map[string]string{v1: "event.data.refund", v2: "(state.refunded or 0) + event.data.refund"} {
		if err := os.WriteFile(path, fmt.Appendf(nil, text, rule), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return v1, v2
}

func TestCompareProjections(t *testing.T) {
	ctx := context.Background()
	v1, v2 := scripts(t)
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{v1, v2}})
	point := func(name string, at event.Position) Point { return Point{name, "order-1", at} }
	for at, want := range map[event.Position]compare.Counts{6: {Equal: 2}, 7: {Equal: 1, Changed: 1}} {
		c := must(s.Compare(ctx, CompareQuery{Left: point("v1", at), Right: point("v2", at)}))(t)
		if c.Counts != want || c.Left.Projection != "v1" {
			t.Errorf("at %d: got %+v, want %+v", at, c.Counts, want)
		}
	}
	d := must(s.Diverge(ctx, "v1", "v2", nil))(t)
	if !d.Found || d.Position() != 7 || d.Key != "order-1" || d.Path != "/refunded" || d.Right.Text() != "31.5" {
		t.Errorf("they part at %+v", d)
	}
	if d := must(s.Diverge(ctx, "v1", "v2", []value.Pointer{"/refunded"}))(t); d.Found {
		t.Errorf("with the path ignored they part at %+v", d)
	}
	next := must(s.NextDifference(ctx, CompareQuery{Left: point("v1", 1), Right: point("v2", 1)}, Forward))(t)
	if !next.Moved || next.Position != 7 {
		t.Errorf("the next difference is %+v", next)
	}
	all := must(s.CompareAll(ctx, CompareQuery{Left: Point{"v1", "", 8}, Right: Point{"v2", "", 8}}))(t)
	if all.Equal || all.Keys != (compare.Counts{Equal: 2, Changed: 1}) || all.Paths["/refunded"].Changed != 1 || len(all.First) != 1 {
		t.Errorf("over all keys: %+v", all)
	}
}

func TestCompareTwoKeys(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{"last"}})
	c := must(s.Compare(ctx, CompareQuery{Left: Point{Key: "order-1", At: 5}, Right: Point{Key: "order-2", At: 5}}))(t)
	if c.Equal() || c.Counts.Different() != 1 || c.Counts.Removed != 1 {
		t.Errorf("got %+v", c.Counts)
	}
}

// What differs over all keys is what a diff of the two positions lists, key by key.
func TestCompareAllAgreesWithDiff(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			from := event.Position(rapid.Uint64Range(0, uint64(s.Head())).Draw(rt, "from"))
			keys := map[string]bool{}
			for d, err := range s.Diff(ctx, DiffQuery{From: from, To: s.Head()}) {
				if err != nil {
					rt.Fatal(err)
				}
				if d.Position <= from || d.Position > s.Head() {
					rt.Fatalf("the last writer of %s%s is %d", d.Key, d.Path, d.Position)
				}
				keys[d.Key] = true
			}
			all := must(s.CompareAll(ctx, CompareQuery{Left: Point{At: from}, Right: Point{At: s.Head()}}))(t)
			if all.Keys.Different() != len(keys) || all.Equal != (len(keys) == 0) {
				rt.Fatalf("from %d: %+v and %v", from, all.Keys, keys)
			}
			var there, back []string
			for d := range s.Diff(ctx, DiffQuery{From: from, To: s.Head()}) {
				there = append(there, fmt.Sprint(d.Key, d.Path, d.Position))
			}
			for d := range s.Diff(ctx, DiffQuery{From: s.Head(), To: from}) {
				back = append(back, fmt.Sprint(d.Key, d.Path, d.Position))
			}
			if !slices.Equal(there, back) {
				rt.Fatalf("there %v, back %v", there, back)
			}
		})
	})
}

// The next difference is the one that going event by event finds, either way.
func TestNextDifferenceIsTheNearest(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			if _, err := s.Use(ctx, "last", ""); err != nil {
				rt.Fatal(err)
			}
			if err := s.Await(ctx, "last", s.Head(), nil); err != nil {
				rt.Fatal(err)
			}
			keys := must(s.Keys(ctx, KeysQuery{At: s.Head()}))(t)
			if len(keys) == 0 {
				return
			}
			key := rapid.SampledFrom(keys).Draw(rt, "key")
			at := func(pos event.Position) CompareQuery {
				return CompareQuery{Left: Point{"merge", key, pos}, Right: Point{"last", key, pos}}
			}
			pos := event.Position(rapid.Uint64Range(0, uint64(s.Head())).Draw(rt, "from"))
			was, want := must(s.differences(ctx, at(pos)))(t), event.Position(0)
			for p := pos + 1; p <= s.Head() && want == 0; p++ {
				is := must(s.differences(ctx, at(p)))(t)
				if is != "" && is != was {
					want = p
				}
				was = is
			}
			stop := must(s.NextDifference(ctx, at(pos), Forward))(t)
			if stop.Moved != (want > 0) || stop.Moved && stop.Position != want {
				rt.Fatalf("from %d: %+v, want %d", pos, stop, want)
			}
			back := must(s.NextDifference(ctx, at(pos), Backward))(t)
			if back.Moved && (back.Position >= pos || must(s.differences(ctx, at(back.Position)))(t) == "") {
				rt.Fatalf("back from %d: %+v", pos, back)
			}
		})
	})
}
