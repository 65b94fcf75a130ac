package timeline

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"asof/engine/expr"
	"asof/engine/value"
	"asof/timeline/debug"
	"pgregory.net/rapid"
)

// violations is the answer to a check, moment by moment.
func (m *naive) violations(t testing.TB, rule string) []debug.Violation {
	first, broken, order := map[string]*debug.Violation{}, map[string]bool{}, []string(nil)
	moments := m.moments
	ofEvents := !must(expr.Compile(rule))(t).NeedsState()
	if ofEvents {
		moments = nil
		for _, e := range m.events {
			moments = append(moments, moment{pos: e.Position, key: string(e.Stream)})
		}
	}
	for _, x := range moments {
		asked := x
		if ofEvents {
			asked.key = ""
		}
		if m.holds(t, rule, asked) {
			broken[x.key] = false
			if v := first[x.key]; v != nil {
				v.Still = false
			}
			continue
		}
		if first[x.key] == nil {
			first[x.key] = &debug.Violation{Rule: rule, Key: x.key, Position: x.pos, Before: x.before, After: x.after}
			order = append(order, x.key)
		}
		if !broken[x.key] || ofEvents {
			first[x.key].Count++
		}
		broken[x.key] = true
		first[x.key].Still = !ofEvents
	}
	var out []debug.Violation
	for _, key := range order {
		out = append(out, *first[key])
	}
	slices.SortStableFunc(out, func(a, b debug.Violation) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Key, b.Key))
	})
	return out
}

func TestCheckFindsTheFirstViolations(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 120)
		for range 5 {
			src := rapid.SampledFrom(conditions).Draw(rt, "rule")
			rule := must(ParseRule(src))(t)
			var got []debug.Violation
			for v, err := range s.Check(context.Background(), CheckQuery{Rules: []debug.Rule{rule}}, nil) {
				if err != nil {
					rt.Fatal(err)
				}
				got = append(got, v)
			}
			want := m.violations(t, src)
			if len(want) == 0 {
				want = []debug.Violation{{Rule: src, OK: true}}
			}
			if !slices.EqualFunc(got, want, sameViolation) {
				rt.Fatalf("%s: %+v, want %+v", src, got, want)
			}
		}
	})
}

func sameViolation(a, b debug.Violation) bool {
	same := value.Equal(a.Before, b.Before) && value.Equal(a.After, b.After)
	a.Before, a.After, b.Before, b.After = nil, nil, nil, nil
	return same && a == b
}
