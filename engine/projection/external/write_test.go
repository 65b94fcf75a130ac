package external

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// fold writes an answer into a document that has a value, and tells the changes as "op path", in their order.
func fold(t testing.TB, before, line, data string) (after string, changes []string, err error) {
	t.Helper()
	doc := value.NewDoc()
	if before != "" {
		n, err := value.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		doc.Begin(1)
		if err := doc.SetRoot(n); err != nil {
			t.Fatal(err)
		}
		doc.Commit()
	}
	a, err := readAnswer([]byte(line))
	if err != nil {
		return "", nil, err
	}
	e := makeEvent(2, "k", "T", data)
	var p pen
	doc.Begin(2)
	if err := p.write(doc, e, a, false); err != nil {
		doc.Rollback()
		return string(doc.Root().JSON()), nil, err
	}
	for _, w := range doc.Commit() {
		if w.Op != value.Same {
			changes = append(changes, w.Op.String()+" "+string(w.Path))
		}
	}
	if doc.Root() == nil {
		return "", changes, nil
	}
	return string(doc.Root().JSON()), changes, nil
}

// TestStateIsWrittenAsChanges: of a whole state only what differs is a change, and lists follow their rule.
func TestStateIsWrittenAsChanges(t *testing.T) {
	for _, c := range []struct{ before, state, want string }{
		{``, `{"a":1}`, "add "},
		{`{"a":1}`, `null`, "remove "},
		{``, `null`, ""},
		{`{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":4},"a":1.0}`, "replace /b/c"},
		{`{"a":1,"b":2}`, `{"b":2,"c":3}`, "add /c; remove /a"},
		{`{"l":[1,2]}`, `{"l":[1,2,3,4]}`, "add /l/2; add /l/3"},
		{`{"l":[1,2,3]}`, `{"l":[1]}`, "remove /l/2; remove /l/1"},
		{`{"l":[1,2,3]}`, `{"l":[1,5,3]}`, "replace /l/1"},
		{`{"l":[1,2,3]}`, `{"l":[2,3]}`, "replace /l"},
		{`{"l":[{"q":1},{"q":2}]}`, `{"l":[{"q":1},{"q":3}]}`, "replace /l/1/q"},
		{`{"a":{"b":1}}`, `{"a":[1]}`, "replace /a"},
		{`{"a":1}`, `[1]`, "replace "},
		{`3`, `3.0`, ""},
		{`{"a":null}`, `{"a":null}`, ""},
	} {
		after, changes, err := fold(t, c.before, `{"state":`+c.state+`}`, "{}")
		if err != nil || strings.Join(changes, "; ") != c.want {
			t.Errorf("%s → %s: %q %v, not %s", c.before, c.state, changes, err, c.want)
		}
		if want := strings.TrimSuffix(c.state, "null"); want == "" && after != "" || want != "" && !same(after, c.state) {
			t.Errorf("%s → %s: is %s", c.before, c.state, after)
		}
	}
}

func same(a, b string) bool {
	x, err := value.Parse([]byte(a))
	y, err2 := value.Parse([]byte(b))
	return err == nil && err2 == nil && value.Equal(x, y)
}

func genJSON(depth int) *rapid.Generator[string] {
	scalar := rapid.SampledFrom([]string{"1", "2", "true", "null", `"x"`, `"a/b~c"`, "0.5", "12345678901234567890"})
	if depth == 0 {
		return scalar
	}
	list := rapid.Custom(func(t *rapid.T) string {
		return "[" + strings.Join(rapid.SliceOfN(genJSON(depth-1), 0, 4).Draw(t, "items"), ",") + "]"
	})
	object := rapid.Custom(func(t *rapid.T) string {
		var members []string
		for _, name := range []string{"a", "b", "c/d", "e~"} {
			if rapid.Bool().Draw(t, "has") {
				members = append(members, fmt.Sprintf("%q:%s", name, genJSON(depth-1).Draw(t, "member")))
			}
		}
		return "{" + strings.Join(members, ",") + "}"
	})
	return rapid.OneOf(scalar, list, object)
}

// TestStateBecomesWhatWasAnswered: for any two values, the document is the answered one, and answering it again changes nothing.
func TestStateBecomesWhatWasAnswered(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := genJSON(3).Draw(rt, "before"), genJSON(3).Draw(rt, "after")
		if a == "null" || b == "null" {
			return
		}
		after, _, err := fold(t, a, `{"state":`+b+`}`, "{}")
		if err != nil || !same(after, b) {
			rt.Fatalf("%s, %v", after, err)
		}
		if _, changes, err := fold(t, b, `{"state":`+b+`}`, "{}"); err != nil || len(changes) > 0 {
			rt.Fatalf("again: %q %v", changes, err)
		}
	})
}

