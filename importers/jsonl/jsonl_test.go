package jsonl

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"asof/engine/event/sharedtest"
	"asof/engine/ingest"
	"asof/importers/importertest"
	"asof/importers/scan"
)

func TestLaws(t *testing.T) {
	importertest.Run(t, Importer{}, []importertest.Sample{
		{Name: "orders.jsonl", Data: orders(40), Records: 40},
		{Name: "crlf.jsonl", Data: []byte("{\"id\":1,\"type\":\"a\"}\r\n\r\n{\"id\":2,\"type\":\"b\"}\r\n"), Records: 2},
		{Name: "odd.jsonl", Data: []byte("{\"a\":1}\n\n\"text\"\n7\n[1]\nnot json\n{\"a\":\n{\"a\":2}\n{\"a\":3"), Records: 2},
		{Name: "pretty.json", Data: []byte("{\n  \"a\": 1\n}\n{\n  \"a\": {\n    \"b\": 2\n  }\n}\n"), Records: 2},
		{Name: "oneline.json", Data: []byte(`{"a":1}{"a":2} {"a":3}`), Records: 3},
		{Name: "commas.jsonl", Data: []byte("{\"a\":1},\n{\"a\":2} ,\r\n{\"a\":3},{\"a\":4}\n,\n{\"a\":5},"), Records: 5},
		{Name: "pretty-commas.json", Data: []byte("{\n  \"a\": 1\n},\n{\n  \"a\": {\n    \"b\": 2\n  }\n},\n"), Records: 2},
		{Name: "pretty-bad.json", Data: []byte("{\n  \"a\": 1\n}\n{\n  \"a\": {\"b\":1},\n  x\n}\n{\n  \"a\": 3\n}\n"), Records: 2},
	})
}

// TestReasons says line, offset and reason of what is rejected.
func TestReasons(t *testing.T) {
	data := "{\"a\":1}\n\n\"text\"\r\n{\"a\":1} x\n{\"a\":\n{\"a\":2}\n  nope\n{\"a\":[1}\n{\"a\":3"
	out := importertest.Read(t, Importer{}, "odd.jsonl", []byte(data), 0)
	var got []string
	for _, r := range out.Records {
		got = append(got, strings.Join([]string{string(r.Raw), r.Rejected}, " | "))
	}
	want := []string{
		`{"a":1} | `,
		`"text" | not an object but a string`,
		`{"a":1} x | text follows the value on its line`,
		`{"a": | the line ends within a value`,
		`{"a":2} | `,
		`nope | not JSON: an unknown word, at byte 1 of the record`,
		`{"a":[1} | not JSON: a comma or the end of a list or object is missing, at byte 7 of the record`,
		`{"a":3 | the source ends within this record`,
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// TestCommas accepts one comma behind an object, and no other.
func TestCommas(t *testing.T) {
	for data, want := range map[string]string{
		"{\"a\":1},\n{\"a\":2},\n":   "ok|ok",
		"{\"a\":1},,\n{\"a\":2}":     "text follows the value on its line|ok",
		"{\"a\":1}\n,\n,\n{\"a\":2}": "ok|not JSON: a value is missing, at byte 0 of the record|ok",
		",{\"a\":1}\n":               "not JSON: a value is missing, at byte 0 of the record",
		"[1],\n{\"a\":2}":            "text follows the value on its line|ok",
		"{\"a\":1}, x\n{\"a\":2}":    "text follows the value on its line|ok",
	} {
		out := importertest.Read(t, Importer{}, "x.jsonl", []byte(data), 1)
		var got []string
		for _, r := range out.Records {
			got = append(got, cmp.Or(r.Rejected, "ok"))
		}
		if g := strings.Join(got, "|"); g != want || out.Err != nil {
			t.Errorf("%q\ngot  %s %v\nwant %s", data, g, out.Err, want)
		}
	}
}

// TestJSONTestSuite reads each file as a log: what must be accepted is a record or no object, what must be refused is rejected.
func TestJSONTestSuite(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(sharedtest.Corpus(t, "JSONTestSuite/test_parsing"), "*.json"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		out := importertest.Read(t, Importer{}, name, data, 0)
		bad := 0
		for _, r := range out.Records {
			if r.Rejected != "" && !strings.HasPrefix(r.Rejected, "not an object") {
				bad++
			}
		}
		several := name == "n_structure_double_array.json" || name == "n_array_just_minus.json"
		switch {
		case out.Err != nil:
			t.Errorf("%s: %v", name, out.Err)
		case strings.HasPrefix(name, "y_") && (bad > 0 || len(out.Records) != 1):
			t.Errorf("%s: %d records, %d bad", name, len(out.Records), bad)
		case strings.HasPrefix(name, "n_") && bad == 0 && !several && len(strings.TrimSpace(string(data))) > 0:
			t.Errorf("%s: nothing is rejected in %q: %+v", name, data, out.Records)
		}
	}
}

// TestBadLinesCostThemselves mixes good and bad lines: each good line is a record, each bad one is rejected.
func TestBadLinesCostThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text, want []string
		for i := range rapid.IntRange(1, 30).Draw(t, "lines") {
			if i > 0 && rapid.IntRange(0, 2).Draw(t, "bad") == 0 {
				bad := rapid.SampledFrom([]string{"nope", `{"a":`, `{"a":[1,2`, `"open`, "]", "{]", `{"a":1,}`, `{"a":1} x`, "\x00", `{"a":"\q"}`, "tru"}).Draw(t, "line")
				text, want = append(text, bad), append(want, "")
				continue
			}
			good := fmt.Sprintf(`{"n":%d,"s":%q}`, i, rapid.StringMatching(`[a-z {}\[\],:]{0,8}`).Draw(t, "text"))
			text, want = append(text, good), append(want, good)
		}
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\n\n", " \n"}).Draw(t, "end")
		out := importertest.Read(t, Importer{}, "x.jsonl", []byte(strings.Join(text, end)+end), rapid.SampledFrom([]int{0, 1, 50}).Draw(t, "piece"))
		var got []string
		for _, r := range out.Records {
			if r.Rejected != "" {
				r.Raw = nil
			}
			got = append(got, string(r.Raw))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q\ngave %q", text, got)
		}
	})
}

