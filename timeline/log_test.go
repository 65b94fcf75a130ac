package timeline

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/timeline/debug"
	"asof/timeline/play"
	"asof/timeline/strip"
	"pgregory.net/rapid"
)

func TestEventsAround(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	w := must(s.Around(ctx, Filter{}, 3, 2, 2))(t)
	if len(w.Rows) != 4 || w.Cursor != 1 || w.Rows[1].Position != 3 || w.First || w.Last || w.Rows[1].Delta != 10*time.Second {
		t.Errorf("got %+v", w)
	}
	w = must(s.Around(ctx, Filter{Stream: "order-2"}, 3, 9, 9))(t)
	if len(w.Rows) != 2 || w.Cursor != 0 || !w.First || !w.Last {
		t.Errorf("of one stream: %+v", w)
	}
	w = must(s.Around(ctx, Filter{}, 0, 5, 3))(t)
	if w.Cursor != -1 || len(w.Rows) != 3 || !w.First {
		t.Errorf("before everything: %+v", w)
	}
	rows := must(s.Events(ctx, EventsQuery{Filter: Filter{Type: "OrderPaid"}, Reverse: true}))(t)
	if len(rows) != 2 || rows[0].Position != 5 {
		t.Errorf("in reverse: %+v", rows)
	}
	e := must(s.Event(ctx, 4))(t)
	if e.Previous != 3 || e.Next != 6 || e.Delta != time.Second {
		t.Errorf("an event says %+v", e)
	}
	types := must(s.Types(ctx))(t)
	if len(types) != 5 || types[0].Count != 2 {
		t.Errorf("types: %+v", types)
	}
	if streams := must(s.Streams(ctx, "order-", "order-1", 5))(t); len(streams) != 1 || streams[0].Name != "order-2" {
		t.Errorf("streams: %+v", streams)
	}
}

