package importers

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/event/sharedtest"
	"asof/engine/ingest"
	"asof/importers/scan"
)

// result is what reading a whole source gave.
type result struct {
	format   string
	records  int
	rejected []ingest.Record
	events   []event.Event
	fields   map[string]string // only those that were found
	guesses  []string
	verdict  ingest.Verdict
	err      error // other than io.EOF
}

// read opens a file as ingest does: unpacked, with the format that wins the vote.
func read(t *testing.T, path, format string, opts ingest.Options) result {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := Open(context.Background(), path[strings.LastIndexByte(path, '/')+1:], f)
	if err != nil {
		return result{err: err}
	}
	defer in.Body.(io.Closer).Close()
	importer := vote(in.Head, format)
	if importer == nil {
		return result{err: errNobody}
	}
	reader, err := importer.Open(in, opts)
	if err != nil {
		return result{err: err}
	}
	out := result{format: importer.Format().Name, verdict: reader.Verdict(), fields: map[string]string{}}
	for _, f := range out.verdict.Fields {
		if f.Path != "" {
			out.fields[f.Name] = f.Path
		}
		if f.Guess {
			out.guesses = append(out.guesses, f.Name)
		}
	}
	for err == nil {
		var batch ingest.Batch
		err = reader.Read(&batch)
		out.records += len(batch.Records)
		for _, r := range batch.Records {
			if r.Rejected != "" {
				out.rejected = append(out.rejected, r)
			}
			out.events = append(out.events, r.Events...)
		}
	}
	if err != io.EOF {
		out.err = err
	}
	return out
}

var errNobody = errors.New("no importer knows it")

func vote(head ingest.Head, format string) ingest.Importer {
	var best ingest.Importer
	weight := 0
	for _, importer := range All() {
		v := importer.Detect(head)
		if format == importer.Format().Name || format == "" && v.Share >= 50 && v.Weight > weight {
			best, weight = importer, v.Weight
		}
	}
	return best
}

// count counts events by a key.
func count(events []event.Event, key func(e *event.Event) string) map[string]int {
	out := map[string]int{}
	for i := range events {
		out[key(&events[i])]++
	}
	return out
}

func byType(e *event.Event) string   { return e.Type }
func byStream(e *event.Event) string { return string(e.Stream) }

// TestRealLogs reads the real logs; the numbers were counted by other programs.
func TestRealLogs(t *testing.T) {
	for _, c := range []struct {
		file, format    string
		events, streams int
		stream, typ, at string
		types           map[string]int
		first, last     string // times in the source's order; "" = none
	}{
		{"beads_events.jsonl", "jsonl", 3582, 1792, "/issue_id", "/event_type", "/created_at",
			map[string]int{"closed": 1996, "updated": 562, "created": 417, "status_changed": 378, "label_added": 176, "reopened": 7}, "2026-02-26T15:13:31Z", ""},
		{"csv_receipt.csv", "csv", 8577, 1434, "case:concept:name", "concept:name", "time:timestamp",
			map[string]int{"Confirmation of receipt": 1434, "T06 Determine necessity of stop advice": 1416}, "2011-10-11T13:45:40.276000+02:00", ""},
		{"csv_running_example.csv", "csv", 42, 6, "case:concept:name", "concept:name", "time:timestamp",
			map[string]int{"register request": 6, "reinitiate request": 3, "check ticket": 9}, "2010-12-30T14:32:00+01:00", ""},
		{"csv_running_example_semicolon.csv", "csv", 42, 6, "case_id", "activity", "timestamp",
			map[string]int{"register request": 6, "reinitiate request": 3, "check ticket": 9}, "2010-12-30T14:32:00+01:00", ""},
		{"github_events.json", "json", 30, 29, "/repo/name", "/type", "/created_at",
			map[string]int{"PushEvent": 13, "WatchEvent": 6, "CreateEvent": 3, "ForkEvent": 3}, "2013-01-10T07:58:30Z", "2013-01-10T07:58:13Z"},
		{"cloudevents_batch.json", "cloudevents", 2, 2, "/subject", "/type", "/time", map[string]int{"com.example.someevent": 1}, "2018-04-05T17:31:00Z", "2018-04-05T17:31:05Z"},
		{"cloudevents_correlation.jsonl", "cloudevents", 8, 6, "/subject", "/type", "/time", map[string]int{"com.example.order.placed": 1}, "", ""},
		{"windows_events_sample.ndjson.gz", "jsonl", 8947, 3, "/Hostname", "/EventType", "/@timestamp", map[string]int{"CreateKey": 2672, "AUDIT_SUCCESS": 2470}, "2020-10-09T21:33:19.425Z", ""},
		{"k8s_audit.log", "jsonl", 37, 3, "/impersonatedUser/username", "/verb", "/timestamp", map[string]int{"get": 23, "list": 14}, "2017-09-11T19:55:05Z", "2017-09-11T20:29:04Z"},
	} {
		t.Run(c.file, func(t *testing.T) {
			r := read(t, sharedtest.Data(t, c.file), "", ingest.Options{})
			if r.err != nil || r.format != c.format || len(r.events) != c.events || r.records != c.events || len(r.rejected) != 0 {
				t.Fatalf("%s: %d events, %d records, %d rejected, %v", r.format, len(r.events), r.records, len(r.rejected), r.err)
			}
			if r.fields["stream"] != c.stream || r.fields["type"] != c.typ || r.fields["time"] != c.at {
				t.Errorf("mapped to %v", r.fields)
			}
			if n := len(count(r.events, byStream)); n != c.streams {
				t.Errorf("%d streams, want %d", n, c.streams)
			}
			types := count(r.events, byType)
			for name, n := range c.types {
				if types[name] != n {
					t.Errorf("%d events of type %s, want %d", types[name], name, n)
				}
			}
			if got := r.events[0].Time.Text(); got != c.first {
				t.Errorf("the first time is %q, want %q", got, c.first)
			}
			if got := r.events[len(r.events)-1].Time.Text(); c.last != "" && got != c.last {
				t.Errorf("the last time is %q, want %q", got, c.last)
			}
		})
	}
}

