package ingest

import (
	"context"
	"strings"
	"testing"

	"asof/engine/event"
)

func moment(t *testing.T, text string) event.Time {
	t.Helper()
	when, err := event.ParseTime(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestSliceHas(t *testing.T) {
	paid := event.Event{Stream: "order-41", Others: []event.StreamID{"customer-7"}, Type: "OrderPaid", Time: moment(t, "2026-01-15T23:59:59.7Z"),
		Raw: []byte(`{"order":"o-1","n":7,"in":{"x":true}}`), Payload: event.Whole(0, 37)}
	untimed := event.Event{Stream: "a-1", Type: "T"}
	for _, c := range []struct {
		terms string
		event *event.Event
		want  bool
	}{
		{"", &paid, true},
		{"from=2026-01-15", &paid, true},
		{"to=2026-01-15", &paid, true},
		{"to=2026-01-15T23:59:59Z", &paid, true},
		{"to=2026-01-15T23:59:59.6Z", &paid, false},
		{"from=2026-01-16", &paid, false},
		{"from=2026-01-15", &untimed, false},
		{"stream=order-4*", &paid, true},
		{"stream=order-4", &paid, false},
		{"stream=x stream=*-41", &paid, true},
		{"stream=customer-*", &paid, true},
		{"category=customer", &paid, true},
		{"category=order type=Order*", &paid, true},
		{"category=order type=Refund*", &paid, false},
		{"type=Order.aid", &paid, false},
		{"category=order,type=Order*", &paid, true},
		{"type=Refund*,type=Order*,from=2026-01-15", &paid, true},
		{"type=Refund*,type=Order*,from=2026-01-16", &paid, false},
		{"type=Order*,x", &paid, false},
		{"sample=1/1", &paid, true},
		{"sample=1/1@/data/order", &paid, true},
		{"sample=1/1@/data/in/x", &paid, true},
		{"sample=1/1@/data/in", &paid, false},
		{"sample=1/1@/data/none", &paid, false},
		{"sample=1/1@/metadata/none", &paid, false},
	} {
		s, err := ParseSlice(strings.Fields(c.terms), nil)
		if err != nil {
			t.Fatalf("%s: %v", c.terms, err)
		}
		if got := s.Has(c.event); got != c.want {
			t.Errorf("%s has %s: %v", c.terms, c.event.Stream, got)
		}
	}
}

func TestSliceErrorsNameTheTerm(t *testing.T) {
	for _, term := range []string{"", "from", "from=", "from=yesterday", "size=4", "sample=2", "sample=0/4", "sample=5/4", "sample=1/0", "sample=1/4@/type", "sample=1/4@data/~2"} {
		if _, err := ParseSlice([]string{term}, nil); err == nil || !strings.Contains(err.Error(), "slice \""+term) {
			t.Errorf("%q: %v", term, err)
		}
	}
	for terms, want := range map[string]string{
		"to=2026-01-15,to=2026-01-16":                       "another to",
		"sample=1/2,sample=1/3":                             "another sample",
		"from=2026-01-15T10:00:00Z,to=2026-01-15T09:00:00Z": "ends before it begins",
		"type=a,from=2026-01-15,from=2026-01-16,category=x": "another from",
		"from=2026-01-20,to=yesterday":                      "2026-01-15T10:00:00Z",
	} {
		if _, err := ParseSlice([]string{terms}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", terms, err)
		}
	}
}

// TestSamplesKeepWholeKeys holds that the parts of a sample are whole keys, and that together they are everything.
func TestSamplesKeepWholeKeys(t *testing.T) {
	var text strings.Builder
	for i := range 600 {
		text.WriteString("e" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + " s" + string(rune('a'+i%13)) + " " + "7\n")
	}
	path := put(t, t.TempDir(), "x.log", text.String())
	whole := &memoryLog{}
	whole.load(t, config(), path)
	streams := map[event.StreamID]int{}
	for _, e := range whole.saved.events {
		streams[e.Stream]++
	}
	total := 0
	part := config()
	var err error
	if part.Slice, err = ParseSlice([]string{"sample=1/3"}, nil); err != nil {
		t.Fatal(err)
	}
	log := &memoryLog{}
	result := log.load(t, part, path)
	seen := map[event.StreamID]int{}
	for _, e := range log.saved.events {
		seen[e.Stream]++
		total++
	}
	for s, n := range seen {
		if n != streams[s] {
			t.Errorf("%s: %d of %d events", s, n, streams[s])
		}
	}
	if total == 0 || total == len(whole.saved.events) || result.Events+result.LeftOut != result.Records || int(result.Events) != total {
		t.Errorf("%d of %d events; %+v", total, len(whole.saved.events), result)
	}
	if again, err := log.try(context.Background(), config(), path); err == nil {
		t.Errorf("everything goes into the store of a part: %+v", again)
	}
}
