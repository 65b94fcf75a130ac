package value

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"asof/engine/event/sharedtest"
	"pgregory.net/rapid"
)

func mustParse(t testing.TB, text string) *Node {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

func TestParseKeepsWhatWasWritten(t *testing.T) {
	for in, want := range map[string]string{
		` { "b" : 1.0 , "a" : [ true , false , null ] } `: `{"b":1.0,"a":[true,false,null]}`,
		`{"a":1,"b":2,"a":3}`:                             `{"a":3,"b":2}`,
		`"\u0041\/\u00e9\ud83d\ude00"`:                    `"A/é😀"`,
		`"\ud800x\udc00"`:                                 `"\ud800x\udc00"`,
		`"\udc00\ud800"`:                                  `"\udc00\ud800"`,
		`"\u0000\u001F\b\f\n\r\t\"\\"`:                    `"\u0000\u001f\b\f\n\r\t\"\\"`,
		"\"a\xffb\"":                                      "\"a\ufffdb\"",
		"\"\xed\xa0\x80\"":                                "\"\ufffd\ufffd\ufffd\"",
		`-0`:                                              `-0`,
		`[]`:                                              `[]`,
		`{}`:                                              `{}`,
	} {
		if got := string(mustParse(t, in).JSON()); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestParseNotes(t *testing.T) {
	for in, want := range map[string]Notes{
		`{"a":1}`:                       0,
		`{"a":1,"a":1}`:                 RepeatedKey,
		`{"a":1,"\u0061":1}`:            RepeatedKey,
		"\"\xc0\"":                      InvalidUTF8,
		`"\udead"`:                      LoneSurrogate,
		"{\"\xc0\":\"\\ud800\"}":        InvalidUTF8 | LoneSurrogate,
		`{"\u00e9":1,"\u0065\u0301":2}`: 0,
	} {
		if _, notes, err := ParseNote([]byte(in)); err != nil || notes != want {
			t.Errorf("%s: notes %b, error %v, want %b", in, notes, err, want)
		}
	}
}

func TestParseErrorsNameTheByte(t *testing.T) {
	for in, offset := range map[string]int{
		``: 0, `{`: 1, `[1,]`: 3, `{"a" 1}`: 5, `tru`: 0, `"a`: 2, `"\x"`: 1, "\"\n\"": 1, `1 2`: 2, `01`: 0, `[1}`: 2, `{1:2}`: 1, `"\ud8"`: 1,
	} {
		_, err := Parse([]byte(in))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset != offset {
			t.Errorf("%q: %v, want byte %d", in, err, offset)
		}
	}
}

func TestParseBoundsDepth(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat(`[{"":`, n) + "0" + strings.Repeat("}]", n)) }
	if _, err := Parse(nested(MaxDepth / 2)); err != nil {
		t.Error(err)
	}
	if _, err := Parse(nested(MaxDepth/2 + 1)); err == nil || !strings.Contains(err.Error(), "1000") {
		t.Errorf("a text that is too deep: %v", err)
	}
	if _, err := Parse(bytes.Repeat([]byte{'['}, 1<<20)); err == nil {
		t.Error("a million brackets are no value")
	}
}

func TestParseManyMembers(t *testing.T) {
	const count = 100_000
	var text strings.Builder
	text.WriteByte('{')
	for i := range count {
		fmt.Fprintf(&text, `"k%d":%d,`, i, i)
	}
	text.WriteString(`"k7":"again"}`)
	n, notes, err := ParseText(text.String())
	if err != nil || n.Len() != count || notes != RepeatedKey {
		t.Fatal(n.Len(), notes, err)
	}
	if n.Get("k7").Text() != "again" || n.Get("k99999").Text() != "99999" || n.Get("k100000") != nil {
		t.Error("members are not found")
	}
}

func TestJSONTestSuite(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedtest.Corpus(t, "JSONTestSuite/test_parsing"), "*.json"))
	if err != nil || len(files) < 300 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		n, err := Parse(src)
		if name[0] == 'y' && err != nil || name[0] == 'n' && err == nil {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			checkStable(t, n)
		}
	}
}

