package where

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Reading
	}{
		{"1234", []Reading{{Kind: Position, Number: 1234}}},
		{" 0 ", []Reading{{Kind: Position}}},
		{"start", []Reading{{Kind: Start}}},
		{"end", []Reading{{Kind: End}}},
		{"50%", []Reading{{Kind: Percent, Number: 500_000}}},
		{"65.1%", []Reading{{Kind: Percent, Number: 651_000}}},
		{"0.0001%", []Reading{{Kind: Percent, Number: 1}}},
		{"+3", []Reading{{Kind: Steps, Number: 3}}},
		{"-1", []Reading{{Kind: Steps, Number: -1}}},
		{"-10m", []Reading{{Kind: Shift, Span: -10 * time.Minute}}},
		{"+2h", []Reading{{Kind: Shift, Span: 2 * time.Hour}}},
		{"+1d12h", []Reading{{Kind: Shift, Span: 36 * time.Hour}}},
		{"-1.5s", []Reading{{Kind: Shift, Span: -1500 * time.Millisecond}}},
		{"+250ms", []Reading{{Kind: Shift, Span: 250 * time.Millisecond}}},
		{"2026-01-15", []Reading{{Kind: Time, Text: "2026-01-15"}}},
		{"2026-01-15T10:00:00Z", []Reading{{Kind: Time, Text: "2026-01-15T10:00:00Z"}}},
		{"2026-01-15 10:00", []Reading{{Kind: Time, Text: "2026-01-15 10:00"}}},
		{"14:03:22", []Reading{{Kind: TimeOfDay, Text: "14:03:22"}}},
		{"14:03", []Reading{{Kind: TimeOfDay, Text: "14:03"}}},
		{"14:03:22.5+02:00", []Reading{{Kind: TimeOfDay, Text: "14:03:22.5+02:00"}}},
		{"order-7:4", []Reading{{Kind: Version, Text: "order-7", Number: 4}, {Kind: Stream, Text: "order-7:4"}}},
		{"a:b:4", []Reading{{Kind: Version, Text: "a:b", Number: 4}, {Kind: Stream, Text: "a:b:4"}}},
		{"order-7", []Reading{{Kind: Stream, Text: "order-7"}}},
		{"a:b", []Reading{{Kind: Stream, Text: "a:b"}}},
		{":4", []Reading{{Kind: Stream, Text: ":4"}}},
		{"99:99", []Reading{{Kind: Version, Text: "99", Number: 99}, {Kind: Stream, Text: "99:99"}}},
		{"PaymentFailed#3", []Reading{{Kind: Stream, Text: "PaymentFailed#3"}, {Kind: Type, Text: "PaymentFailed", Number: 3}}},
		{"PaymentFailed#0", []Reading{{Kind: Stream, Text: "PaymentFailed#0"}}},
		{"turn:41", []Reading{
			{Kind: Version, Text: "turn", Number: 41}, {Kind: Stream, Text: "turn:41"},
			{Kind: Turn, Number: 41},
		}},
		{"'a", []Reading{{Kind: Stream, Text: "'a"}, {Kind: Mark, Text: "a"}}},
		{"/pay.*fail/", []Reading{{Kind: Stream, Text: "/pay.*fail/"}, {Kind: Match, Text: "pay.*fail"}}},
		{"recorded:2026-01-15", []Reading{{Kind: Stream, Text: "recorded:2026-01-15"}, {Kind: Recorded, Text: "2026-01-15"}}},
		{"stream=1234", []Reading{{Kind: Stream, Text: "1234"}}},
		{"stream=start:7", []Reading{{Kind: Version, Text: "start", Number: 7}, {Kind: Stream, Text: "start:7"}}},
		{"+x", []Reading{{Kind: Stream, Text: "+x"}}},
		{"x%", []Reading{{Kind: Stream, Text: "x%"}}},
	} {
		t.Run(c.text, func(t *testing.T) {
			w, err := Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(w.Readings(), c.want) {
				t.Errorf("got %+v\nwant %+v", w.Readings(), c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for text, reason := range map[string]string{
		"":                     "empty",
		"  ":                   "empty",
		"101%":                 "at most 100",
		"0.00001%":             "four decimals",
		"99999999999999999999": "no log is that long",
		"+9223372036854775808": "no log is that long",
		"-300000d":             "292 years",
		"stream=":              "name of the stream is missing",
	} {
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Reason, reason) || !strings.Contains(err.Error(), Legal) {
			t.Errorf("%q: got %v, want a reason with %q and what is legal", text, err, reason)
		}
	}
}

func TestMoment(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no zone data")
	}
	day, _ := event.ParseTime("2026-01-15T23:30:00Z", nil)
	for _, c := range []struct {
		text string
		zone *time.Location
		want string
	}{
		{"2026-01-15", nil, "2026-01-15T23:59:60.999999999Z"},
		{"2026-01-15", berlin, "2026-01-15T22:59:60.999999999Z"},
		{"2026-03-29", berlin, "2026-03-29T21:59:60.999999999Z"}, // a day of 23 hours
		{"2026-01-15T10:00", nil, "2026-01-15T10:00:60.999999999Z"},
		{"2026-01-15T10:00:00", nil, "2026-01-15T10:00:00.999999999Z"},
		{"20260115T100000+01:00", nil, "2026-01-15T09:00:00.999999999Z"},
		{"2026-01-15T10:00:00.25Z", berlin, "2026-01-15T10:00:00.25Z"},
		{"2026-01-15 10:00:00", berlin, "2026-01-15T09:00:00.999999999Z"},
		{"2016-12-31T23:59:60Z", nil, "2016-12-31T23:59:60.999999999Z"},
		{"14:03", nil, "2026-01-15T14:03:60.999999999Z"},
		{"14:03:22", berlin, "2026-01-16T13:03:22.999999999Z"}, // it is the 16th in Berlin
	} {
		w, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Readings()[0].Moment(day, c.zone)
		if err != nil || got.In(time.UTC) != c.want {
			t.Errorf("%s in %v: got %s, %v; want %s", c.text, c.zone, got.In(time.UTC), err, c.want)
		}
	}
	if _, err := (Reading{Kind: TimeOfDay, Text: "10:00"}).Moment(event.Time{}, nil); err == nil {
		t.Error("a time of day without a day gave no error")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"1234", "start", "50%", "+3", "-10m", "+1d12h30.5s", "2026-01-15", "14:03", "order-7:-4", "turn:41", "'a#3", "/x/", "recorded:10:00",
		"stream=a:4", "stream= x ", "a#1#2", "-0", "+0.5w", "Mon, 02 Jan 2006 15:04:05 GMT",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(w.String())
		if err != nil || again.String() != w.String() || !slices.Equal(again.readings, w.readings) {
			t.Fatalf("%q printed as %q reads as %+v, not %+v (%v)", text, w, again.readings, w.readings, err)
		}
		day := event.Unix(0, 0, 0)
		for _, r := range w.readings {
			printed, err := Parse(r.String())
			if err != nil || !slices.Contains(printed.readings, r) {
				t.Fatalf("%+v printed as %q reads as %+v (%v)", r, r, printed.readings, err)
			}
			if r.Kind == Time || r.Kind == TimeOfDay || r.Kind == Recorded {
				if _, err := r.Moment(day, nil); err != nil {
					t.Fatalf("%+v has no moment: %v", r, err)
				}
			}
		}
	})
}
