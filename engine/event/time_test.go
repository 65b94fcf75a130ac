package event_test

import (
	"slices"
	"testing"
	"time"

	"asof/engine/event"
	"pgregory.net/rapid"
)

func at(t testing.TB, text string) event.Time {
	t.Helper()
	v, err := event.ParseRFC3339(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLeapSecondsStandBetweenTheirNeighbours(t *testing.T) {
	sorted := []event.Time{
		{}, at(t, "0000-01-01T00:00:00Z"), event.Unix(0, 0, 0), at(t, "2016-12-31T23:59:59Z"), at(t, "2016-12-31T23:59:59.999999999Z"),
		at(t, "2016-12-31T23:59:60Z"), at(t, "2016-12-31T15:59:60.5-08:00"), at(t, "2016-12-31T23:59:60.999999999Z"),
		at(t, "2017-01-01T00:00:00Z"), at(t, "9999-12-31T23:59:59Z"),
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got, want := a.Compare(b), cmpInt(i, j); got != want {
				t.Errorf("%s and %s: %d, want %d", a.Text(), b.Text(), got, want)
			}
			if a.Before(b) != (i < j) || a.After(b) != (i > j) {
				t.Errorf("%s and %s: before and after", a.Text(), b.Text())
			}
		}
	}
	if !sorted[6].IsLeap() || sorted[8].IsLeap() || sorted[6].Std().UTC().Format(time.RFC3339Nano) != "2017-01-01T00:00:00.5Z" {
		t.Error("a leap second is known as one, and is the second after it to the standard library")
	}
	if got := sorted[5].In(time.FixedZone("", 3600)); got != "2017-01-01T00:59:60+01:00" {
		t.Error(got)
	}
}

func cmpInt(i, j int) int { return slices.Compare([]int{i}, []int{j}) }

func TestTextInAZone(t *testing.T) {
	v := at(t, "2024-10-27T02:30:00.1200+01:00")
	for loc, want := range map[*time.Location]string{
		time.UTC:                     "2024-10-27T01:30:00.1200Z",
		zone(t, "Europe/Berlin"):     "2024-10-27T02:30:00.1200+01:00",
		zone(t, "Asia/Kolkata"):      "2024-10-27T07:00:00.1200+05:30",
		time.FixedZone("", -12*3600): "2024-10-26T13:30:00.1200-12:00",
	} {
		if got := v.In(loc); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if (event.Time{}).Text() != "" || (event.Time{}).In(time.UTC) != "" || !(event.Time{}).Std().IsZero() {
		t.Error("no time has no text")
	}
	if got := string(v.Append([]byte("at "), nil)); got != "at "+v.Text() {
		t.Error(got)
	}
}

func TestSubAtTheEdges(t *testing.T) {
	first, last := at(t, "0000-01-01T00:00:00Z"), at(t, "9999-12-31T23:59:59Z")
	if last.Sub(first) != 1<<63-1 || first.Sub(last) != -1<<63 || (event.Time{}).Sub(last) != 0 || last.Sub(event.Time{}) != 0 {
		t.Error("a duration is cut, and none from no time")
	}
	if got := at(t, "2017-01-01T00:00:00Z").Sub(at(t, "2016-12-31T23:59:60Z")); got != 0 {
		t.Errorf("Unix time does not count leap seconds: %v", got)
	}
	if !(event.Time{}).Add(time.Hour).IsZero() {
		t.Error("no time stays no time")
	}
}

func times() *rapid.Generator[event.Time] {
	return rapid.Custom(func(t *rapid.T) event.Time {
		sec := rapid.Int64Range(-60_000_000_000, 250_000_000_000).Draw(t, "sec")
		return event.Unix(sec, rapid.Int64Range(-2e9, 2e9).Draw(t, "nsec"), rapid.IntRange(0, 9).Draw(t, "digits"))
	})
}

func TestTimeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := times().Draw(t, "a"), times().Draw(t, "b")
		if got, want := a.Compare(b), a.Std().Compare(b.Std()); got != want {
			t.Fatalf("%s and %s: %d, want %d", a.Text(), b.Text(), got, want)
		}
		for _, u := range []event.Time{a, b, {}} {
			for _, v := range []event.Time{b, u, {}} {
				if c := u.Compare(v); u.Before(v) != (c < 0) || u.After(v) != (c > 0) {
					t.Fatalf("%s and %s: %d, before %v, after %v", u.Text(), v.Text(), c, u.Before(v), u.After(v))
				}
			}
		}
		if a.Sub(b) != a.Std().Sub(b.Std()) {
			t.Fatalf("%s - %s: %v", a.Text(), b.Text(), a.Sub(b))
		}
		d := time.Duration(rapid.Int64().Draw(t, "duration"))
		if moved := a.Add(d); !moved.Std().Equal(a.Std().Add(d)) || moved.Digits() != a.Digits() {
			t.Fatalf("%s + %v: %s", a.Text(), d, moved.Text())
		}
		if event.Unpack(a.Pack()) != a {
			t.Fatalf("%s does not survive packing", a.Text())
		}
		zoned := event.Of(a.Std().In(time.FixedZone("", rapid.IntRange(-1439, 1439).Draw(t, "minutes")*60)))
		if again, err := event.ParseTime(zoned.Text(), nil); err != nil || again != zoned {
			t.Fatalf("%s: %v", zoned.Text(), err)
		}
	})
}

func TestPackOfNoTime(t *testing.T) {
	if !event.Unpack(event.Time{}.Pack()).IsZero() || event.Unpack(event.Unix(0, 0, 0).Pack()).IsZero() {
		t.Error("no time and Unix time 0 are told apart")
	}
	leap := at(t, "2016-12-31T15:59:60.25-08:00")
	if event.Unpack(leap.Pack()) != leap {
		t.Error("a leap second keeps its zone and digits")
	}
}
