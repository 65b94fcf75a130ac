package event_test

import (
	"slices"
	"testing"

	"asof/engine/event"
)

func TestCategoryIsTheTextBeforeTheFirstDash(t *testing.T) {
	for stream, want := range map[event.StreamID]string{"order-1-2": "order", "order": "order", "-x": "", "": ""} {
		if got := stream.Category(); got != want {
			t.Errorf("%s: %s", stream, got)
		}
	}
}

func TestStreamsBeginWithThePrimaryOne(t *testing.T) {
	e := event.Event{Stream: "a", Others: []event.StreamID{"b", "c"}}
	if got := e.Streams(); !slices.Equal(got, []event.StreamID{"a", "b", "c"}) {
		t.Error(got)
	}
	if (&event.Event{}).Streams() != nil {
		t.Error("an event may have no stream")
	}
}

func TestPartsPointIntoTheRecord(t *testing.T) {
	raw := []byte(`{"type":"T","a":1,"b":[2]}`)
	for _, c := range []struct {
		what string
		part event.Part
		want string
	}{
		{"nothing", event.Part{}, ""},
		{"the whole record", event.Whole(0, len(raw)), string(raw)},
		{"a member's value", event.Whole(22, 3), `[2]`},
		{"some members", event.Part{Members: true, Spans: []event.Span{{12, 5}, {18, 7}}}, `{"a":1,"b":[2]}`},
		{"no members", event.Part{Members: true}, `{}`},
		{"bytes of its own", event.Built([]byte(`{"x":1}`)), `{"x":1}`},
	} {
		e := event.Event{Raw: raw, Payload: c.part, Meta: c.part}
		if string(e.Data()) != c.want || string(e.Metadata()) != c.want || c.part.IsZero() != (c.want == "") {
			t.Errorf("%s: got %s, want %s", c.what, e.Data(), c.want)
		}
	}
	if data := (&event.Event{Raw: raw, Payload: event.Whole(0, 2)}).Data(); cap(data) != 2 {
		t.Error("appending to a part must not write into the record")
	}
}

func TestMarks(t *testing.T) {
	m := event.Late | event.BadTime
	if !m.Has(event.Late) || m.Has(event.Late|event.Outlier) || !m.Has(0) {
		t.Error("marks are asked for together")
	}
}