func TestLimit(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 300_000) + `"}`
	data := []byte("{\"a\":1}\n" + long + "\n{\"a\":2}\n" + long)
	out := importertest.ReadWith(t, Importer{}, "long.jsonl", data, 0, ingest.Options{Limit: 100_000})
	if len(out.Records) != 4 || out.Records[1].Rejected == "" || out.Records[2].Rejected != "" || out.Records[3].Rejected == "" {
		t.Fatalf("%d records", len(out.Records))
	}
	r := out.Records[1]
	if !strings.Contains(r.Rejected, "100000") || len(r.Raw) != 64<<10 || r.End != r.Offset+uint64(len(long)) {
		t.Errorf("%s; %d bytes kept of %d to %d", r.Rejected, len(r.Raw), r.Offset, r.End)
	}
	out = importertest.Read(t, Importer{}, "long.jsonl", data, 0)
	if len(out.Records) != 4 || len(out.Records[3].Raw) != len(long) {
		t.Error("without a limit all are records")
	}
}

// TestWhyNot says what is wrong with the first line of what begins as JSON, and nothing of other texts.
func TestWhyNot(t *testing.T) {
	for text, want := range map[string]string{
		"{\"a\":1,}\n{\"a\":2,}\n": "line 1: not JSON: a name in quotes is missing, at byte 7 of the record",
		"{'a':1}\n":                "line 1: not JSON: a name in quotes is missing, at byte 1 of the record",
		"words\nand others\n":      "",
		"1\n\"two\"\n":             "",
	} {
		head, _, err := scan.HeadOf("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if vote := (Importer{}).Detect(head); vote.Weight != 0 || vote.Reason != want {
			t.Errorf("%q: %+v", text, vote)
		}
	}
}

