package event_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/event/sharedtest"
)

func TestParseRFC3339AgainstTheJSONSchemaSuite(t *testing.T) {
	src, err := os.ReadFile(sharedtest.Corpus(t, "json-schema-formats/tests/draft2020-12/optional/format/date-time.json"))
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Tests []struct {
			Description string
			Data        any
			Valid       bool
		}
	}
	if err := json.Unmarshal(src, &groups); err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		for _, c := range group.Tests {
			text, isText := c.Data.(string)
			if !isText {
				continue // other kinds are no matter of the text
			}
			if _, err := event.ParseRFC3339(text); (err == nil) != c.Valid {
				t.Errorf("%s: %q: %v", c.Description, text, err)
			}
		}
	}
}

func TestParseRFC3339IsStrict(t *testing.T) {
	for _, text := range []string{
		"2024-01-01T00:00:00,5Z", "2024-01-01T00:00Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00 Z", "2024-01-01T00:00:00+0100", "2024-01-01",
		"2024-01-01T00:00:00UTC", "20240101T000000Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "",
	} {
		if got, err := event.ParseRFC3339(text); err == nil {
			t.Errorf("%q was read as %s", text, got.Text())
		}
	}
}

// TestTimestampCorpus classes each text of the corpus: how ParseTime reads it, or that it is refused. Numbers are the
// importers' matter.
func TestTimestampCorpus(t *testing.T) {
	refused := ""
	want := map[string]string{
		"1998-12-31T23:59:60Z":              "1998-12-31T23:59:60Z",
		"2016-12-31T23:59:60.5Z":            "2016-12-31T23:59:60.5Z",
		"2024-02-29T00:00:00Z":              "2024-02-29T00:00:00Z",
		"2023-02-29T00:00:00Z":              refused, // no such day
		"2024-01-01T24:00:00Z":              refused, // RFC 3339 has no hour 24
		"2024-01-01t00:00:00z":              "2024-01-01T00:00:00Z",
		"2024-01-01 00:00:00Z":              "2024-01-01T00:00:00Z",
		"2024-01-01T00:00:00,5Z":            "2024-01-01T00:00:00.5Z",
		"2024-01-01T00:00:00.123456789123Z": "2024-01-01T00:00:00.123456789Z",
		"0000-01-01T00:00:00Z":              "0000-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999999Z":    "9999-12-31T23:59:59.999999999Z",
		"10000-01-01T00:00:00Z":             refused, // five digits of a year need an agreement
		"+2024-01-01T00:00:00Z":             refused,
		"2024-01-01T00:00:00+24:00":         refused,
		"2024-01-01T00:00:00-00:00":         "2024-01-01T00:00:00Z",
		"2024-01-01T00:00:00+14:00":         "2024-01-01T00:00:00+14:00",
		"2024-01-01T00:00:00":               "2024-01-01T00:00:00Z, assumed",
		"2024-03-31T02:30:00 Europe/Berlin": refused, // a named zone, and an hour that it skips
		"2024-10-27T02:30:00+02:00":         "2024-10-27T02:30:00+02:00",
		"2024-10-27T02:30:00+01:00":         "2024-10-27T02:30:00+01:00",
		"1677-09-21T00:12:43Z":              "1677-09-21T00:12:43Z",
		"2262-04-11T23:47:16.854775808Z":    "2262-04-11T23:47:16.854775808Z",
		"Mon, 02 Jan 2006 15:04:05 MST":     refused, // a zone by a name that several have
		"Jan  2 15:04:05":                   refused, // no year
		"02/01/2024 03:04":                  refused, // January or February
		"20240101T000000Z":                  "2024-01-01T00:00:00Z",
		"2024-W01-1":                        refused,
		"2024-001":                          refused,
		"":                                  refused,
		"null":                              refused,
	}
	file, err := os.Open(sharedtest.Corpus(t, "ours/values/timestamps.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, seen := bufio.NewScanner(file), map[string]bool{}
	for lines.Scan() {
		var line struct{ Time any }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		text, isText := line.Time.(string)
		if !isText {
			continue
		}
		seen[text] = true
		read, known := want[text]
		if got := reading(text); !known || got != read {
			t.Errorf("%q: read as %q, want %q (in the table: %v)", text, got, read, known)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("%d texts in the corpus, %d in the table", len(seen), len(want))
	}
}

// reading is how ParseTime reads text: "" where it is refused.
func reading(text string) string {
	got, err := event.ParseTime(text, nil)
	switch {
	case err != nil:
		return ""
	case !got.Zoned():
		return got.Text() + ", assumed"
	}
	return got.Text()
}

func TestParseTimeForms(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		text, want string
		loc        *time.Location
		digits     int
		zoned      bool
	}{
		{"2024-06-01", "2024-06-01T00:00:00+02:00", berlin, -1, false},
		{"2024-06-01 12:30", "2024-06-01T12:30:00+02:00", berlin, 0, false},
		{"2024-01-01T12:30:15.250", "2024-01-01T12:30:15.250+01:00", berlin, 3, false},
		{"2024-01-01T12:30:15Z", "2024-01-01T12:30:15Z", berlin, 0, true},
		{"2024-01-01 12:30:15 +0530", "2024-01-01T12:30:15+05:30", nil, 0, true},
		{"2024-01-01 12:30:15+01", "2024-01-01T12:30:15+01:00", nil, 0, true},
		{"2024-01-01 12:30:15 UTC", "2024-01-01T12:30:15Z", nil, 0, true},
		{"20240101", "2024-01-01T00:00:00Z", nil, -1, false},
		{"20240101T123015.5", "2024-01-01T12:30:15.5Z", nil, 1, false},
		{"Mon, 02 Jan 2006 15:04:05 GMT", "2006-01-02T15:04:05Z", nil, 0, true},
		{"Mon, 2 Jan 2006 15:04:05 -0700", "2006-01-02T15:04:05-07:00", nil, 0, true},
		{"2024-03-31T02:30:00", "2024-03-31T02:30:00+01:00", berlin, 0, false}, // skipped: the offset before
		{"2024-10-27T02:30:00", "2024-10-27T02:30:00+02:00", berlin, 0, false}, // twice: the first
	} {
		got, err := event.ParseTime(c.text, c.loc)
		if err != nil || got.Digits() != c.digits || got.Zoned() != c.zoned {
			t.Errorf("%q: %d digits, zoned %v, %v", c.text, got.Digits(), got.Zoned(), err)
		}
		if instant, _ := event.ParseRFC3339(c.want); got.Compare(instant) != 0 {
			t.Errorf("%q: got %s, want %s", c.text, got.Text(), c.want)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skip(err)
	}
	return loc
}

// TestTOMLTimes reads the dates and times of toml-test. TOML has some forms more than we have, and fewer.
func TestTOMLTimes(t *testing.T) {
	root := sharedtest.Corpus(t, "toml-test-datetime/tests")
	wider := map[string]bool{ // forms that logs write and TOML has not
		"no-secs.toml": true, "offset-minus-no-hour-minute-sep.toml": true, "offset-plus-no-hour-minute-sep.toml": true,
		"offset-minus-no-minute.toml": true, "offset-plus-no-minute.toml": true,
	}
	for _, folder := range []string{"valid", "invalid"} {
		files, err := filepath.Glob(filepath.Join(root, folder, "datetime", "*.toml"))
		if err != nil || len(files) < 8 {
			t.Fatal(len(files), err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range tomlValues(string(src)) {
				_, err := event.ParseTime(text, nil)
				if want := folder == "valid" || wider[filepath.Base(file)]; (err == nil) != want {
					t.Errorf("%s: %q: %v", filepath.Base(file), text, err)
				}
			}
		}
	}
}

// tomlValues lists what stands behind the equals signs, but for strings and times without a date.
func tomlValues(src string) []string {
	var values []string
	for line := range strings.Lines(src) {
		line, _, _ = strings.Cut(line, "#")
		_, text, found := strings.Cut(line, "=")
		text = strings.TrimSpace(text)
		if found && !strings.HasPrefix(text, "'") && (len(text) < 3 || text[2] != ':') {
			values = append(values, text)
		}
	}
	return values
}

// FuzzParseTime: what is read is written as RFC 3339 text of the same instant, in the same zone and precision.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"2016-12-31T23:59:60.5Z", "2016-12-31 15:59:60,25 -0800", "20240101T000000Z", "2024-06-01", "Mon, 02 Jan 2006 15:04:05 GMT",
		"2011/10/01 00:38:44.546", "1.3.2024, 9:05 pm", "Sat Oct  1 00:38:44 UTC 2011", "10/Oct/2000:13:55:36 -0700",
		"0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999999-23:59", "2024-01-01T00:00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := event.ParseTime(text, nil)
		strict, strictErr := event.ParseRFC3339(text)
		if strictErr == nil && (err != nil || read != strict) {
			t.Fatalf("%q: RFC 3339 says %s, we %s, %v", text, strict.Text(), read.Text(), err)
		}
		if err != nil {
			return
		}
		again, err := event.ParseRFC3339(read.Text())
		if err != nil || again.Compare(read) != 0 || again.Text() != read.Text() || again.Digits() != max(read.Digits(), 0) {
			t.Fatalf("%q was read as %s, and that as %s: %v", text, read.Text(), again.Text(), err)
		}
		if event.Unpack(read.Pack()) != read {
			t.Fatalf("%q does not survive packing", text)
		}
	})
}

// TestTimesWithoutAZone compares with a search through all instants near by: the earliest at which the zone's clocks show the
// time; where they skip it, the offset before the gap counts.
func TestTimesWithoutAZone(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"} {
		loc := zone(t, name)
		for _, day := range []int64{1711843200, 1729987200, 1710028800, 1730592000, 1712361600, 1728086400, 1325203200, 1719792000} {
			for wall := day - 86400; wall < day+2*86400; wall += 1800 {
				text := time.Unix(wall, 0).UTC().Format("2006-01-02T15:04:05")
				got, err := event.ParseTime(text, loc)
				if sec, _ := got.Unix(); err != nil || sec != searched(wall, loc) {
					t.Fatalf("%s in %s: got %s, want %s, %v", text, name, got.Text(), time.Unix(searched(wall, loc), 0).In(loc), err)
				}
			}
		}
	}
}

func searched(wall int64, loc *time.Location) int64 {
	for sec := wall - 16*3600; sec <= wall+16*3600; sec += 1800 {
		if _, offset := time.Unix(sec, 0).In(loc).Zone(); sec+int64(offset) == wall {
			return sec
		}
	}
	for sec := wall - 16*3600; ; sec += 1800 { // skipped: the last instant that shows less is before the gap
		_, offset := time.Unix(sec, 0).In(loc).Zone()
		if _, next := time.Unix(sec+1800, 0).In(loc).Zone(); next > offset && sec+1800+int64(next) > wall {
			return wall - int64(offset)
		}
	}
}
