package timeline

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
	"asof/timeline/debug"
	"pgregory.net/rapid"
)

// somePoint draws a breakpoint.
func somePoint(t *rapid.T, id int) debug.Breakpoint {
	b := debug.Breakpoint{ID: id, Kind: rapid.SampledFrom([]debug.Kind{debug.Break, debug.Break, debug.Watch, debug.Watch, debug.Trace}).Draw(t, "kind"), Enabled: true}
	if rapid.Bool().Draw(t, "conditional") {
		b.If = rapid.SampledFrom(conditions).Draw(t, "if")
	}
	b.Ignore = rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "ignore")
	if b.Kind == debug.Watch {
		b.Key = rapid.SampledFrom([]string{"", "k1", "k2", "both", "nobody"}).Draw(t, "key")
		b.Path = rapid.SampledFrom([]value.Pointer{"", "/v", "/sub/s", "/sub", "/none"}).Draw(t, "path")
		return b
	}
	b.Type = rapid.SampledFrom([]string{"", "Set", "Gone", "None"}).Draw(t, "type")
	b.Stream = rapid.SampledFrom([]string{"", "", "k1"}).Draw(t, "stream")
	if b.Kind == debug.Trace {
		b.Print = "state.v"
	}
	return b
}

// hits are the moments at which a breakpoint stops; of one without documents each event once, without a key.
func (m *naive) hits(t testing.TB, b debug.Breakpoint) []moment {
	p := must(newPoint(b))(t)
	moments := m.moments
	if p.ofEvents() {
		moments = nil
		for _, e := range m.events {
			moments = append(moments, moment{pos: e.Position})
		}
	}
	var out []moment
	for _, x := range moments {
		e := m.event(x.pos)
		switch {
		case b.Type != "" && e.Type != b.Type, b.Stream != "" && string(e.Stream) != b.Stream:
			continue
		case b.Kind == debug.Watch && (b.Key != "" && b.Key != x.key || value.Equal(x.before.At(b.Path), x.after.At(b.Path))):
			continue
		case b.If != "" && !m.holds(t, b.If, x):
			continue
		}
		out = append(out, x)
	}
	return out
}

// nearest is where Continue must stop: the first event beyond from that a point hits which has nothing left to ignore.
func (m *naive) nearest(t testing.TB, points []debug.Breakpoint, from event.Position, back bool) (at event.Position, by []int) {
	left := map[int]int{}
	hits := map[int][]moment{}
	for _, b := range points {
		if b.Enabled && b.Kind != debug.Trace {
			left[b.ID], hits[b.ID] = b.Ignore, m.hits(t, b)
		}
	}
	for i := range m.events {
		pos := event.Position(i + 1)
		if back {
			pos = event.Position(len(m.events) - i)
		}
		if back && pos >= from || !back && pos <= from {
			continue
		}
		for _, b := range points {
			if !slices.ContainsFunc(hits[b.ID], func(x moment) bool { return x.pos == pos }) {
				continue
			}
			if left[b.ID]--; left[b.ID] < 0 {
				by = append(by, b.ID)
			}
		}
		if len(by) > 0 {
			return pos, by
		}
	}
	return 0, nil
}

func TestContinueStopsAtTheNearestHit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 120)
		for range 8 {
			points := []debug.Breakpoint{somePoint(rt, 1), somePoint(rt, 2)}
			points[1].Enabled = rapid.Bool().Draw(rt, "second")
			from := event.Position(rapid.IntRange(0, len(m.events)+1).Draw(rt, "from"))
			dir := rapid.SampledFrom([]Direction{Forward, Backward}).Draw(rt, "direction")
			want, by := m.nearest(t, points, from, dir == Backward)
			stop, covered, err := s.Continue(context.Background(), Cursor{Position: from}, points, dir, nil)
			if err != nil {
				rt.Fatalf("%v from %d, %d: %v", points, from, dir, err)
			}
			got := append([]int(nil), stop.Also...)
			if stop.Found() {
				got = append(got, stop.Point)
			}
			slices.Sort(got)
			if stop.At != want || fmt.Sprint(got) != fmt.Sprint(by) || !covered.Complete {
				rt.Fatalf("%v from %d, direction %d: stopped at %d by %v, want %d by %v", points, from, dir, stop.At, got, want, by)
			}
			if !stop.Found() && (dir == Backward) != (stop.Reason == debug.NoneBefore) {
				rt.Fatalf("the reason is %q", stop.Reason)
			}
			checkStop(rt, t, m, points, stop)
		}
	})
}

// checkStop compares what a stop says with the model.
func checkStop(rt *rapid.T, t testing.TB, m *naive, points []debug.Breakpoint, stop debug.Stop) {
	if !stop.Found() {
		return
	}
	b := points[slices.IndexFunc(points, func(b debug.Breakpoint) bool { return b.ID == stop.Point })]
	if b.Kind != debug.Watch {
		return
	}
	for _, x := range m.hits(t, b) {
		if x.pos == stop.At {
			if x.key != stop.Key || !value.Equal(x.before.At(b.Path), stop.Old) || !value.Equal(x.after.At(b.Path), stop.New) {
				rt.Fatalf("stopped at %s %s → %s, want %+v", stop.Key, stop.Old.JSON(), stop.New.JSON(), x)
			}
			return
		}
	}
}

