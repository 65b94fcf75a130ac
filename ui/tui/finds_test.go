package tui

import (
	"slices"
	"testing"

	"asof/engine/event"
	"asof/timeline/debug"
	"asof/ui/present"

	"pgregory.net/rapid"
)

// What is drawn on the timeline, and walked, is what the intervals say position by position.
func TestIntervalsOnTheTimeline(t *testing.T) {
	const head = 60
	rapid.Check(t, func(t *rapid.T) {
		var f finding
		for range rapid.IntRange(1, 8).Draw(t, "intervals") {
			from := rapid.IntRange(1, head).Draw(t, "from")
			i := debug.Interval{From: event.Position(from)}
			if to := rapid.IntRange(from+1, head+2).Draw(t, "to"); to <= head {
				i.To = event.Position(to)
			}
			f.list = append(f.list, i)
		}
		slices.SortFunc(f.list, func(a, b debug.Interval) int { return int(a.From) - int(b.From) })
		f.cover(head)
		holds := func(at event.Position) bool {
			return slices.ContainsFunc(f.list, func(i debug.Interval) bool { return at >= i.From && (i.To == 0 || at < i.To) && at <= head })
		}
		from := event.Position(rapid.IntRange(0, head-1).Draw(t, "column from"))
		to := event.Position(rapid.IntRange(int(from), head).Draw(t, "column to"))
		want := from == to && from > 0 && holds(from)
		for at := from + 1; at <= to; at++ {
			want = want || holds(at)
		}
		if got := f.holds(from, to); got != want {
			t.Fatalf("%+v holds within (%d, %d]: %v", f.list, from, to, got)
		}
		at := event.Position(rapid.IntRange(0, head+1).Draw(t, "cursor"))
		next, wrapped := f.beside(at, forward)
		if after := slices.IndexFunc(f.list, func(i debug.Interval) bool { return i.From > at }); wrapped != (after < 0) || next != max(after, 0) {
			t.Fatalf("%+v after %d: %d, %v", f.list, at, next, wrapped)
		}
		before, wrapped := f.beside(at, backward)
		if x := f.list[before]; !wrapped && (x.From >= at || slices.ContainsFunc(f.list, func(i debug.Interval) bool { return i.From > x.From && i.From < at })) ||
			wrapped && slices.ContainsFunc(f.list, func(i debug.Interval) bool { return i.From < at }) {
			t.Fatalf("%+v before %d: %d, %v", f.list, at, before, wrapped)
		}
	})
}

// The line of find says of what is typed whether case matters.
func TestCaseHint(t *testing.T) {
	for text, want := range map[string]present.Safe{
		"": "a text in small letters finds both cases", "paid": "a text in small letters finds both cases", "value:paid": "a text in small letters finds both cases",
		"Paid": "a text with a capital letter finds that case alone", `/\S+x/`: "a pattern in small letters finds both cases",
		"/Pa+id/": "a pattern with a capital letter finds that case alone", "re:Pa+id": "a pattern with a capital letter finds that case alone",
		"state.balance < 0": "a condition tells capital letters from small ones", "= ": "a condition tells capital letters from small ones",
	} {
		if got := caseHint(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}
