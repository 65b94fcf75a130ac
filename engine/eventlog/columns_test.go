package eventlog

import (
	"fmt"
	"reflect"
	"slices"
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
	if rapid.IntRange(0, 20).Draw(t, "cast") > 0 {
		e.Cast = castOf(e.Raw)
	}
	return e
}

// follows gives an event a place behind the last one of some, or makes it one of the same record, and adds what is seldom there.
func follows(t *rapid.T, before []event.Event, e event.Event) event.Event {
	if len(before) > 0 {
		last := &before[len(before)-1]
		switch rapid.IntRange(0, 9).Draw(t, "follows") {
		case 0, 1:
			e.Raw, e.Cast, e.Payload, e.Place, e.ID = last.Raw, last.Cast, event.Part{}, last.Place, "apart"
			e.Ordinal = last.Ordinal + 1
		case 2:
			e.Place = event.Place{Source: 2, Line: 7, Offset: 1 << 40}
		default:
			e.Place = nextPlace(last, false)
		}
	}
	switch rapid.IntRange(0, 9).Draw(t, "rare") {
	case 0:
		e.Others = []event.StreamID{"other-1", event.StreamID(e.ID)}
	case 1:
		e.Marks = event.InvalidUTF8
	case 2:
		e.Payload = event.Built([]byte(`"built"`))
	case 3:
		half := uint32(len(e.Raw) / 2)
		e.Meta = event.Part{Members: true, Spans: []event.Span{{Off: 0, Len: half}, {Off: half, Len: half}}}
	case 4:
		e.Correlation = "correlation"
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
			n = len(raw) - i - 1 // something has to stand behind a value
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
	defer func() {
		if looseSeen == 0 {
			t.Error("no event was loose")
		}
	}()
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
				events = append(events, follows(t, events, written(t, order, cut)))
				events[i].Position = event.Position(i + 1)
			}
			c.encode(events)
			got, err := decodeBlock(1, len(events), expanded(t, &c, len(events)))
			if err != nil {
				t.Fatal(err)
			}
			for i := range events {
				events[i].Cast = nil // nothing that reading needs
				if !reflect.DeepEqual(got[i], events[i]) {
					t.Fatalf("event %d of %d: got %+v, want %+v; record %q", i, len(events), got[i], events[i], events[i].Raw)
				}
			}
			someAgree(t, &c, got)
			literalsAgree(t, &c, got)
			looseAgree(t, &c, got)
		}
	})
}

// expanded is what the columns of some events are read from.
func expanded(t interface{ Fatal(...any) }, c *columns, count int) parts {
	return expandedBut(t, c, count, nil)
}

func expandedBut(t interface{ Fatal(...any) }, c *columns, count int, s *sieve) parts {
	all, split := textsOf(c.rest)
	s.ask(all.cols)
	room := []byte{} // as a block's, which is never nil: by that a loose event is known, even where no column is wanted
	rest, lengths, ok := untype(all, c.typing.bits.bytes(), count, c.plain, room, s)
	if !split || !ok {
		t.Fatal("the values do not come back")
	}
	return parts{rest, c.cuts, all.cols, lengths, s}
}

// looseAgree compares what loose events say with what those say whose records are put together.
func looseAgree(t *rapid.T, c *columns, all []event.Event) {
	r := looseRooms.Get().(*looseRoom)
	defer looseRooms.Put(r)
	if err := r.decode(1, len(all), expandedBut(t, c, len(all), &sieve{wanted: r.begin(&looseMoulds{}).wanted})); err != nil {
		t.Fatal(err)
	}
	got := r.events
	for i := range all {
		e, want := &got[i], &all[i]
		sameData := string(e.Data()) == string(want.Data()) && (e.Data() == nil) == (want.Data() == nil)
		if e.Position != want.Position || e.Type != want.Type || e.Stream != want.Stream || e.Time != want.Time || e.Marks != want.Marks ||
			e.Ordinal != want.Ordinal || !sameData {
			t.Fatalf("loose event %d: got %+v %q, want %+v", i, e, e.Data(), want)
		}
		if e.Raw != nil && string(e.Raw) != string(want.Raw) {
			t.Fatalf("event %d of %q: %q", i, want.Raw, e.Raw)
		}
		if e.Raw == nil {
			looseSeen++
		}
	}
}

