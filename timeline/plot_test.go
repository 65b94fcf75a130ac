package timeline

import (
	"context"
	"math"
	"strconv"
	"testing"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/strip"
	"pgregory.net/rapid"
)

// A plot says, column by column of the strip, what the states say position by position.
func TestPlotIsWhatTheStatesSay(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			q := PlotQuery{Key: "a-1", Path: rapid.SampledFrom([]value.Pointer{"/x", "/y", "/x/x"}).Draw(rt, "path")}
			if keys, err := s.KeysOf(ctx, "", event.Position(rapid.Uint64Range(1, uint64(s.Head())).Draw(rt, "of"))); err == nil && len(keys) > 0 {
				q.Key = keys[0]
			}
			q.StripQuery = StripQuery{
				Columns: rapid.IntRange(1, 40).Draw(rt, "columns"), Axis: rapid.SampledFrom([]strip.Axis{strip.ByTime, strip.ByPosition}).Draw(rt, "axis"),
				From: event.Position(rapid.Uint64Range(0, uint64(s.Head())).Draw(rt, "from")),
			}
			course := must(s.Plot(ctx, q))(t)
			st := must(s.Strip(ctx, q.StripQuery))(t)
			asked := q
			asked.Path, asked.Expr = "", map[value.Pointer]string{"/x": "state.x", "/y": "state.y if position > 0 else 0", "/x/x": "state.x['x'] if position > 0 else 0"}[q.Path]
			said := must(s.Plot(ctx, asked))(t)
			for i, slot := range said.Slots {
				if want := course.Slots[i]; !same(slot.Low, want.Low) || !same(slot.High, want.High) || slot.Known != want.Known {
					rt.Fatalf("slot %d of %s is %+v, of %s %+v", i, asked.Expr, slot, q.Path, want)
				}
			}
			if len(course.Slots) != strip.SlotsPerColumn*len(st.Columns) {
				rt.Fatalf("%d slots for %d columns", len(course.Slots), len(st.Columns))
			}
			at := func(pos event.Position) *value.Node {
				return must(s.State(ctx, Point{Key: q.Key, At: pos}))(t).Root.At(q.Path)
			}
			for i, c := range st.Columns {
				want := strip.Slot{Low: math.NaN(), High: math.NaN()}
				for pos := c.From; pos <= c.To; pos++ {
					v := at(pos)
					if pos > c.From && !value.Equal(v, at(pos-1)) {
						want.Changes++
					}
					if f, err := strconv.ParseFloat(v.Text(), 64); err == nil && v.Kind() == value.Number {
						want.Low, want.High = math.Min(orElse(want.Low, f), f), math.Max(orElse(want.High, f), f)
					}
				}
				a, b := course.Slots[2*i], course.Slots[2*i+1]
				low, high := math.Min(orElse(a.Low, b.Low), orElse(b.Low, a.Low)), math.Max(orElse(a.High, b.High), orElse(b.High, a.High))
				container := b.Last.IsContainer() || a.Last.IsContainer()
				if !same(low, want.Low) || !same(high, want.High) || !container && a.Changes+b.Changes != want.Changes || !b.Known {
					rt.Fatalf("column %d of %s%s: %+v and %+v, want %+v", i, q.Key, q.Path, a, b, want)
				}
				if !container && !value.Equal(b.Last, at(c.To)) {
					rt.Fatalf("column %d ends with %s, want %s", i, b.Last.JSON(), at(c.To).JSON())
				}
			}
		})
	})
}

func orElse(f, other float64) float64 {
	if math.IsNaN(f) {
		return other
	}
	return f
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestPlot(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	c := must(s.Plot(ctx, PlotQuery{Key: "order-1", Path: "/refund", StripQuery: StripQuery{Columns: 4, Axis: strip.ByPosition}}))(t)
	if !c.Numeric() || c.Low.Value.Text() != "10.5" || c.Low.At != 6 || c.High.Value.Text() != "21" || c.High.At != 7 || c.Changes != 2 {
		t.Errorf("got %+v", c)
	}
	if first := c.Slots[0]; !math.IsNaN(first.Low) || first.Last != nil || !first.Known {
		t.Errorf("before there was a number: %+v", first)
	}
	c = must(s.Plot(ctx, PlotQuery{Key: "order-1", Path: "/status", StripQuery: StripQuery{Columns: 4}}))(t)
	if c.Numeric() || c.Changes != 3 || c.Slots[7].Last.Text() != "refunded" {
		t.Errorf("a text: %+v", c)
	}
}
