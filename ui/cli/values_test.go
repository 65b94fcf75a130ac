package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/event/sharedtest"
)

// numberTexts are the number literals of the corpus, as they are written.
func numberTexts(t *testing.T) (log string, texts []string) {
	t.Helper()
	log = sharedtest.Corpus(t, "ours/values/numbers.ndjson")
	source, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(source)) {
		var e struct{ Data struct{ V json.RawMessage } }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(e.Data.V))
	}
	if len(texts) != 27 {
		t.Errorf("%d numbers, want 27", len(texts))
	}
	return log, texts
}

// TestNumbersStayAsWritten follows the 27 literals through folds, states, differences, histories, blame and exports.
func TestNumbersStayAsWritten(t *testing.T) {
	log, texts := numberTexts(t)
	script := filepath.Join(t.TempDir(), "one.star")
	if err := os.WriteFile(script, []byte("def key(event):\n    return \"all\"\ndef apply(state, event):\n    state.v = event.data.v\n    state.seen = [event.data.v]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	history := must(t, 0, "history", log, "all", "/v", "--writes", "-p", script, "--json").lines(t)
	if len(history) != len(texts) {
		t.Fatalf("the history has %d writes, want %d", len(history), len(texts))
	}
	lines := map[string][]string{}
	for _, format := range []string{"jsonl", "cloudevents", "csv"} {
		lines[format] = strings.Split(strings.TrimSuffix(must(t, 0, "export", log, "--format", format).out, "\n"), "\n")
	}
	lines["csv"] = lines["csv"][1:]
	for i, text := range texts {
		at := fmt.Sprint(i + 1)
		if got := fmt.Sprint(history[i]["new"]); got != text {
			t.Errorf("history: %s, want %s", got, text)
		}
		state := must(t, 0, "state", log, "all", "-p", script, "--at", at, "--json").one(t)["state"].(map[string]any)
		if fmt.Sprint(state["v"]) != text || fmt.Sprint(state["seen"]) != "["+text+"]" {
			t.Errorf("state: %v, want %s", state, text)
		}
		if shown := must(t, 0, "state", log, "all", "-p", script, "--at", at).out; !strings.Contains(shown, `"v": `+text+",") {
			t.Errorf("shown: %s, want %s", shown, text)
		}
		if a := must(t, 0, "blame", log, "all", "/v", "-p", script, "--at", at, "--json").out; !strings.Contains(a, `"value":`+text+",") {
			t.Errorf("blame: %s, want %s", a, text)
		}
		if a := must(t, 0, "diff", log, "0", at, "-p", script, "--json").out; !strings.Contains(a, text) {
			t.Errorf("diff: %s, want %s", a, text)
		}
		for format, all := range lines {
			name := `"v":`
			if format == "csv" {
				name = `""v"":`
			}
			if !strings.Contains(all[i], name+text+"}") {
				t.Errorf("export as %s: %s, want %s", format, all[i], text)
			}
		}
	}
}

// TestNumbersCompareByValue: another way to write the same number is no change, and neighbours beyond 2^53 are two numbers.
func TestNumbersCompareByValue(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.jsonl")
	var text strings.Builder
	for i, v := range []string{"1", "1.0", "1e0", "9007199254740992", "9007199254740993", "0", "-0", "0.1", "0.10"} {
		fmt.Fprintf(&text, `{"id":"%d","stream":"s","type":"T%d","data":{"v":%s}}`+"\n", i, i%2, v)
	}
	if err := os.WriteFile(log, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range must(t, 0, "history", log, "s", "/v", "--json").lines(t) {
		got = append(got, fmt.Sprint(line["position"], "=", line["new"]))
	}
	if want := "[1=1 4=9007199254740992 5=9007199254740993 6=0 8=0.1]"; fmt.Sprint(got) != want {
		t.Errorf("changes %v, want %s", got, want)
	}
}

// TestTimesAsReviewed reads the 51 timestamps; the list was checked by hand.
func TestTimesAsReviewed(t *testing.T) {
	log := sharedtest.Corpus(t, "ours/values/timestamps.ndjson")
	source, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/timestamps.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	written := strings.Split(strings.TrimSpace(string(source)), "\n")
	events := must(t, 0, "events", log, "--json").lines(t)
	if len(events) != 51 || len(written) != 51 {
		t.Fatalf("%d events of %d lines, want 51", len(events), len(written))
	}
	for i, e := range events {
		var line struct{ Time json.RawMessage }
		if err := json.Unmarshal([]byte(written[i]), &line); err != nil {
			t.Fatal(err)
		}
		read := fmt.Sprint(e["time"])
		if e["time"] == nil {
			read = "-"
		}
		fmt.Fprintf(&got, "%-45s %-34s %v\n", line.Time, read, e["marks"])
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("testdata/timestamps.txt", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != string(want) && os.Getenv("UPDATE") == "" {
		t.Errorf("%s", firstDifference(got.String(), string(want)))
	}
}
