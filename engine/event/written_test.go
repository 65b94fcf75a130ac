package event_test

import (
	"testing"
	"time"

	"asof/engine/event"
)

func TestTimesThatAreNotWrittenByISO(t *testing.T) {
	for text, want := range map[string]string{
		"2011/10/01 00:38:44.546":             "2011-10-01T00:38:44.546Z, assumed",
		"2011/1/2 0:38":                       "2011-01-02T00:38:00Z, assumed",
		"2009/01/23 01:23:23.123123":          "2009-01-23T01:23:23.123123Z, assumed",
		"2011/10/01":                          "2011-10-01T00:00:00Z, assumed",
		"240315 101502":                       "2024-03-15T10:15:02Z, assumed",
		"20240315 10:15:02":                   "2024-03-15T10:15:02Z, assumed",
		"2024-03-15 101502":                   "2024-03-15T10:15:02Z, assumed",
		"2024-03-15 9:05 PM":                  "2024-03-15T21:05:00Z, assumed",
		"2011.10.01 10:00:00":                 "2011-10-01T10:00:00Z, assumed",
		"2011/10/01 10:00:00 +02:00":          "2011-10-01T10:00:00+02:00",
		"01.03.2024 10:00:00":                 "2024-03-01T10:00:00Z, assumed",
		"1.3.2024, 9:05":                      "2024-03-01T09:05:00Z, assumed",
		"31.12.2024":                          "2024-12-31T00:00:00Z, assumed",
		"02-Jan-2006 15:04:05":                "2006-01-02T15:04:05Z, assumed",
		"2 January 2006 15:04":                "2006-01-02T15:04:00Z, assumed",
		"10/Oct/2000:13:55:36 -0700":          "2000-10-10T13:55:36-07:00",
		"Oct 1, 2011, 1:38:44 PM":             "2011-10-01T13:38:44Z, assumed",
		"Oct. 1, 2011 12:00 am":               "2011-10-01T00:00:00Z, assumed",
		"September 30 2011 12:30:00 PM GMT":   "2011-09-30T12:30:00Z",
		"Sept 30, 2011":                       "2011-09-30T00:00:00Z, assumed",
		"Sat, 01 Oct 2011 00:38:44 GMT":       "2011-10-01T00:38:44Z",
		"Saturday, 01-Oct-2011 00:38:44 UTC":  "2011-10-01T00:38:44Z",
		"Sat Oct  1 00:38:44 2011":            "2011-10-01T00:38:44Z, assumed",
		"Sat Oct  1 00:38:44 UTC 2011":        "2011-10-01T00:38:44Z",
		"Sat Oct 01 00:38:44 +0200 2011":      "2011-10-01T00:38:44+02:00",
		"Sat Oct 1 00:38:44 2011 +0200":       "2011-10-01T00:38:44+02:00",
		"01.10.11 10:00:00":                   "2011-10-01T10:00:00Z, assumed",
		"31.12.99":                            "1999-12-31T00:00:00Z, assumed",
		"2011-10-01T10:00+02:00[Europe/Rome]": "2011-10-01T10:00:00+02:00",
		"2011-10-01T10:00:00.5Z[UTC]":         "2011-10-01T10:00:00.5Z",
		"2011-10-01 10:00:00.25 +0200 CEST":   "2011-10-01T10:00:00.25+02:00",
		"2011-10-01 10:00:00 -0700 PDT":       "2011-10-01T10:00:00-07:00",
	} {
		if got := reading(text); got != want {
			t.Errorf("%q: read as %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNoTimeToEveryReader(t *testing.T) {
	for _, text := range []string{
		"01/02/2024 10:00", "13/02/2024", "01-02-2024", // which is the month is not said
		"1.2.24 10:00", "241315 101502", "240315 256000", "240315 10:150", "240315  01502", "2-Jan-06", "Jan 2 10:00:00", "Sat Oct  1 00:38:44", // no year
		"Sat Oct  1 00:38:44 PST 2011", "2011/10/01 10:00 CET", // names that several zones have
		"31.02.2024", "2011/13/01", "2011/10/01 24:00", "2011/10/01 13:00 PM", "2011/10/01 0:10 am", "2011/10/01 1:2",
		"2011/10.01", "1.10-2011", "2011/10", "10 2011", "1 Foo 2011", "Ja 1, 2011", "1.2.3", "1.2.13", "10.4.24", "2011-10-01 10:00:00 CET", "2011-10-01T10:00[Europe/Rome]", "192.168.2.2024", "12.04.2024.1",
		"Monday", "Mon", "May", "May 2", "march", "2011/10/01 ", "2011/10/01T", "2011/10/01 10:00 +", "2011/10/01 10:00 x", ".", "1", "1.", "1 2",
	} {
		if got := reading(text); got != "" {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestWrittenTimesAreOfTheirZone(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	got, err := event.ParseTime("01.07.2024 10:00", berlin)
	if want := "2024-07-01T10:00:00+02:00"; err != nil || got.Text() != want {
		t.Errorf("%v %v, want %s", got.Text(), err, want)
	}
	if !got.Std().Equal(time.Date(2024, 7, 1, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("another instant: %v", got.Std())
	}
}
