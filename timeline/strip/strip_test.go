package strip

import (
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"pgregory.net/rapid"
)

func positions(t *rapid.T, label string, most uint64) event.Position {
	return event.Position(rapid.Uint64Range(0, most).Draw(t, label))
}

func TestColumnsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := positions(t, "from", 1000)
		to := from + positions(t, "events", 1e9)
		edges := Edges(from, to, rapid.IntRange(1, 300).Draw(t, "columns"))
		if rapid.Bool().Draw(t, "odd edges") {
			edges = rapid.SliceOf(rapid.Custom(func(t *rapid.T) event.Position { return positions(t, "edge", 2e9) })).Draw(t, "edges")
		}
		s := Strip{From: from, To: to, Columns: Columns(from, to, edges)}
		sum, last := 0, from
		for i, c := range s.Columns {
			if c.From != last || c.To < c.From || c.Count != int(c.To-c.From) {
				t.Fatalf("column %d is %+v after %d", i, c, last)
			}
			sum, last = sum+c.Count, c.To
			if c.Count > 0 && (s.ColumnOf(c.To) != i || s.ColumnOf(c.From+1) != i) {
				t.Fatalf("position %d is in column %d, not %d", c.To, s.ColumnOf(c.To), i)
			}
		}
		if sum != int(to-from) || last != to {
			t.Fatalf("the columns hold %d of %d events", sum, to-from)
		}
	})
}

func TestScrubbingByColumn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		to := positions(t, "to", 500)
		s := Strip{To: to, Columns: Columns(0, to, Edges(0, to, rapid.IntRange(1, 40).Draw(t, "columns")))}
		pos, steps := event.Position(0), 0
		for next := s.Beside(pos, true); next != pos; next = s.Beside(pos, true) {
			if next < pos {
				t.Fatalf("forward from %d went to %d", pos, next)
			}
			if back := s.Beside(next, false); back > next || back < pos {
				t.Fatalf("from %d to %d and back to %d", pos, next, back)
			}
			pos = next
			if steps++; steps > 41 {
				t.Fatal("scrubbing does not end")
			}
		}
		if pos != to {
			t.Fatalf("scrubbing ended at %d of %d", pos, to)
		}
	})
}

func TestZoomStaysInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := 1 + positions(t, "head", 1e9)
		from := positions(t, "from", uint64(head-1))
		to := from + 1 + positions(t, "width", uint64(head-from-1))
		around := from + positions(t, "around", uint64(to-from))
		factor := rapid.Float64Range(0.01, 100).Draw(t, "factor")
		a, b := Zoom(from, to, around, head, factor)
		if a >= b || b > head {
			t.Fatalf("(%d, %d] around %d by %g of %d gives (%d, %d]", from, to, around, factor, head, a, b)
		}
		if around < a || around > b+1 {
			t.Fatalf("%d fell out of (%d, %d]", around, a, b)
		}
	})
}

func TestLabels(t *testing.T) {
	at := func(text string) event.Time {
		v, err := event.ParseTime(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name, start, end string
		columns          int
		unit, ticks      string
	}{
		{"two days", "2026-01-14T00:00:00Z", "2026-01-16T00:00:00Z", 96, "30 min per column", "0 Jan 14 00:00Z|24 12:00|48 Jan 15 00:00Z|72 12:00|95 Jan 16 00:00Z"},
		{"an hour", "2026-01-14T09:10:00Z", "2026-01-14T10:10:00Z", 120, "30 s per column", "0 Jan 14 09:10Z|20 09:20|40 09:30|60 09:40|80 09:50|100 10:00|119 10:10"},
		{"ten years", "2016-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 100, "36.5 d per column", "0 Jan 1 2016|20 Jan 1 2018|39 Jan 1 2020|60 Jan 1 2022|79 Jan 1 2024|99 Jan 1 2026"},
		{"two milliseconds", "2026-01-14T00:00:00.001Z", "2026-01-14T00:00:00.003Z", 40, "50 µs per column", "0 Jan 14 00:00:00.001Z|20 00:00:00.002|39 00:00:00.003"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Strip{To: 10, Start: at(c.start), End: at(c.end), Columns: Columns(0, 10, Edges(0, 10, c.columns))}
			s.Label(time.UTC, 15)
			var got []string
			for _, tick := range s.Ticks {
				got = append(got, strings.TrimSpace(itoa(tick.Column)+" "+tick.Text))
			}
			if s.Unit != c.unit || strings.Join(got, "|") != c.ticks {
				t.Errorf("got %q %q\nwant %q %q", s.Unit, strings.Join(got, "|"), c.unit, c.ticks)
			}
		})
	}
}

func TestPositionLabels(t *testing.T) {
	s := Strip{Axis: ByPosition, To: 48212, Columns: Columns(0, 48212, Edges(0, 48212, 100))}
	s.Label(time.UTC, 15)
	if s.Unit != "482 events per column" || s.Peak != 483 || len(s.Ticks) != 4 || s.Ticks[0].Text != "10000" {
		t.Errorf("got %q, peak %d, ticks %v", s.Unit, s.Peak, s.Ticks)
	}
}

func TestUnitOfPositions(t *testing.T) {
	for _, c := range []struct {
		to   event.Position
		want string
	}{{1, "50 columns per event"}, {20, "2.5 columns per event"}, {50, "1 event per column"}, {200, "4 events per column"}} {
		s := Strip{Axis: ByPosition, To: c.to, Columns: Columns(0, c.to, Edges(0, c.to, 50))}
		if s.Label(time.UTC, 15); s.Unit != c.want {
			t.Errorf("%d positions in 50 columns: %q, want %q", c.to, s.Unit, c.want)
		}
	}
}

func TestTicksNeverCrowd(t *testing.T) {
	zone := time.FixedZone("", 5*3600+1800)
	rapid.Check(t, func(t *rapid.T) {
		start := event.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "start"), 0, 0)
		end := start.Add(time.Duration(rapid.Int64Range(1, 1<<62).Draw(t, "span")))
		columns := rapid.IntRange(1, 300).Draw(t, "columns")
		s := Strip{To: 1000, Start: start, End: end, Columns: Columns(0, 1000, Edges(0, 1000, columns))}
		s.Label(zone, 12)
		for i, tick := range s.Ticks {
			if tick.Column < 0 || tick.Column >= columns || i > 0 && tick.Column-s.Ticks[i-1].Column < 11 {
				t.Fatalf("ticks %v in %d columns", s.Ticks, columns)
			}
		}
	})
}

func itoa(n int) string { return round(float64(n)) }
