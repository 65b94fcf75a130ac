package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"asof/engine/event/sharedtest"
)

// payload is a text that a terminal would obey, and what of it must never come out.
type payload struct{ name, text, signature string }

func payloads(t *testing.T) []payload {
	t.Helper()
	var raw []struct {
		Name      string
		Text      []byte `json:"payload_b64"`
		Signature []byte `json:"leak_signature_b64"`
	}
	text, err := os.ReadFile(sharedtest.Corpus(t, "ours/terminal/payloads.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	if len(raw) != 44 {
		t.Errorf("%d payloads, want 44", len(raw))
	}
	var all []payload
	for _, p := range raw {
		all = append(all, payload{p.Name, string(p.Text), string(p.Signature)})
	}
	return all
}

// watch looks at everything that the program says. A control character other than the line's end leaks as well.
type watch struct {
	payloads []payload
	silent   []string // commands that said nothing at all
}

func (w *watch) ask(t *testing.T, args ...string) answer {
	t.Helper()
	a := ask(t, args...)
	upright(t, args, a)
	for _, said := range []string{a.out, a.err} {
		for _, p := range w.payloads {
			if strings.Contains(said, p.signature) {
				t.Errorf("asof %.80q: %s leaks", args, p.name)
			}
		}
		for _, r := range said {
			if r != '\n' && unicode.IsControl(r) || r == '\u202e' || r == '\u200b' {
				t.Errorf("asof %.80q: %U comes out", args, r)
				break
			}
		}
	}
	if a.out == "" && a.err == "" {
		w.silent = append(w.silent, fmt.Sprintf("%.60q", args))
	}
	return a
}

// TestPayloadsStayText sends each payload, as stream, type, key and value, through every command that shows a log.
func TestPayloadsStayText(t *testing.T) {
	w := &watch{payloads: payloads(t)}
	log := sharedtest.Corpus(t, "ours/terminal/payloads.ndjson")
	script := filepath.Join(t.TempDir(), "same.star")
	if err := os.WriteFile(script, []byte("def apply(state, event):\n    state.copy = event.data\n    fail(event.type)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range must(t, 0, "events", log, "--json").lines(t) {
		keys = append(keys, e["stream"].(string))
	}
	if len(keys) == 0 || keys[0] == "" {
		t.Fatal("the log has no streams")
	}
	if testing.Short() {
		keys = keys[:4]
	}
	for _, form := range [][]string{nil, {"--json"}} {
		for _, args := range [][]string{
			{"import", log, "--explain"}, {"info", log}, {"info", log, "--rejected"}, {"events", log}, {"events", log, "--reverse"},
			{"state", log}, {"state", log, "-p", "last"}, {"state", log, "-p", "counts"}, {"state", log, "-p", "tally"}, {"state", log, "-p", "rows"},
			{"diff", log, "0", "end"}, {"diff", log, "10", "20"}, {"compare", log, "-p", "merge", "-p", "last"}, {"compare", log, "-p", "merge", "-p", "tally"},
			{"verify", log}, {"projections", log}, {"stores"}, {"export", log}, {"export", log, "--format", "cloudevents"},
			{"state", log, "-p", script}, {"info", log, "-p", script, "--errors"}, {"info", sharedtest.Corpus(t, "ours/terminal/payloads-raw.log"), "--rejected"},
		} {
			w.ask(t, append(args, form...)...)
		}
		for i, key := range keys {
			p := w.payloads[i].text
			for _, args := range [][]string{
				{"state", log, key}, {"blame", log, key}, {"history", log, key, ""}, {"history", log, key, "/" + strings.ReplaceAll("k"+p, "/", "~1")},
				{"events", log, "--stream", key}, {"events", log, "--type", "T" + p}, {"diff", log, "0", "end", "--key", key},
			} {
				w.ask(t, append(args, form...)...)
			}
		}
	}
	if len(w.silent) > 0 {
		t.Logf("nothing said by %d commands, such as %s", len(w.silent), w.silent[0])
	}
}

// TestPayloadsInErrorsStayText sends each payload as whatever a command can refuse, and quotes when it does.
func TestPayloadsInErrorsStayText(t *testing.T) {
	w := &watch{payloads: payloads(t)}
	dir := t.TempDir()
	log := filepath.Join(dir, "log.jsonl")
	if err := os.WriteFile(log, []byte(shopLog(20)), 0o600); err != nil {
		t.Fatal(err)
	}
	all := w.payloads
	if testing.Short() {
		all = all[:4]
	}
	for i, p := range all {
		if strings.ContainsRune(p.text, 0) {
			continue // neither an argument nor a file's name can hold it
		}
		text := "x" + p.text
		for _, args := range [][]string{
			{text}, {"info", text}, {"state", log, text}, {"state", log, "--at", text}, {"blame", log, text}, {"blame", log, "order-1", text}, {"history", log, "order-1", text},
			{"diff", log, text, "end"}, {"events", log, "--from", text}, {"events", log, "--limit", text}, {"events", log, "--" + text}, {"--" + text},
			{"state", log, "-p", text}, {"state", log, "-p", text + ".star"}, {"state", log, "--by", text}, {"compare", log, "-p", text, "-p", "merge"},
			{"import", log, "--format", text}, {"import", log, "--map", text}, {"import", log, "--map", "stream=" + text}, {"import", log, "--map-file", text},
			{"import", log, "--order", text}, {"import", log, "--tz", text}, {"import", log, "--dedupe", text}, {"import", log, "--memory", text}, {"info", log, "--theme", text},
			{"demo", text}, {"export", log, "--format", text}, {"stores", "--rm", text}, {"projections", log, "--drop", text}, {"projections", log, "--rebuild", text},
			{"append", filepath.Join(dir, fmt.Sprintf("%d.asof", i)), "--stream", text, "--type", text, "--data", text},
			{"append", log, "--stream", text, "--type", text, "--data", "1"}, {"help", text}, {"completion", text}, {"config", text},
			{"append", filepath.Join(dir, "one.asof"), "--stream", text, "--type", text, "--data", "{}", "--expect", text},
			{"append", filepath.Join(dir, "one.asof"), "--stream", text, "--type", text, "--data", "{}", "--expect", "7"},
		} {
			w.ask(t, args...)
		}
	}
}

// TestPayloadsInFilesStayText puts payloads into names of files and folders, column names, scripts and settings.
func TestPayloadsInFilesStayText(t *testing.T) {
	w := &watch{payloads: payloads(t)}
	all := w.payloads
	if testing.Short() {
		all = all[:4]
	}
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for i, p := range all {
		if strings.ContainsRune(p.text, 0) || len(p.text) > 150 {
			continue // no file can have it as its name
		}
		name := fmt.Sprintf("%d%s", i, strings.ReplaceAll(p.text, "/", "|"))
		log := put(name+".jsonl", shopLog(60))
		plain := put("plain.jsonl", shopLog(5))
		cells := put("cells.csv", fmt.Sprintf("%s,case id,activity\n1,%q,%q\n2,b,c\n", strings.NewReplacer("\n", "", "\"", "").Replace(p.text), p.text, p.text))
		syntax := put(name+".star", "def apply(state, event):\n    "+strings.ReplaceAll(p.text, "\n", "")+"\n")
		raise := put("raise"+name+".star", "def apply(state, event):\n    fail("+jsonText(p.text)+")\n")
		for _, args := range [][]string{
			{"import", log}, {"import", log, "--explain"}, {"info", log}, {"info", log, "--rejected"}, {"events", log, "--limit", "3"}, {"verify", log},
			{"info", cells}, {"events", cells}, {"state", cells}, {"import", cells, "--explain"},
			{"state", plain, "-p", syntax}, {"state", plain, "-p", raise}, {"info", plain, "-p", raise, "--errors"}, {"compare", plain, "-p", raise, "-p", "merge"},
			{"projections", plain}, {"stores"},
		} {
			if i%2 == 1 {
				args = append(args, "--json")
			}
			w.ask(t, args...)
		}
	}
}

func jsonText(text string) string {
	quoted, _ := json.Marshal(text) //nolint:errcheck // a string has always a JSON text
	// Starlark knows no \u2028 within JSON's way to write it otherwise than as Go does.
	return regexp.MustCompile(`\\u00([0-9a-f]{2})`).ReplaceAllString(string(quoted), `\x$1`)
}

// TestExportedLinesStayWhole writes lines in pieces of every size through the writer that escapes them.
func TestExportedLinesStayWhole(t *testing.T) {
	text := "{\"a\":\"x\u009by\"}\n{\"b\":\"\u202e\U000e0041é\x80\"}\n\n"
	want := `{"a":"x\u009by"}` + "\n" + `{"b":"\u202e\udb40\udc41é\ufffd"}` + "\n\n"
	for size := 1; size <= len(text); size++ {
		var out strings.Builder
		h := &harmless{out: &out}
		for at := 0; at < len(text); at += size {
			if n, err := h.Write([]byte(text[at:min(at+size, len(text))])); err != nil || n == 0 {
				t.Fatal(n, err)
			}
		}
		if out.String() != want {
			t.Fatalf("in pieces of %d: %q", size, out.String())
		}
	}
}
