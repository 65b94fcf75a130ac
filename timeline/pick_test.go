package timeline

import (
	"context"
	"slices"
	"testing"

	"asof/engine/event"
	"asof/timeline/debug"
	"pgregory.net/rapid"
)

func TestAFilterWithACondition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		s, m := modelled(rt, t, 120)
		for range 5 {
			f := Filter{Where: rapid.SampledFrom(conditions).Draw(rt, "where"), Type: rapid.SampledFrom([]string{"", "", "Set"}).Draw(rt, "type")}
			f.From = event.Position(rapid.IntRange(0, len(m.events)).Draw(rt, "from"))
			f.To = event.Position(rapid.IntRange(0, len(m.events)).Draw(rt, "to"))
			var want []event.Position
			for _, x := range m.hits(t, debug.Breakpoint{Kind: debug.Break, If: f.Where, Type: f.Type}) {
				if x.pos >= f.From && (f.To == 0 || x.pos <= f.To) && !slices.Contains(want, x.pos) {
					want = append(want, x.pos)
				}
			}
			reverse := rapid.Bool().Draw(rt, "reverse")
			if reverse {
				slices.Reverse(want)
			}
			var got []event.Position
			for e, err := range s.Scan(ctx, f, reverse) {
				if err != nil {
					rt.Fatal(err)
				}
				got = append(got, e.Position)
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("%+v, reverse %v: %v, want %v", f, reverse, got, want)
			}
			if n, err := s.Count(ctx, f, nil); err != nil || n != len(want) {
				rt.Fatalf("%+v: %d events, %v; want %d", f, n, err, len(want))
			}
			at := event.Position(rapid.IntRange(0, len(m.events)+1).Draw(rt, "at"))
			pos, ok, err := s.beside(ctx, f, at, reverse)
			i := slices.IndexFunc(want, func(p event.Position) bool { return !reverse && p > at || reverse && p < at })
			if err != nil || ok != (i >= 0) || ok && pos != want[i] {
				rt.Fatalf("%+v beside %d: %d %v %v, want one of %v", f, at, pos, ok, err, want)
			}
		}
	})
}