// TestPayloadsInTexts reads a payload that is JSON within a text as what it is; what only looks so stays a text.
func TestPayloadsInTexts(t *testing.T) {
	var text, want []string
	for i := range 40 {
		value, data := fmt.Sprintf(`"{\"n\":%d,\"s\":\"\\\"x\\u00fc\"}"`, i), fmt.Sprintf(`{"n":%d,"s":"\"x\u00fc"}`, i)
		switch i {
		case 5:
			value, data = `{"n":5}`, `{"n":5}`
		case 6:
			value, data = `"{\"n\":6"`, `"{\"n\":6"`
		case 7:
			value, data = `"[1, 2]"`, `[1, 2]`
		case 8:
			value, data = `"[main] started"`, `"[main] started"`
		}
		text = append(text, fmt.Sprintf(`{"id":%d,"type":"t","payload":%s,"headers":"{\"correlation_id\":%d}"}`, i, value, i))
		want = append(want, data)
	}
	out := importertest.Read(t, Importer{}, "x.jsonl", []byte(strings.Join(text, "\n")+"\n"), 50)
	for i, r := range out.Records {
		e := &r.Events[0]
		if got := string(e.Data()); got != want[i] {
			t.Errorf("%s: %s, want %s", r.Raw, got, want[i])
		}
		if got := string(e.Metadata()); got != fmt.Sprintf(`{"correlation_id":%d}`, i) {
			t.Errorf("metadata %s", got)
		}
		if string(r.Raw) != text[i] {
			t.Errorf("the record is %s", r.Raw)
		}
	}
}

// TestFieldsInTexts finds type and time in JSON within a text, also where a record before had none there.
func TestFieldsInTexts(t *testing.T) {
	var text, want []string
	for i := range 40 {
		value, typ := fmt.Sprintf(`"{\"type\":\"t%d\"}"`, i%3), fmt.Sprintf("t%d", i%3)
		if i%7 == 1 {
			value, typ = `"plain"`, ""
		}
		if i == 9 {
			value, typ = `{"type":"bare"}`, "bare"
		}
		text = append(text, fmt.Sprintf(`{"offset":%d,"ts":17000000%02d,"key":"k%d","payload":%s}`, i, i, i%4, value))
		want = append(want, typ)
	}
	out := importertest.Read(t, Importer{}, "x.jsonl", []byte(strings.Join(text, "\n")+"\n"), 50)
	for i, r := range out.Records {
		if got := r.Events[0].Type; got != want[i] {
			t.Errorf("%s: %q, want %q", r.Raw, got, want[i])
		}
	}
}

// TestHalvesOfTimes reads a date and a time of day that are members of their own, in any order, and either alone.
func TestHalvesOfTimes(t *testing.T) {
	var text, want []string
	for i := range 40 { // the mould of the first records reads the others
		line, at := fmt.Sprintf(`{"date":"2025-03-04","n":%d,"time":"10:%02d:00.5"}`, i, i), fmt.Sprintf("2025-03-04T10:%02d:00.5Z", i)
		switch i {
		case 7:
			line, at = `{"time":"11:00:00","n":7,"date":"2025-03-05"}`, "2025-03-05T11:00:00Z"
		case 8:
			line, at = `{"date":"2025-03-06","n":8,"time":null}`, "2025-03-06T00:00:00Z"
		case 9:
			line, at = `{"n":9,"time":"11:00:00"}`, ""
		case 10:
			line, at = `{"date":"2025-03-06","n":10,"time":"\u0031\u0032:00:00"}`, "2025-03-06T12:00:00Z"
		}
		text, want = append(text, line), append(want, at)
	}
	out := importertest.Read(t, Importer{}, "x.jsonl", []byte(strings.Join(text, "\n")+"\n"), 50)
	for i, r := range out.Records {
		if got := r.Events[0].Time.Text(); got != want[i] && (want[i] != "" || !r.Events[0].Time.IsZero()) {
			t.Errorf("%s: %s, want %s", r.Raw, got, want[i])
		}
	}
	if len(out.Records) != len(want) {
		t.Errorf("%d records", len(out.Records))
	}
}