func TestCausationOfCloudEvents(t *testing.T) {
	r := read(t, sharedtest.Data(t, "cloudevents_correlation.jsonl"), "", ingest.Options{})
	causes := map[string]string{}
	for _, e := range r.events {
		causes[e.ID] = e.Causation
		if e.Correlation != "txn-abc-123" || !e.Time.IsZero() || e.Marks != 0 {
			t.Errorf("%s: correlation %q, time %s, marks %b", e.ID, e.Correlation, e.Time.Text(), e.Marks)
		}
	}
	depth := 0
	for id := "notify-sms-891"; causes[id] != ""; id = causes[id] {
		depth++
	}
	if depth != 4 || causes["order-123"] != "" || causes["error-345"] != "payment-789" {
		t.Errorf("notify-sms-891 is %d deep in %v", depth, causes)
	}
}

func TestValues(t *testing.T) {
	r := read(t, sharedtest.Corpus(t, "ours/values/numbers.ndjson"), "", ingest.Options{})
	if len(r.events) != 27 || len(r.rejected) != 0 || r.fields["sequence"] != "/seq" || r.verdict.Order != "sequence" {
		t.Errorf("numbers: %d events, %v", len(r.events), r.fields)
	}
	for _, e := range r.events {
		if !bytes.Contains(e.Raw, e.Data()) || !bytes.HasPrefix(e.Data(), []byte(`{"v":`)) {
			t.Errorf("%s gives %s", e.Raw, e.Data())
		}
	}
	r = read(t, sharedtest.Corpus(t, "ours/values/keys.ndjson"), "", ingest.Options{})
	if len(r.events) != 7 || !r.events[0].Marks.Has(event.RepeatedKey) || r.events[1].Marks.Has(event.RepeatedKey) || r.events[5].Type != "case3" {
		t.Errorf("keys: %d events, marks %b", len(r.events), r.events[0].Marks)
	}
	r = read(t, sharedtest.Corpus(t, "ours/values/timestamps.ndjson"), "", ingest.Options{})
	if len(r.events) != 51 || r.fields["time"] != "/time" || r.verdict.Zone != "UTC" {
		t.Fatalf("timestamps: %d events, %v, zone %q", len(r.events), r.fields, r.verdict.Zone)
	}
	for n, want := range map[int]string{
		0: "1998-12-31T23:59:60Z", 1: "2016-12-31T23:59:60.5Z", 3: "", 16: "2024-01-01T00:00:00Z", 28: "1970-01-01T00:00:00Z", 29: "1969-12-31T23:59:59Z",
		31: "2023-11-14T22:13:20Z", 32: "2023-11-14T22:13:20.000Z", 35: "5138-11-16T09:46:39Z", 36: "1973-03-03T09:46:40.000Z", 43: "2023-11-14T22:13:20.0Z",
	} {
		e := r.events[n]
		if got := e.Time.Text(); got != want || (want == "") != e.Marks.Has(event.BadTime) || (n >= 28) != e.Marks.Has(event.GuessedUnit) {
			t.Errorf("line %d %s: %q, marks %b", n+1, e.Raw, got, e.Marks)
		}
	}
}

