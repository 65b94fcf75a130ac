package scan

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"asof/engine/event"
)

func TestPlainUTCIsParseTime(t *testing.T) {
	var clock Clock // remembers the day of the case before
	rapid.Check(t, func(t *rapid.T) {
		sec := rapid.OneOf(rapid.Int64Range(-62135596800, 253402300799), rapid.Int64Range(1768435200, 1768435200+2*86400)).Draw(t, "sec")
		at := time.Unix(sec, rapid.Int64Range(0, 999999999).Draw(t, "nsec")).UTC()
		layout := "2006-01-02T15:04:05" + rapid.SampledFrom([]string{"", ".0", ".000", ".000000", ".0000000", ".000000000"}).Draw(t, "fraction") + "Z"
		text := at.Format(layout)
		want, err := event.ParseTime(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := clock.plainUTC(text)
		if ok && got != want || !ok && at.Year() >= 1 {
			t.Fatalf("%s: %+v, %v; want %+v", text, got, ok, want)
		}
	})
	for _, text := range []string{"2024-01-01T00:00:0xZ", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
		"2023-02-29T00:00:00Z", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0000:00:00Z"} {
		var clock Clock
		if got, ok := clock.plainUTC(text); ok {
			t.Errorf("%s: %v", text, got.Text())
		}
	}
}

func TestNumberTime(t *testing.T) {
	for _, c := range []struct {
		text, want string
	}{
		{"0", "1970-01-01T00:00:00Z"},
		{"-0", "1970-01-01T00:00:00Z"},
		{"-1", "1969-12-31T23:59:59Z"},
		{"-1.5", "1969-12-31T23:59:58.5Z"},
		{"1700000000", "2023-11-14T22:13:20Z"},
		{"1700000000.0", "2023-11-14T22:13:20.0Z"},
		{"1525283875.58", "2018-05-02T17:57:55.58Z"},
		{"1700000000000", "2023-11-14T22:13:20.000Z"},
		{"1700000000123.5", "2023-11-14T22:13:20.1235Z"},
		{"1700000000000000", "2023-11-14T22:13:20.000000Z"},
		{"1700000000000000001", "2023-11-14T22:13:20.000000001Z"},
		{"99999999999", "5138-11-16T09:46:39Z"},
		{"100000000000", "1973-03-03T09:46:40.000Z"},
		{"99999999999999", "5138-11-16T09:46:39.999Z"},
		{"100000000000000", "1973-03-03T09:46:40.000000Z"},
		{"99999999999999999", "5138-11-16T09:46:39.999999Z"},
		{"100000000000000000", "1973-03-03T09:46:40.000000000Z"},
		{"1.7e9", "2023-11-14T22:13:20Z"},
		{"17000000000e-1", "2023-11-14T22:13:20.0Z"},
		{"638767125301234567", "2025-03-04T19:15:30.1234567Z"},
		{"622000000000000000", "1989-09-17T01:46:40.000000000Z"},
		{"0.000000001", "1970-01-01T00:00:00.000000001Z"},
	} {
		got, ok := NumberTime(c.text)
		if !ok || got.Text() != c.want {
			t.Errorf("%s: %s, %v; want %s", c.text, got.Text(), ok, c.want)
		}
	}
	for _, text := range []string{"", "x", "1e99", "18446744073709551616", "1.", ".5", "0x10", "NaN", "--1", "1e", "1e1e1"} {
		if got, ok := NumberTime(text); ok {
			t.Errorf("%q is %s", text, got.Text())
		}
	}
}

func TestTimesInDigits(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"20250304101530":             "2025-03-04T10:15:30+01:00",
		"20250304101530250":          "2025-03-04T10:15:30.250+01:00",
		"20251304101530":             "2611-09-28T02:15:01.530Z", // there is no such month
		"/Date(1700000000000)/":      "2023-11-14T22:13:20.000Z",
		"/Date(1700000000000+0100)/": "2023-11-14T22:13:20.000Z",
		"/Date(-1000)/":              "1969-12-31T23:43:20Z",
	} {
		for _, kind := range []Kind{String, Number} {
			clock := Clock{Zone: berlin}
			if got, mark := clock.TimeOf(text, kind); mark.Has(event.BadTime) || got.Text() != want {
				t.Errorf("%s: %s, want %s", text, got.Text(), want)
			}
		}
	}
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2026-01-15T09:31:07.204Z", "1700000000", "1e3", "-1.5", "2024-01-01 00:00:00+0100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var clock Clock
		got, mark := clock.TimeOf(text, String)
		if mark.Has(event.BadTime) != got.IsZero() {
			t.Fatalf("%q: %v, marks %b", text, got, mark)
		}
		if want, err := event.ParseTime(text, nil); err == nil && got != want {
			t.Fatalf("%q: %v, ParseTime %v", text, fmt.Sprint(got), want)
		}
	})
}