// TestPatch: the examples of RFC 6902, appendix A, and its edges.
func TestPatch(t *testing.T) {
	for _, c := range []struct{ before, patch, want string }{
		{`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"foo":"bar","baz":"qux"}`},
		{`{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		{`{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		{`{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		{`{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		{`{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`, `[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`, `{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		{`{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		{`{"baz":"qux","foo":["a",2,"c"]}`, `[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2.0}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		{`{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, ``},
		{`{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"foo":"bar","child":{"grandchild":{}}}`},
		{`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`, `{"foo":"bar","baz":"qux"}`},
		{`{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, ``},
		{`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`, `{"/":9,"~1":10}`},
		{`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, ``},
		{`{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},
		{`{"a":{"b":[1]}}`, `[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/0","value":0}]`, `{"a":{"b":[1]},"c":{"b":[0,1]}}`},
		{`{"a":{"b":1}}`, `[{"op":"move","from":"/a","path":"/a/b"}]`, ``},
		{`{"a":1}`, `[{"op":"replace","path":"/b","value":1}]`, ``},
		{`{"a":1}`, `[{"op":"remove","path":"/b"}]`, ``},
		{`{"a":[1]}`, `[{"op":"add","path":"/a/2","value":1}]`, ``},
		{`{"a":[1]}`, `[{"op":"add","path":"/a/01","value":1}]`, ``},
		{`{"a":[1]}`, `[{"op":"add","path":"/a/1e0","value":1}]`, ``},
		{`{"a":1}`, `[{"op":"replace","path":"","value":[1]}]`, `[1]`},
		{`{"a":1}`, `[{"op":"add","path":"","value":{}}]`, `{}`},
		{`{"a":1}`, `[{"op":"spam","path":"/a"}]`, ``},
		{`{"a":1}`, `[{"path":"/a"}]`, ``},
		{`{"a":1}`, `[{"op":"add","path":"/b"}]`, ``},
		{`{"a":1}`, `[{"op":"add","path":"b","value":1}]`, ``},
		{`{"a":1}`, `[{"op":"remove","path":"/a"},{"op":"remove","path":"/a"}]`, ``},
		{`{"a":1}`, `{"op":"remove","path":"/a"}`, ``},
		{`{"a":1}`, `[1]`, ``},
		{`{"a":1}`, `[]`, `{"a":1}`},
	} {
		after, _, err := fold(t, c.before, `{"patch":`+c.patch+`}`, "{}")
		if c.want == "" {
			if err == nil {
				t.Errorf("%s with %s is %s", c.before, c.patch, after)
			}
			if !same(after, c.before) {
				t.Errorf("%s was left as %s by a patch that failed", c.before, after)
			}
			continue
		}
		if err != nil || !same(after, c.want) {
			t.Errorf("%s with %s: %s %v, not %s", c.before, c.patch, after, err, c.want)
		}
	}
}

// TestPatchOfWhole: the steps that make and remove the document.
func TestPatchOfWhole(t *testing.T) {
	if after, changes, err := fold(t, "", `{"patch":[{"op":"add","path":"","value":{"a":1}},{"op":"add","path":"/b","value":2}]}`, "{}"); err != nil || !same(after, `{"a":1,"b":2}`) {
		t.Error(after, changes, err)
	}
	for _, patch := range []string{`[{"op":"remove","path":""}]`, `[{"op":"replace","path":"","value":null}]`} {
		if after, changes, err := fold(t, `{"a":1}`, `{"patch":`+patch+`}`, "{}"); err != nil || after != "" || !slices.Contains(changes, "remove ") {
			t.Error(patch, after, changes, err)
		}
	}
	if _, _, err := fold(t, "", `{"patch":[{"op":"add","path":"/a","value":1}]}`, "{}"); err == nil {
		t.Error("a place in a document that is not there")
	}
}

// TestPatchOfLists: what a patch does at the end of a list is a change of the item, and in the middle one of the list.
func TestPatchOfLists(t *testing.T) {
	for patch, want := range map[string]string{
		`[{"op":"add","path":"/l/-","value":9}]`:     "add /l/2",
		`[{"op":"add","path":"/l/2","value":9}]`:     "add /l/2",
		`[{"op":"add","path":"/l/0","value":9}]`:     "replace /l",
		`[{"op":"remove","path":"/l/1"}]`:            "remove /l/1",
		`[{"op":"remove","path":"/l/0"}]`:            "replace /l",
		`[{"op":"replace","path":"/l/0","value":9}]`: "replace /l/0",
	} {
		if _, changes, err := fold(t, `{"l":[1,2]}`, `{"patch":`+patch+`}`, "{}"); err != nil || strings.Join(changes, ";") != want {
			t.Errorf("%s: %q %v", patch, changes, err)
		}
	}
}

// TestRounding: a number that is another one only because it went through a float64 is an error that names its path.
func TestRounding(t *testing.T) {
	for _, c := range []struct{ before, line, data, path string }{
		{`{"id":9007199254740993}`, `{"state":{"id":9007199254740992}}`, `{}`, "/id"},
		{`{"l":[{"id":9007199254740993}]}`, `{"state":{"l":[{"id":9007199254740992}]}}`, `{}`, "/l/0/id"},
		{`{"id":9007199254740993}`, `{"patch":[{"op":"replace","path":"/id","value":9007199254740992}]}`, `{}`, "/id"},
		{`{}`, `{"state":{"order":{"id":1234567890123456800}}}`, `{"n":1234567890123456789}`, "/order/id"},
		{``, `{"state":{"total":0.1}}`, `{"total":0.1000000000000000055511151231257827}`, "/total"},
		{`{}`, `{"patch":[{"op":"add","path":"/x","value":[1e22]}]}`, `{"n":[10000000000000000000001]}`, "/x/0"},
	} {
		_, _, err := fold(t, c.before, c.line, c.data)
		if err == nil || !strings.Contains(err.Error(), "at "+c.path+" ") || !strings.Contains(err.Error(), "float64") {
			t.Errorf("%s with %s: %v", c.before, c.line, err)
		}
	}
	for _, c := range []struct{ before, line, data string }{
		{`{"n":0.1}`, `{"state":{"n":0.30000000000000004}}`, `{"n":0.2}`},
		{`{"n":1.10}`, `{"state":{"n":1.1}}`, `{"n":2.50}`},
		{`{"n":9007199254740993}`, `{"state":{"n":9007199254740993}}`, `{}`},
		{`{"n":9007199254740993}`, `{"state":{"n":5}}`, `{}`},
		{`{"n":"9007199254740993"}`, `{"state":{"n":"9007199254740992"}}`, `{"text":"9007199254740993"}`},
		{`{}`, `{"state":{"n":100000000000000000000}}`, `{"n":100000000000000000000}`},
		{`{}`, `{"state":{"n":1e+21}}`, `{"n":1000000000000000000000}`},
	} {
		if _, _, err := fold(t, c.before, c.line, c.data); err != nil {
			t.Errorf("%s with %s: %v", c.before, c.line, err)
		}
	}
	for pad := range 40 {
		text := fmt.Sprintf(`{%q:1234567890.123456789}`, strings.Repeat("x", pad))
		if n, err := parseIfFine([]byte(text)); n == nil || err != nil {
			t.Errorf("%s: its number is passed over", text)
		}
	}
	doc, p := value.NewDoc(), pen{}
	a, _ := readAnswer([]byte(`{"state":{"n":9007199254740992}}`))
	if err := p.write(doc, makeEvent(1, "k", "T", `{"n":9007199254740993}`), a, true); err != nil {
		t.Errorf("of a program with exact numbers: %v", err)
	}
}

// TestLines: an event's line has all of it, on one line and in UTF-8, as JSON that says the same.
func TestLines(t *testing.T) {
	data := "{\"a\":\n  1.50, \"b\":\"\xff\"}"
	e := &event.Event{
		Position: 7, ID: "i\n", Type: "T", Stream: "s", Others: []event.StreamID{"u"}, Version: -1, Numbering: event.BySource,
		Time: event.Unix(0, 0, 0), Correlation: "c", Causation: "d", Marks: event.InvalidUTF8, Raw: []byte(data), Payload: event.Whole(0, len(data)),
	}
	line := string(appendEvent(appendState(appendKey(nil, `k"`), nil), e))
	want := `{"key":"k\"","state":null,"event":{"position":7,"id":"i\n","type":"T","stream":"s","streams":["s","u"],"version":-1,` +
		`"time":"1970-01-01T00:00:00Z","correlation_id":"c","causation_id":"d","data":{"a":   1.50, "b":"` + "\uFFFD" + `"}}}` + "\n"
	if line != want {
		t.Errorf("%s\nnot\n%s", line, want)
	}
}

// FuzzAnswer: no line makes asof panic, or leaves a document behind that is not what the line says.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"state":{"a":[1,2]}}`, `{"patch":[{"op":"move","from":"/a/0","path":"/b"}]}`, `{"error":"x"}`, `{"position":1,"state":null}`, `{"state":{"a":"\"}"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 1000 {
			return
		}
		a, err := readAnswer(line)
		if err != nil || a.state == nil {
			_, _, _ = fold(t, `{"a":[1,{"b":2}],"b":"x"}`, string(line), `{"n":12345678901234567890}`)
			return
		}
		after, _, err := fold(t, `{"a":[1,{"b":2}],"b":"x"}`, string(line), `{}`)
		if n, broken := value.Parse(a.state); err == nil && broken == nil && n.Kind() != value.Null && !same(after, string(a.state)) {
			t.Errorf("%s is %s", line, after)
		}
	})
}