// TestBombs opens what should blow up. Each is stopped, soon, with the limit named.
func TestBombs(t *testing.T) {
	for _, c := range []struct {
		file, want string // part of the error, or of the last rejected record's reason
	}{
		{"deep-1e6-array.json.gz", "1000 levels"},
		{"deep-1e6-object.json.gz", "1000 levels"},
		{"gzip-nested-6.gz", "at most 1 level"},
		{"gzip-truncated.gz", "gzip"},
		{"gzip-concat-trailing-garbage.gz", "gzip"},
		{"zeros-100MiB.gz", "record limit of 67108864 bytes"},
		{"zeros-1GiB.zst", "record limit of 67108864 bytes"},
		{"one-line-50MiB.ndjson.gz", ""},
		{"100k-keys.json.gz", ""},
	} {
		t.Run(c.file, func(t *testing.T) {
			start := time.Now()
			r := read(t, sharedtest.Corpus(t, "ours/bombs/"+c.file), "jsonl", ingest.Options{})
			told := fmt.Sprint(r.err)
			for _, rejected := range r.rejected {
				told += "; " + rejected.Rejected
			}
			if c.want == "" && (r.err != nil || len(r.rejected) > 0 || len(r.events) == 0) || !strings.Contains(told, c.want) {
				t.Errorf("%d events, told %.300s", len(r.events), told)
			}
			t.Logf("%s: %d events, %.200s", time.Since(start).Round(time.Millisecond), len(r.events), told)
		})
	}
}

func TestExpandedLimit(t *testing.T) {
	f, err := os.Open(sharedtest.Corpus(t, "ours/bombs/zeros-1GiB.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	body, _, err := scan.Unpack(f, scan.Limits{Expanded: 5 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	n, err := io.Copy(io.Discard, body)
	if n != 5<<20 || !errors.Is(err, scan.ErrExpanded) || !strings.Contains(err.Error(), "5242880") {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// TestOddTexts reads what is no log at all as each format: nothing is lost, nothing falls over.
func TestOddTexts(t *testing.T) {
	for _, name := range []string{"utf8tests/utf8tests.bin", "blns/blns.txt", "blns/blns.json", "ours/terminal/payloads-raw.log", "ours/terminal/payloads.ndjson", "garak-ansi/payloads.json"} {
		for _, importer := range All() {
			r := read(t, sharedtest.Corpus(t, name), importer.Format().Name, ingest.Options{})
			if r.err == nil && r.records != len(r.events)+len(r.rejected) {
				t.Errorf("%s as %s: %d records", name, importer.Format().Name, r.records)
			}
		}
	}
}

// TestJunkBeforeJSON is refused, with the place, rather than taken for CSV.
func TestJunkBeforeJSON(t *testing.T) {
	text := "junk, more junk\n{\n  \"a\": 1,\n  \"b\": [\n    1, 2\n  ]\n}\n"
	in, err := Open(context.Background(), "x.json", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if importer := vote(in.Head, ""); importer != nil && importer.Format().Name == "csv" {
		t.Error("taken for CSV")
	}
}

// TestEncodings reads one log in all the ways in which its bytes can be packed.
func TestEncodings(t *testing.T) {
	log := "{\"type\":\"a\",\"n\":\"é😀\"}\n{\"type\":\"b\"}\n"
	wide := func(high int) string {
		out := [2][]byte{{0xff, 0xfe}, {0xfe, 0xff}}[high]
		for _, r := range log {
			units := []rune{r}
			if r > 0xffff {
				units = []rune{0xd800 + (r-0x10000)>>10, 0xdc00 + (r-0x10000)&0x3ff}
			}
			for _, u := range units {
				pair := [2]byte{byte(u), byte(u >> 8)}
				out = append(out, pair[high], pair[1-high])
			}
		}
		return string(out)
	}
	for name, c := range map[string]struct {
		text  string
		plain bool
		mark  int
	}{
		"plain": {log, true, 0}, "mark": {"\xef\xbb\xbf" + log, true, 3}, "little": {wide(0), false, 0}, "big": {wide(1), false, 0},
		"little without mark": {wide(0)[2:], false, 0}, "big without mark": {wide(1)[2:], false, 0},
	} {
		in, err := Open(context.Background(), name, strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in.Body)
		if err != nil || string(text) != log || in.Plain != c.plain || in.Mark != c.mark || len(in.Head.Records) != 2 {
			t.Errorf("%s: %q, %v, plain %v, mark %d", name, text, err, in.Plain, in.Mark)
		}
	}
}

// TestUnreadableHeads tells what reading ended with, and where, of a source that no importer knows by its start.
func TestUnreadableHeads(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(bytes.Repeat([]byte("0123456789abcdef"), 1000)); err != nil {
		t.Fatal(err)
	}
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cut.gz")
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ingest.Prepare(context.Background(), []string{file}, ingest.Config{Importers: All(), Opener: Open})
	if !errors.Is(err, ingest.ErrFormat) || !errors.Is(err, scan.ErrUnpack) || !strings.Contains(err.Error(), "gzip: unexpected EOF after 16000 bytes") {
		t.Errorf("%v", err)
	}
}
