package timeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/debug"
	"pgregory.net/rapid"
)

// foundBy lists what a find gives, a line each.
func foundBy(t testing.TB, s *Session, q FindQuery) []string {
	t.Helper()
	var list []string
	for i, err := range s.Find(context.Background(), q, nil) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %d-%d %s %s%s", i.Key, i.From, i.To, i.Path, i.Field, i.Text))
	}
	return list
}

func TestTextIsFound(t *testing.T) {
	s := session(t, Options{Dir: folder(t, shop())})
	cases := []struct{ what, want string }{
		{"text:hi", `order-1 4-5  data{"status":"paid","note":"Zoë said \"hi\""}`},
		{"text:Hi", ""},
		{"text:zoë", `order-1 4-5  data{"status":"paid","note":"Zoë said \"hi\""}`},
		{`text:said "hi"`, `order-1 4-5  data{"status":"paid","note":"Zoë said \"hi\""}`},
		{"text:audit", "pay:4 8-9  typeAudit"},
		{"text:order-2", "order-2 2-3  streamorder-2|order-2 5-6  streamorder-2"},
		{"text:/status/", ""},
		{"re:re.un[dx]", `order-1 6-7  typePaymentRefunded|order-1 7-8  typePaymentRefunded`},
		{"value:refunded", "order-1 6-0 /status refunded|order-1 6-0 /$type PaymentRefunded"},
		{"value:10.5", "order-1 1-0 /total 10.50|order-1 6-7 /refund 10.5"},
		{"value:/^a$/", "order-1 1-0 /items/0/sku a"},
	}
	for _, c := range cases {
		got := foundBy(t, s, FindQuery{What: c.what})
		slices.Sort(got)
		want := strings.Split(c.want, "|")
		slices.Sort(want)
		if c.want == "" {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.what, got, want)
		}
	}
}

// TestValuesAreFound compares with the values that the naive model sees at every event.
func TestValuesAreFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 120)
		for range 4 {
			text := rapid.SampledFrom([]string{"x", "2", "-1", "25", "nothing"}).Draw(rt, "text")
			key := rapid.SampledFrom([]string{"", "k1", "both"}).Draw(rt, "key")
			var got, want []string
			for i, err := range s.Find(context.Background(), FindQuery{What: "value:" + text, Key: key}, nil) {
				if err != nil {
					rt.Fatal(err)
				}
				got = append(got, fmt.Sprintf("%s %s %d-%d", i.Key, i.Path, i.From, i.To))
			}
			type place struct {
				key  string
				path value.Pointer
			}
			open := map[place]event.Position{}
			for _, x := range m.moments {
				if key != "" && x.key != key {
					continue
				}
				paths := []value.Pointer{"/v", "/sub/s", "/w", "/n", "/t"}
				for i := range max(x.before.Get("l").Len(), x.after.Get("l").Len()) {
					paths = append(paths, value.Pointer("/l").Elem(i))
				}
				for _, path := range paths {
					p, old, now := place{x.key, path}, x.before.At(path), x.after.At(path)
					if value.Equal(old, now) {
						continue
					}
					if from, ok := open[p]; ok {
						want = append(want, fmt.Sprintf("%s %s %d-%d", x.key, path, from, x.pos))
						delete(open, p)
					}
					if strings.Contains(now.Text(), text) {
						open[p] = x.pos
					}
				}
			}
			for p, from := range open {
				want = append(want, fmt.Sprintf("%s %s %d-0", p.key, p.path, from))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				rt.Fatalf("%s of %q: %q, want %q", text, key, got, want)
			}
		}
	})
}

func TestSearchesAreCancelled(t *testing.T) {
	s := session(t, Options{Dir: folder(t, shop())})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, what := range []string{"text:hi", "value:hi", "state.total > 1", "event.type == None", "before == None"} {
		for _, err := range s.Find(ctx, FindQuery{What: what}, nil) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	point := must(debug.Parse("b if before.total > state.total"))(t)
	stop, _, err := s.Continue(ctx, Cursor{}, []debug.Breakpoint{point}, Forward, nil)
	if !errors.Is(err, context.Canceled) || stop.Reason != debug.Partly {
		t.Errorf("%+v, %v", stop, err)
	}
}

// TestASlowConditionIsCancelledAndSaysWhatItCovered asks something that takes long at every event.
func TestASlowConditionIsCancelledAndSaysWhatItCovered(t *testing.T) {
	facts := make([]fact, 2000)
	for i := range facts {
		facts[i] = fact{stream: fmt.Sprintf("s%d", i%7), kind: "A", data: `{"v":1}`, at: i}
	}
	s := session(t, Options{Dir: folder(t, facts)})
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	point := must(debug.Parse(`b if [x for x in range(30000) if x < 0] != [] or state.v == 2`))(t)
	_, covered, err := s.Continue(ctx, Cursor{Position: 2001}, []debug.Breakpoint{point}, Backward, nil)
	if !errors.Is(err, context.DeadlineExceeded) || covered.Complete || covered.To != 2000 || covered.From < 2 {
		t.Errorf("%+v, %v", covered, err)
	}
}

func TestAnErrorOfAConditionNamesTheNearestEvent(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	point := must(debug.Parse(`b if state.note + 1 > 0 and state.total > 100`))(t)
	stop, _, err := s.Continue(ctx, Cursor{Position: 8}, []debug.Breakpoint{point}, Backward, nil)
	if err == nil || stop.At != 7 || !strings.Contains(err.Error(), "condition:1:12: ") || !strings.Contains(err.Error(), "event 7") {
		t.Errorf("%+v, %v", stop, err)
	}
	// A hit that is nearer than the error answers.
	point = must(debug.Parse(`b if event.type == "Audit" or event.data.note + 1 > 0`))(t)
	stop, _, err = s.Continue(ctx, Cursor{Position: 9}, []debug.Breakpoint{point}, Backward, nil)
	if err != nil || stop.At != 8 {
		t.Errorf("%+v, %v", stop, err)
	}
}
