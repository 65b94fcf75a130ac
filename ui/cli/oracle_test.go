package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"asof/engine/event/sharedtest"
)

// The facts that these tests assert were computed by other means; they stand in the manifest beside the files.

func TestFactsOfRealLogs(t *testing.T) {
	for _, c := range []struct {
		file            string
		format          string
		events, streams int
		types           map[string]int // some of them; nil where no type is to be expected
		first           string
	}{
		{"beads_events.jsonl", "jsonl", 3582, 1792, map[string]int{"closed": 1996, "updated": 562, "created": 417, "status_changed": 378, "label_added": 176, "reopened": 7}, "2026-02-26T15:13:31Z"},
		{"csv_receipt.csv", "csv", 8577, 1434, map[string]int{"Confirmation of receipt": 1434, "T06 Determine necessity of stop advice": 1416}, "2010-10-02T09:20:39.266000+02:00"},
		{"csv_running_example.csv", "csv", 42, 6, map[string]int{"check ticket": 9, "decide": 9, "register request": 6, "reinitiate request": 3}, "2010-12-30T11:02:00+01:00"},
		{"csv_running_example_semicolon.csv", "csv", 42, 6, map[string]int{"check ticket": 9, "decide": 9, "register request": 6}, "2010-12-30T11:02:00+01:00"},
		{"github_events.json", "json", 30, 29, map[string]int{"PushEvent": 13, "WatchEvent": 6, "CreateEvent": 3, "ForkEvent": 3}, "2013-01-10T07:58:13Z"},
		{"cloudevents_batch.json", "cloudevents", 2, 0, nil, "2018-04-05T17:31:00Z"},
		{"cloudevents_correlation.jsonl", "cloudevents", 8, 0, nil, ""},
		{"windows_events_sample.ndjson.gz", "jsonl", 8947, 3, nil, "2020-10-09T21:33:19.425Z"},
		{"k8s_audit.log", "jsonl", 37, 0, map[string]int{"get": 23, "list": 14}, "2017-09-11T19:55:05Z"},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := sharedtest.Data(t, c.file)
			done := must(t, 0, "import", path, "--json").one(t)
			if fmt.Sprintf("%v %v %v", done["events"], done["rejected"], done["format"]) != fmt.Sprintf("%d 0 %s", c.events, c.format) {
				t.Errorf("import: %v", done)
			}
			again := must(t, 0, "import", path, "--json").one(t)
			if fmt.Sprint(again["events"]) != "0" {
				t.Errorf("the second import added %v events", again["events"])
			}
			info := must(t, 0, "info", path, "--json").one(t)
			if c.streams > 0 && fmt.Sprint(info["streams"]) != fmt.Sprint(c.streams) {
				t.Errorf("%v streams, want %d", info["streams"], c.streams)
			}
			types := info["types"].(map[string]any)
			for name, n := range c.types {
				if fmt.Sprint(types[name]) != fmt.Sprint(n) {
					t.Errorf("type %s: %v, want %d", name, types[name], n)
				}
			}
			if c.first != "" && info["first_time"] != c.first {
				t.Errorf("first time %v, want %s", info["first_time"], c.first)
			}
			if v := must(t, 0, "verify", path, "--json").one(t); v["ok"] != true || v["root"] != info["root"] {
				t.Errorf("verify: %v", v)
			}
		})
	}
}

const statusScript = `
def apply(state, event):
    new = decode(event.data.new_value, None)
    if event.type == "created":
        state.status = "open"
    elif event.type == "closed":
        state.status = "closed"
    elif event.type == "reopened":
        state.status = "open"
    if type(new) == "dict" and new.status != None:
        state.status = new.status
`

func TestIssuesFoldToTheKnownStatuses(t *testing.T) {
	path := sharedtest.Data(t, "beads_events.jsonl")
	script := filepath.Join(t.TempDir(), "status.star")
	if err := os.WriteFile(script, []byte(statusScript), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func(at string) map[string]int {
		counts := map[string]int{}
		for _, line := range must(t, 0, "state", path, "-p", script, "--at", at, "--json").lines(t) {
			state := line["state"].(map[string]any)
			counts[fmt.Sprint(state["status"])]++
		}
		delete(counts, "<nil>")
		return counts
	}
	if got, want := count("end"), map[string]int{"closed": 1763, "open": 26, "hooked": 1, "pinned": 1, "deferred": 1}; !maps.Equal(got, want) {
		t.Errorf("at the end %v, want %v", got, want)
	}
	if got, want := count("500"), map[string]int{"closed": 68, "open": 13, "hooked": 7, "pinned": 2, "in_progress": 1}; !maps.Equal(got, want) {
		t.Errorf("after 500 %v, want %v", got, want)
	}
	var at []string
	for _, line := range must(t, 0, "history", path, "bd-5x9", "/status", "-p", script, "--json").lines(t) {
		at = append(at, fmt.Sprint(line["position"], " ", line["new"]))
	}
	want := "[74 open 84 hooked 104 closed 113 open 115 hooked 133 closed]"
	if fmt.Sprint(at) != want {
		t.Errorf("bd-5x9: %v, want %s", at, want)
	}
}

func TestTwoSpellingsOfOneLogAreOneLog(t *testing.T) {
	var logs [2][]string
	for i, name := range []string{"csv_running_example.csv", "csv_running_example_semicolon.csv"} {
		for _, e := range must(t, 0, "events", sharedtest.Data(t, name), "--json").lines(t) {
			logs[i] = append(logs[i], fmt.Sprint(e["stream"], e["type"], e["time"]))
		}
	}
	if fmt.Sprint(logs[0]) != fmt.Sprint(logs[1]) {
		t.Errorf("the two files tell different stories:\n%v\n%v", logs[0], logs[1])
	}
	at := must(t, 0, "state", sharedtest.Data(t, "csv_running_example.csv"), "--at", "2011-01-08T12:00:00+01:00", "--json").lines(t)
	if len(at) == 0 || fmt.Sprint(at[0]["position"]) != "25" {
		t.Errorf("25 events lie at or before 2011-01-08T12:00+01:00: %v", at)
	}
}

func TestCausationOfCloudEvents(t *testing.T) {
	path := sharedtest.Data(t, "cloudevents_correlation.jsonl")
	caused := map[string]string{}
	for _, e := range must(t, 0, "events", path, "--json").lines(t) {
		if e["correlation_id"] != "txn-abc-123" {
			t.Errorf("%v has correlation id %v", e["id"], e["correlation_id"])
		}
		caused[fmt.Sprint(e["id"])] = fmt.Sprint(e["causation_id"])
	}
	depth := 0
	for id := "notify-sms-891"; caused[id] != "<nil>" && depth < 10; id = caused[id] {
		depth++
	}
	if depth != 4 {
		t.Errorf("notify-sms-891 is %d edges from the root, want 4: %v", depth, caused)
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	path := sharedtest.Corpus(t, "ours/values/numbers.ndjson")
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type numbered struct{ Data struct{ V json.RawMessage } }
	lines := must(t, 0, "events", path, "--json").lines(t)
	dec := json.NewDecoder(bytes.NewReader(source))
	for i := 0; dec.More(); i++ {
		var n numbered
		if err := dec.Decode(&n); err != nil {
			t.Fatal(err)
		}
		got := lines[i]["data"].(map[string]any)["v"].(json.Number).String()
		if got != string(n.Data.V) {
			t.Errorf("number %d: %s, want %s", i, got, n.Data.V)
		}
	}
	if raw := must(t, 0, "export", path, "--format", "raw"); raw.out != string(source) {
		t.Error("export --format raw does not give back the file")
	}
}
