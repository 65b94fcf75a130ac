package timeline

import (
	"context"
	"slices"
	"testing"

	"asof/engine/expr"
	"asof/engine/value"
	"pgregory.net/rapid"
)

// TestUnwrittenFields: no document ever had a field that is listed, and a field that no script writes is listed.
func TestUnwrittenFields(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 60)
		for _, field := range []string{"v", "w", "t", "l", "sub", "pad", "misspelt"} {
			path := value.Pointer("").Child(field)
			cond := must(expr.Compile("state." + field + ".deeper == 1 or before." + field + " == 2"))(t)
			got, err := s.Unwritten(context.Background(), "", cond, 0)
			if err != nil {
				rt.Fatal(err)
			}
			had := slices.ContainsFunc(m.moments, func(x moment) bool { return x.after.At(path) != nil || x.before.At(path) != nil })
			listed := slices.Equal(got, []value.Pointer{path})
			if listed && had || !listed && len(got) > 0 || !listed && field == "misspelt" && len(m.events) > 0 {
				rt.Fatalf("%s: unwritten %v, though documents had it: %v", field, got, had)
			}
		}
	})
}

// TestUnwrittenTellsNothingOfTheWhole: a condition that passes the document on, or asks of events alone, reads no field that
// could be missing.
func TestUnwrittenTellsNothingOfTheWhole(t *testing.T) {
	s := session(t, Options{Dir: folder(t, shop())})
	for _, src := range []string{"len(state) > 100", `event.data.nowhere == 1`, `key == "order-1"`} {
		if got, err := s.Unwritten(context.Background(), "", must(expr.Compile(src))(t), 0); err != nil || got != nil {
			t.Errorf("%s: %v %v", src, got, err)
		}
	}
}