func TestNumbersStayByteIdentical(t *testing.T) {
	src, err := os.ReadFile(sharedtest.Corpus(t, "ours/values/numbers.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(src), []byte("\n"))
	if len(lines) != 27 {
		t.Fatalf("%d numbers", len(lines))
	}
	for _, line := range lines {
		if got := mustParse(t, string(line)).JSON(); !bytes.Equal(got, line) {
			t.Errorf("got %s, want %s", got, line)
		}
	}
}

func TestKeyTraps(t *testing.T) {
	src, err := os.ReadFile(sharedtest.Corpus(t, "ours/values/keys.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(src)), "\n")
	for i, want := range []string{
		`{"seq":0,"type":"Dup","data":{"a":2}}`, lines[1], lines[2], lines[3], lines[4], lines[5], lines[6],
	} {
		if got := string(mustParse(t, lines[i]).JSON()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if n := mustParse(t, lines[5]); n.Get("type").Text() != "case3" || n.Len() != 4 {
		t.Error("names are told apart by their case")
	}
	if n := mustParse(t, lines[6]).Get("data"); n.Len() != 2 {
		t.Error("names are told apart by their form")
	}
}

func TestUTF8Corpus(t *testing.T) {
	src, err := os.ReadFile(sharedtest.Corpus(t, "utf8tests/utf8tests.txt"))
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for line := range strings.Lines(string(src)) {
		part := strings.Split(strings.TrimSpace(line), ":")
		if len(part) < 3 || part[0] == "" || part[0][0] == '#' || !strings.HasSuffix(part[1], "hex") {
			continue
		}
		raw, err := hex.DecodeString(strings.ReplaceAll(part[2], " ", ""))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		cases++
		n, notes, err := ParseNote(append(append([]byte{'"'}, raw...), '"'))
		if err != nil {
			continue // control characters are no part of a JSON string
		}
		if valid := strings.TrimSpace(part[1]) == "valid hex"; notes.Has(InvalidUTF8) == valid {
			t.Errorf("%s: notes %b", strings.TrimSpace(line), notes)
		}
		if !utf8.ValidString(n.Text()) {
			t.Errorf("%s: %q is not UTF-8", strings.TrimSpace(line), n.Text())
		}
	}
	if cases < 50 {
		t.Fatalf("only %d cases read", cases)
	}
}

// checkStable checks that a value's JSON is valid, reads as the same value, and is written the same way again.
func checkStable(t interface{ Errorf(string, ...any) }, n *Node) {
	text := n.JSON()
	again, err := Parse(text)
	if err != nil || !json.Valid(text) || !utf8.Valid(text) {
		t.Errorf("%q is not JSON: %v", text, err)
		return
	}
	if !bytes.Equal(again.JSON(), text) || !Equal(n, again) || Hash(n) != Hash(again) {
		t.Errorf("%q reads as %q", text, again.JSON())
	}
	indented, err := Parse(n.AppendIndent(nil, "", "  "))
	if err != nil || !bytes.Equal(indented.JSON(), text) {
		t.Errorf("indented: %v", err)
	}
}

func TestGeneratedValuesAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkStable(t, nodes(3).Draw(t, "value")) })
}

func TestAppendIndent(t *testing.T) {
	n := mustParse(t, `{"a":[],"b":[1,{"c":"d"}],"e":{}}`)
	want := "{\n> \t\"a\": [],\n> \t\"b\": [\n> \t\t1,\n> \t\t{\n> \t\t\t\"c\": \"d\"\n> \t\t}\n> \t],\n> \t\"e\": {}\n> }"
	if got := string(n.AppendIndent(nil, "> ", "\t")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var std bytes.Buffer
	if err := json.Indent(&std, n.JSON(), "> ", "\t"); err != nil || std.String() != want {
		t.Errorf("encoding/json: %s %v", &std, err)
	}
}

func TestParserReadsManyTextsInOneRoom(t *testing.T) {
	var p Parser
	rapid.Check(t, func(t *rapid.T) {
		text := nodes(3).Draw(t, "value").JSON()
		if rapid.Bool().Draw(t, "cut") {
			text = text[:len(text)/2]
		}
		want, notes, err := ParseNote(text)
		got, gotNotes, gotErr := p.Parse(text)
		if (err == nil) != (gotErr == nil) || notes != gotNotes || !bytes.Equal(got.JSON(), want.JSON()) {
			t.Fatalf("%q: got %s %v, want %s %v", text, got.JSON(), gotErr, want.JSON(), err)
		}
	})
}

func TestStrJoinsSurrogatesThatMeet(t *testing.T) {
	high, low := mustParse(t, `"\ud83d"`).Text(), mustParse(t, `"\ude00"`).Text()
	if got := Str(high + low).Text(); got != "😀" {
		t.Errorf("%q", got)
	}
	if got := string(Str("\xff" + high).JSON()); got != "\"\ufffd\\ud83d\"" {
		t.Errorf("%q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0.5e+3,"\ud83d\ude00\n",null],"a":true}`, "\"\xff\\ud800\"", ` [ ] `, `01`, "{\"\x00\":1}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, err := Parse(src)
		if err != nil && strings.Contains(err.Error(), "1000") {
			return
		}
		if (err == nil) != json.Valid(src) {
			t.Fatalf("%q: %v, encoding/json says %v", src, err, json.Valid(src))
		}
		if err != nil {
			return
		}
		checkStable(t, n)
		checkAgainstStandard(t, n, src)
	})
}

// checkAgainstStandard compares with what encoding/json reads, in its own terms: it replaces lone surrogates, too.
func checkAgainstStandard(t *testing.T, n *Node, src []byte) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	var want, got any
	if err := dec.Decode(&want); err != nil {
		return // too deep or too large for it
	}
	dec = json.NewDecoder(bytes.NewReader(n.JSON()))
	dec.UseNumber()
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	left, _ := json.Marshal(want)
	right, _ := json.Marshal(got)
	if !bytes.Equal(left, right) {
		t.Fatalf("%q: got %s, want %s", src, right, left)
	}
}
