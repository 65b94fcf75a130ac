package eventlog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"asof/engine/event"

	"pgregory.net/rapid"
)

// written makes an event whose fields stand in its record, in the given order, in one of some notations.
func written(t *rapid.T, order []string, cut string) event.Event {
	zone := rapid.SampledFrom([]string{"Z", "+00:00", "-03:30", "z", ""}).Draw(t, "zone")
	digits := rapid.IntRange(0, 11).Draw(t, "digits")
	at := rapid.SampledFrom([]string{"2024-02-29", "1969-12-31", "0001-01-01", "9999-12-31", "2016-12-31"}).Draw(t, "date") +
		rapid.SampledFrom([]string{"T", " "}).Draw(t, "separator") + rapid.SampledFrom([]string{"00:00:00", "23:59:60", "12:34:56"}).Draw(t, "clock")
	if digits > 0 {
		at += "." + "98765432123"[:digits]
	}
	texts := map[string]string{
		"id": fmt.Sprint("e", rapid.IntRange(0, 1e6).Draw(t, "id")), "stream": rapid.SampledFrom([]string{"order-1", "é", "x", "a\"b", ""}).Draw(t, "stream"),
		"version": fmt.Sprint(rapid.SampledFrom([]int64{0, 1, -1, 12, 1 << 62, 999999999999999999}).Draw(t, "version")),
		"time":    at + zone, "recorded": "1700000000123", "cause": rapid.SampledFrom([]string{"e7", "", "order-1"}).Draw(t, "cause"),
		"data": rapid.SampledFrom([]string{"{}", `{"a":1}`, "7"}).Draw(t, "data"),
	}
	e := event.Event{ID: texts["id"], Stream: event.StreamID(texts["stream"]), Type: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "type"),
		Numbering: event.BySource, Causation: texts["cause"], Recorded: event.Unix(1700000000, 123e6, 3)}
	fmt.Sscan(texts["version"], (*int64)(&e.Version))
	e.Time, _ = event.ParseTime(texts["time"], nil)
	var raw strings.Builder
	for i, name := range order {
		if i > 0 {
			raw.WriteString(cut)
		}
		if cut != "," {
			fmt.Fprintf(&raw, "%q:", name)
		}
		if name == "data" && rapid.Bool().Draw(t, "part") {
			e.Payload = event.Whole(raw.Len(), len(texts[name]))
		}
		raw.WriteString(texts[name])
	}
	e.Raw = []byte(raw.String())
	if rapid.Bool().Draw(t, "cast") {
		e.Cast = castOf(e.Raw)
	}
	return e
}

var castMoulds = map[string]*event.Mould{}

// castOf is the cast of a record whose values stand between commas and colons.
func castOf(raw []byte) *event.Cast {
	cast := &event.Cast{Mould: &event.Mould{}}
	from := 0
	gap := func(to int) { cast.Mould.Gaps = append(cast.Mould.Gaps, string(raw[from:to])) }
	for i := 0; i < len(raw); {
		n := strings.IndexAny(string(raw[i:]), ",: ")
		if n < 0 {
			n = len(raw) - i
		}
		gap(i)
		cast.Values = append(cast.Values, event.Span{Off: uint32(i), Len: uint32(n)})
		from = i + n
		i = from + 1
	}
	gap(len(raw))
	if known := castMoulds[strings.Join(cast.Mould.Gaps, "\x00")]; known != nil {
		cast.Mould = known
	} else {
		castMoulds[strings.Join(cast.Mould.Gaps, "\x00")] = cast.Mould
	}
	return cast
}

func TestColumnsGiveBackWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c columns
		for range rapid.IntRange(1, 3).Draw(t, "blocks") { // what one teaches serves for the next
			var events []event.Event
			cut := rapid.SampledFrom([]string{",", `,"`, ` `}).Draw(t, "cut")
			order := rapid.Permutation([]string{"id", "stream", "version", "time", "recorded", "cause", "data"}).Draw(t, "order")
			for i := range rapid.IntRange(1, 40).Draw(t, "events") {
				if rapid.IntRange(0, 9).Draw(t, "turn") == 0 {
					order = rapid.Permutation(order).Draw(t, "order")
				}
				e := written(t, order, cut)
				e.Position = event.Position(i + 1)
				events = append(events, e)
			}
			c.encode(events)
			got, err := decodeBlock(1, len(events), c.rest, c.cuts, c.appendTo(nil))
			if err != nil {
				t.Fatal(err)
			}
			for i := range events {
				events[i].Cast = nil // nothing that reading needs
				if !reflect.DeepEqual(got[i], events[i]) {
					t.Fatalf("event %d of %d: got %+v, want %+v; record %q", i, len(events), got[i], events[i], events[i].Raw)
				}
			}
		}
	})
}

func TestCivilDays(t *testing.T) {
	var day calendar
	for sec := int64(-62135596800); sec < 253402300800; sec += 86400 * 13 {
		want := event.Unix(sec, 0, 0)
		if got, n := day.read([]byte(want.Text()), 0, form0(want)); got != want || n != 20 {
			t.Fatalf("got %v, %d bytes of %s", got, n, want.Text())
		}
	}
}

func form0(t event.Time) uint8 { kind, _ := form(t); return kind }