func TestSearch(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	for _, c := range []struct {
		text string
		from event.Position
		dir  Direction
		wrap bool
		want event.Position
	}{
		{"refund", 0, Forward, false, 6},
		{"refund", 6, Forward, false, 7},
		{"refund", 7, Forward, false, 0},
		{"refund", 7, Forward, true, 6},
		{"refund", 7, Backward, false, 6},
		{"Refund", 0, Forward, false, 6}, // of the type
		{"REFUND", 0, Forward, true, 0},
		{"zoë", 0, Forward, false, 4},
		{`said "hi"`, 0, Forward, false, 4},
		{"/ord.r-2/", 2, Forward, false, 5},
		{"placed", 1, Backward, true, 2},
		{"placed", 1, Backward, false, 0},
	} {
		m := must(NewMatcher(c.text))(t)
		hit, err := s.Search(ctx, SearchQuery{Matcher: m, From: c.from, Direction: c.dir, Wrap: c.wrap}, nil)
		if err != nil || hit.Position != c.want {
			t.Errorf("%q from %d: got %+v, %v; want %d", c.text, c.from, hit, err, c.want)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Search(gone, SearchQuery{Matcher: must(NewMatcher("x"))(t)}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search says %v", err)
	}
}

// The quick search finds what the expression finds.
func TestMatcherFindsWhatItsExpressionFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune(`aAbB-"/\`))
		what := "a" + rapid.StringOfN(letters, 0, 3, -1).Draw(t, "what") // no pattern
		m, err := NewMatcher(what)
		if err != nil {
			t.Fatal(err)
		}
		text := rapid.StringOfN(letters, 0, 14, -1).Draw(t, "text")
		want := m.re.FindStringIndex(text)
		if escaped := jsonEscaped(what); want == nil && escaped != "" {
			re, err := m.compile(escaped)
			if err != nil {
				t.Fatal(err)
			}
			want = re.FindStringIndex(text)
		}
		if at := m.find([]byte(text), true); !slices.Equal(at, want) {
			t.Fatalf("%q in %q: %v, not %v", m, text, at, want)
		}
	})
}

func TestStripHoldsEveryEvent(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			q := StripQuery{
				Columns: rapid.IntRange(1, 60).Draw(rt, "columns"), Axis: rapid.SampledFrom([]strip.Axis{strip.ByTime, strip.ByPosition}).Draw(rt, "axis"),
				From: event.Position(rapid.Uint64Range(0, uint64(s.Head())).Draw(rt, "from")),
			}
			st := must(s.Strip(ctx, q))(t)
			sum := 0
			for _, c := range st.Columns {
				sum += c.Count
			}
			if sum != int(s.Head()-q.From) || len(st.Columns) != q.Columns {
				rt.Fatalf("%d columns hold %d of %d events", len(st.Columns), sum, s.Head()-q.From)
			}
			around := q.From + event.Position(rapid.Uint64Range(0, uint64(s.Head()-q.From)).Draw(rt, "around"))
			from, to, err := s.Zoom(ctx, st, around, rapid.SampledFrom([]float64{0.5, 2}).Draw(rt, "factor"))
			if err != nil || from > to || to > s.Head() || from == to && s.Head() > from {
				rt.Fatalf("zoom gives (%d, %d], %v", from, to, err)
			}
		})
	})
}

func TestStripMarks(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	if _, err := s.SetMark(ctx, "r", 6, ""); err != nil {
		t.Fatal(err)
	}
	st := must(s.Strip(ctx, StripQuery{Columns: 10}))(t)
	if st.Axis != strip.ByTime || st.Columns[0].Count != 5 || len(st.Columns[9].Marks) != 1 || st.Unit != "6.05 min per column" {
		t.Errorf("got %+v", st)
	}
}

func TestPlaying(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	pos, done, err := s.Due(ctx, 1, play.Pace{Times: 10}, 2*time.Second)
	if err != nil || pos != 3 || done {
		t.Errorf("×10 after 2 s: %d, %v, %v", pos, done, err)
	}
	pos, done, err = s.Due(ctx, 1, play.Pace{PerSecond: 2}, time.Minute)
	if err != nil || pos != 8 || !done {
		t.Errorf("2/s after a minute: %d, %v, %v", pos, done, err)
	}
}

func TestExport(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	var raw bytes.Buffer
	n := must(s.Export(ctx, &raw, ExportQuery{Format: "raw", Filter: Filter{From: 2, To: 3}}))(t)
	want := shop()[1].data + "\n" + shop()[2].data + "\n"
	if n != 2 || raw.String() != want {
		t.Errorf("raw: %d, %q", n, raw.String())
	}
	for format, want := range map[string]string{
		"jsonl": `{"position":4,"id":"e4","stream":"order-1","version":3,"type":"Noted","time":"2026-01-15T12:00:21Z","data":{"status":"paid","note":"Zoë said \"hi\""}}`,
		"cloudevents": `{"specversion":"1.0","id":"e4","source":"asof","type":"Noted","subject":"order-1","time":"2026-01-15T12:00:21Z","streamversion":"3",` +
			`"datacontenttype":"application/json","data":{"status":"paid","note":"Zoë said \"hi\""}}`,
		"csv": "position,id,stream,version,type,time,recorded_time,correlation_id,causation_id,data,metadata\n" +
			`4,e4,order-1,3,Noted,2026-01-15T12:00:21Z,,,,"{""status"":""paid"",""note"":""Zoë said \""hi\""""}",`,
	} {
		var out bytes.Buffer
		if _, err := s.Export(ctx, &out, ExportQuery{Format: format, Filter: Filter{From: 4, To: 4}}); err != nil || strings.TrimSpace(out.String()) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", format, err, out.String(), want)
		}
	}
	if _, err := s.Export(ctx, &raw, ExportQuery{Format: "xml"}); err == nil || !strings.Contains(err.Error(), "jsonl") {
		t.Errorf("an unknown format gives %v", err)
	}
}

// TestAFilterWithAConditionGrowsWithItsLog asks again after what was remembered of a filter is not all any more.
func TestAFilterWithAConditionGrowsWithItsLog(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	for _, f := range []Filter{{Where: `event.data.status == "shipped"`}, {Where: `state.status == "shipped"`}} {
		before := must(s.Count(ctx, f, nil))(t)
		var told []debug.Progress
		if again := must(s.Count(ctx, f, func(p debug.Progress) { told = append(told, p) }))(t); again != before || len(told) > 0 {
			t.Errorf("%q: %d events, and %d when asked again, with a look at %v", f.Where, before, again, told)
		}
		done := must(s.Append(ctx, AppendQuery{Stream: "order-2", Expect: "any", Events: []NewEvent{{Type: "Shipped", Data: []byte(`{"status":"shipped"}`)}}}))(t)
		if err := s.Await(ctx, "merge", done.Position, nil); err != nil {
			t.Fatal(err)
		}
		if after := must(s.Count(ctx, f, nil))(t); after != before+1 {
			t.Errorf("%q: %d events, one more makes %d", f.Where, before, after)
		}
		if at, ok, err := s.beside(ctx, f, done.Position+1, true); at != done.Position || !ok || err != nil {
			t.Errorf("%q: the last is %d, %v, %v", f.Where, at, ok, err)
		}
	}
}

func TestAppendAndFollow(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	q := AppendQuery{Stream: "order-2", Expect: "2", Events: []NewEvent{{Type: "Shipped", Data: []byte(`{"status":"shipped"}`)}}}
	done := must(s.Append(ctx, q))(t)
	if done.Position != 9 || done.Version != 3 {
		t.Fatalf("appended at %+v", done)
	}
	var conflict *eventlog.VersionConflict
	if _, err := s.Append(ctx, q); !errors.As(err, &conflict) || conflict.Actual != 3 {
		t.Errorf("the second one says %v", err)
	}
	for head := range s.Follow(ctx, 8) {
		if head != 9 {
			t.Errorf("the head is %d", head)
		}
		break
	}
	if err := s.Await(ctx, "", 9, nil); err != nil {
		t.Fatal(err)
	}
	if st := must(s.State(ctx, Point{Key: "order-2", At: 9}))(t); st.Root.Get("status").Text() != "shipped" && st.Root.Get("data").Get("status").Text() != "shipped" {
		t.Errorf("the state is %s", st.Root.JSON())
	}
	if got := s.Standing(9).String() + ", " + s.Standing(3).String(); got != "following, in the past" {
		t.Error(got)
	}
}