func TestHitsAreAllHits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 120)
		for range 6 {
			b := somePoint(rt, 7)
			from := event.Position(rapid.IntRange(0, len(m.events)).Draw(rt, "from"))
			to := event.Position(rapid.IntRange(int(from), len(m.events)).Draw(rt, "to"))
			var got, want []string
			for h, err := range s.Hits(context.Background(), "", b, from, to, nil) {
				if err != nil {
					rt.Fatal(err)
				}
				line := fmt.Sprint(h.At, h.Key)
				if b.Kind == debug.Trace {
					line += string(h.Printed.JSON())
				}
				got = append(got, line)
			}
			for _, x := range m.hits(t, b) {
				if x.pos < from || to > 0 && x.pos > to {
					continue
				}
				line := fmt.Sprint(x.pos, x.key)
				if b.Kind == debug.Trace {
					v := x.after.At("/v")
					if v == nil {
						v = value.Nul()
					}
					line += string(v.JSON())
				}
				want = append(want, line)
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("%v from %d to %d: %v, want %v", b, from, to, got, want)
			}
		}
	})
}

func TestFindGivesTheIntervals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 120)
		for range 6 {
			q := FindQuery{What: rapid.SampledFrom(conditions).Draw(rt, "condition"), Key: rapid.SampledFrom([]string{"", "", "k1", "both", "nobody"}).Draw(rt, "key")}
			q.From = event.Position(rapid.IntRange(0, len(m.events)).Draw(rt, "from"))
			q.To = event.Position(rapid.IntRange(int(q.From), len(m.events)).Draw(rt, "to"))
			var got []debug.Interval
			for i, err := range s.Find(context.Background(), q, nil) {
				if err != nil {
					rt.Fatal(err)
				}
				got = append(got, i)
			}
			sortIntervals(got)
			want := m.intervals(t, q)
			sortIntervals(want)
			if !slices.Equal(got, want) {
				rt.Fatalf("%+v: %v, want %v", q, got, want)
			}
			checkOne(rt, s, q, want)
		}
	})
}

// checkOne compares the first, the last and the count with all intervals.
func checkOne(rt *rapid.T, s *Session, q FindQuery, want []debug.Interval) {
	ctx := context.Background()
	first, found, err := s.FindFirst(ctx, q, nil)
	if err != nil || found != (len(want) > 0) || found && (first.From != want[0].From || !slices.Contains(want, first)) {
		rt.Fatalf("first of %+v: %v %v %v, want one of %v", q, first, found, err, want)
	}
	last, found, err := s.FindLast(ctx, q, nil)
	if err != nil || found != (len(want) > 0) || found && (last.From != want[len(want)-1].From || !slices.Contains(want, last)) {
		rt.Fatalf("last of %+v: %v %v %v, want one of %v", q, last, found, err, want)
	}
	keys := map[string]bool{}
	for _, i := range want {
		if i.Key != "" {
			keys[i.Key] = true
		}
	}
	if n, k, err := s.FindCount(ctx, q, nil); err != nil || n != len(want) || k != len(keys) {
		rt.Fatalf("%+v: %d of %d keys, %v; want %d of %d", q, n, k, err, len(want), len(keys))
	}
}

func sortIntervals(list []debug.Interval) {
	slices.SortFunc(list, func(a, b debug.Interval) int {
		return slices.Compare([]string{fmt.Sprintf("%9d", a.From), a.Key}, []string{fmt.Sprintf("%9d", b.From), b.Key})
	})
}

// intervals are the answer to a find, moment by moment.
func (m *naive) intervals(t testing.TB, q FindQuery) []debug.Interval {
	var out []debug.Interval
	in := func(pos event.Position) bool { return pos >= q.From && (q.To == 0 || pos <= q.To) }
	if !must(expr.Compile(q.What))(t).NeedsState() {
		for _, e := range m.events {
			if in(e.Position) && (q.Key == "" || string(e.Stream) == q.Key) && m.holds(t, q.What, moment{pos: e.Position}) {
				out = append(out, debug.Interval{From: e.Position, To: e.Position + 1})
			}
		}
		return out
	}
	open := map[string]event.Position{}
	for _, x := range m.moments {
		if !in(x.pos) || q.Key != "" && q.Key != x.key {
			continue
		}
		holds := m.holds(t, q.What, x)
		from, was := open[x.key]
		switch {
		case holds && !was:
			open[x.key] = x.pos
		case !holds && was:
			out = append(out, debug.Interval{Key: x.key, From: from, To: x.pos})
			delete(open, x.key)
		}
	}
	for key, from := range open {
		out = append(out, debug.Interval{Key: key, From: from})
	}
	return out
}
