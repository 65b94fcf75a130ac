package present_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"asof/engine/event"
	"asof/engine/event/sharedtest"
	"asof/ui/present"
)

func TestLine(t *testing.T) {
	var l present.Line
	l.Position("position", 31407).Str("stream", "order-481").Some("key", "").Time("time", event.Time{}).
		Time("at", event.Unix(1768469467, 204_000_000, 3)).Bool("ok", true).Int("n", -3).Seconds("seconds", 1.5).
		Strs("streams", []string{"a", "b\"\\"}).Raw("data", []byte("{ \"n\" : 1.00 ,\n \"s\": \" a \\\" \" }")).Raw("none", nil).
		Object("first", new(present.Line).Int("left", 1)).Objects("all", []*present.Line{new(present.Line).Int("a", 1), new(present.Line)})
	want := `{"position":31407,"stream":"order-481","time":null,"at":"2026-01-15T09:31:07.204Z","ok":true,"n":-3,"seconds":1.500,` +
		`"streams":["a","b\"\\"],"data":{"n":1.00,"s":" a \" "},"first":{"left":1},"all":[{"a":1},{}]}`
	var out bytes.Buffer
	for range 2 { // a line is empty again once it is written
		if _, err := l.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
	}
	if got := out.String(); got != want+"\n{}\n" {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLineEscapesWhatATerminalWouldObey(t *testing.T) {
	hostile := "\x1b[2J\u009b\x7f\u202e\u200b\u200d\ufe0f\U000e0041\xff\n"
	const want = `\u001b[2J\u009b\u007f\u202e\u200b\u200d\ufe0f\udb40\udc41\ufffd\n`
	var l present.Line
	if got := l.Str("a", hostile).String(); got != `{"a":"`+want+`"}` {
		t.Error(got)
	}
	var raw present.Line
	if got := raw.Raw("a", []byte(`"`+hostile+`"`)).String(); got != `{"a":"`+want+`"}` {
		t.Error(got)
	}
}

func TestLineIsAlwaysJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, text := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "text")
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var l present.Line
		got := l.Str(name, text).Raw("raw", quoted).String()
		var back map[string]string
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if back["raw"] != text || name != "raw" && back[name] != text {
			t.Errorf("%q came back as %q", text, got)
		}
		for _, r := range got {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e {
				t.Errorf("%+q holds %U", got, r)
			}
		}
	})
}

func TestRawThatIsNoJSONIsAString(t *testing.T) {
	for _, bad := range []string{"\x1b[31m", `"open`, "tr\x00ue", "é"} {
		var l present.Line
		if got := l.Raw("a", []byte(bad)).String(); !json.Valid([]byte(got)) {
			t.Errorf("%q became %s", bad, got)
		}
	}
}

func TestLayout(t *testing.T) {
	src := `{"id":"order-481","amount":120.00,"empty":{},"none":[],"items":[{"sku":"A-1","qty":2},{"sku":"B-77"}],"deep":{"a":{"b":[1,2]}},"ok":true,"no":null}`
	want := `{
  "id": "order-481",
  "amount": 120.00,
  "empty": {},
  "none": [],
  "items": [
    {"sku": "A-1", "qty": 2},
    {"sku": "B-77"}
  ],
  "deep": {
    "a": {
      "b": [1, 2]
    }
  },
  "ok": true,
  "no": null
}`
	if got := flatten(present.JSON([]byte(src), 60, 100)); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := present.JSON([]byte(src), 60, 4); len(got) != 4 || got[3][0].Text != present.Ellipsis {
		t.Errorf("%d lines: %v", len(got), got)
	}
	kinds := present.JSON([]byte(`{"a":1}`), 60, 4)[0]
	if kinds[1] != (present.Span{Text: `"a"`, Kind: present.Name}) || kinds[3] != (present.Span{Text: "1", Kind: present.Number}) {
		t.Errorf("%v", kinds)
	}
}

// TestLayoutKeepsEverything: but for white space outside strings the layout holds the text as it was.
func TestLayoutKeepsEverything(t *testing.T) {
	for _, path := range []string{"github_events.json", "cloudevents_batch.json"} {
		src := sharedBytes(t, path)
		var small bytes.Buffer
		if err := json.Compact(&small, src); err != nil {
			t.Fatal(err)
		}
		var parts strings.Builder
		for _, line := range present.JSON(src, 1<<20, 1<<20) {
			for _, span := range line {
				text := string(span.Text)
				if span.Kind == present.Punct {
					text = strings.ReplaceAll(text, " ", "")
				}
				parts.WriteString(text)
			}
		}
		var line present.Line // both escape the same way but for the form
		want := line.Raw("x", small.Bytes()).String()
		if got := `{"x":` + parts.String() + "}"; len(got) != len(want) && !strings.Contains(got, "U+") && !strings.Contains(got, `\x`) {
			t.Errorf("%s: laid out as %d bytes, want %d", path, len(got), len(want))
		}
	}
}

func sharedBytes(t *testing.T, name string) []byte {
	t.Helper()
	return readFile(t, sharedtest.Data(t, name))
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{"", "{", `{"a":[1,{"b":"\x1b"}`, `]}"`, `{"a" 1,,}`, "\x1b]0;x\x07", `[[[[[]]]]]`, `"a\`} {
		f.Add([]byte(seed), 40)
	}
	f.Fuzz(func(t *testing.T, src []byte, width int) {
		for _, line := range present.JSON(src, min(max(width, -5), 500), 50) {
			for _, span := range line {
				if text := string(span.Text); string(present.Text(text)) != text {
					t.Errorf("%q is not safe", text)
				}
			}
		}
		var l present.Line
		got := l.Raw("a", src).String()
		if json.Valid(src) && !json.Valid([]byte(got)) {
			t.Errorf("%q became %s", src, got)
		}
	})
}

func TestLines(t *testing.T) {
	got := present.Lines("a\r\nb\tc\n")
	if len(got) != 3 || got[0] != "a" || got[1] != "b␉c" || got[2] != "" {
		t.Errorf("%q", got)
	}
}

func TestDeepJSONIsBounded(t *testing.T) {
	deep := []byte(strings.Repeat("[", 100_000))
	if got := present.JSON(deep, 80, 300); len(got) > 300 {
		t.Errorf("%d lines", len(got))
	}
}