var looseSeen int

// someAgree compares some events of a block, made alone, with those that all were made with.
func someAgree(t *rapid.T, c *columns, all []event.Event) {
	var d decoder
	if !d.open(expanded(t, c, len(all))) {
		t.Fatal("the columns do not open")
	}
	chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(all)-1), 0, 5, func(i int) int { return i }).Draw(t, "chosen")
	got := map[int]*event.Event{}
	if !d.some(len(all), func(i int) bool { return slices.Contains(chosen, i) }, func(i int) *event.Event {
		got[i] = &event.Event{Position: all[i].Position}
		return got[i]
	}) {
		if !d.bad {
			return // its events can not be made alone
		}
		t.Fatal("the block is damaged")
	}
	for _, i := range chosen {
		if !reflect.DeepEqual(*got[i], all[i]) {
			t.Fatalf("event %d of %v alone: got %+v, want %+v", i, chosen, *got[i], all[i])
		}
	}
}

// literalsAgree sees to it that every event that holds a text is found in the columns, and is made as it is.
func literalsAgree(t *rapid.T, c *columns, all []event.Event) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune(`e17",:-T0 ad`)), 1, 3, -1).Draw(t, "text")
	if rapid.Bool().Draw(t, "from an event") {
		raw := all[rapid.IntRange(0, len(all)-1).Draw(t, "event")].Raw
		from := rapid.IntRange(0, len(raw)-1).Draw(t, "from")
		text = string(raw[from:rapid.IntRange(from+1, min(len(raw), from+40)).Draw(t, "to")])
	}
	if rapid.Bool().Draw(t, "beyond") {
		text += rapid.SampledFrom([]string{"x", "1", ",", `"`, ":0"}).Draw(t, "more")
	}
	folded := rapid.Bool().Draw(t, "folded")
	seeker := newSeeker([]*Literal{NewLiteral(text, folded), NewLiteral("\"built\"", false)})
	list, err := seeker.seekIn(1, len(all), expanded(t, c, len(all)))
	if err != nil {
		t.Fatal(err)
	}
	if s := (&sieve{literals: seeker.literals}); seeker.nowhere(len(all), expandedBut(t, c, len(all), s)) {
		if len(list) > 0 {
			t.Fatalf("%q (folded %v) is in event %d, but nowhere", text, folded, list[0].Position)
		}
	}
	got := map[event.Position]*event.Event{}
	for i := range list {
		got[list[i].Position] = &list[i]
	}
	for i := range all {
		e := &all[i]
		holds := false
		for _, in := range []string{string(e.Raw), e.Type, string(e.Stream), e.ID, string(e.Data()), string(e.Metadata())} {
			if folded {
				in, text = strings.ToLower(in), strings.ToLower(text)
			}
			holds = holds || strings.Contains(in, text) || strings.Contains(in, `"built"`)
		}
		switch one := got[e.Position]; {
		case one == nil && holds:
			t.Fatalf("%q (folded %v) is in event %d, %+v, which is not found; record %q", text, folded, e.Position, e, e.Raw)
		case one != nil && !reflect.DeepEqual(one, e):
			t.Fatalf("event %d is found as %+v, not %+v", e.Position, one, e)
		}
	}
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

func TestMouldsOfSeveralReadersAreOne(t *testing.T) {
	var c columns
	for range 2 { // the second block meets moulds that the first one had
		var events []event.Event
		for i := range 10 {
			raw := fmt.Appendf(nil, `{"id":"e%d","n":%d}`, i, i)
			cast := castOf(raw)
			cast.Mould = &event.Mould{Gaps: cast.Mould.Gaps}
			events = append(events, event.Event{ID: fmt.Sprint("e", i), Type: "a", Raw: raw, Cast: cast})
		}
		c.encode(events)
		if n := len(c.moulds.list); n != 1 {
			t.Errorf("records that differ in values only have %d moulds", n)
		}
	}
}
