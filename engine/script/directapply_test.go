package script_test

import (
	"fmt"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// body draws the statements of an apply: many of them fail.
func (d drawn) body(depth int) string {
	indent := strings.Repeat("    ", depth)
	var out strings.Builder
	for range rapid.IntRange(1, 3).Draw(d.T, "statements") {
		kind := rapid.IntRange(0, 9).Draw(d.T, "statement")
		switch {
		case kind < 5:
			target := d.of("state.a", "state.b", `state["c d"]`, "state.a.b", "state[event.data.k]", "state.new", "state.b[key]", "x", "y", "state.l")
			fmt.Fprintf(&out, "%s%s %s %s\n", indent, target, d.of("=", "=", "=", "+=", "-=", "//="), d.source())
		case kind < 8 && depth < 3:
			fmt.Fprintf(&out, "%sif %s:\n%s", indent, d.source(), d.body(depth+1))
			if rapid.Bool().Draw(d.T, "else?") {
				fmt.Fprintf(&out, "%selse:\n%s", indent, d.body(depth+1))
			}
		default:
			fmt.Fprintf(&out, "%s%s\n", indent, d.of("pass", `"text"`, "return", "return None", "return DELETE", "return 1", "state.l.append(1)", "state.pop(\"a\")"))
		}
	}
	return out.String()
}

// source draws an expression without the names that only conditions have.
func (d drawn) source() string {
	if rapid.IntRange(0, 3).Draw(d.T, "plain") > 0 {
		return d.of("event.data.a", "event.data.b", "event.data.b.a", "event.data.l", "event.data", "(state.a or 0) + 1", "state.a", "state.b", "state.new", "{}", "[]", "x",
			"event.type", `event.type == "a"`, "state.a == event.data.a", "LIMIT", "-event.data.a", "+event.data.a", "state.a * 1.50", "state.a / 3", "len(state)", "key",
			`event["type"]`, "event", "event.version", "event.data.a // 2", "max(state.a or 0, event.data.a)", "NAME + \"!\"", "state[\"c d\"]", "state.l[1]", "state.a.x")
	}
	return strings.NewReplacer("before", "state", "position", "key").Replace(d.expr(rapid.IntRange(1, 2).Draw(d.T, "depth")))
}

// TestADirectApplyFoldsAsTheInterpreterDoes draws scripts and events, and compares documents, writes and errors.
func TestADirectApplyFoldsAsTheInterpreterDoes(t *testing.T) {
	direct, folded := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		src := d.of("", "LIMIT = 3\nNAME = \"n\"\n", "LIMIT = 3\n", "NAME = \"n\"\nLIMIT = len\n") + d.of("", "", "def init(key):\n    return {\"a\": 1, \"l\": [1]}\n", "def len(x):\n    return 7\n") +
			d.of("def apply(state, event, key):\n", "def apply(state, event, key):\n", "def apply(state, event):\n") + d.body(1)
		p, err := script.Compile("p.star", []byte(src), script.Options{})
		if err != nil {
			return
		}
		if p.Direct() {
			direct++
		}
		fast, slow := p.New(), p.Interpreted().New()
		got, want := value.NewDoc(), value.NewDoc()
		for i := range 6 {
			s := d.subject()
			if s.Event == nil {
				continue
			}
			e := s.Event
			if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
				e.Raw = []byte("{\"a\":\"\xff\",\"k\":\"\xfe\",\"a\":2}")
				e.Payload, e.Marks = event.Whole(0, len(e.Raw)), event.RepeatedKey|event.InvalidUTF8
			}
			one, two := applied(got, fast, e, i, s.Key), applied(want, slow, e, i, s.Key)
			if one != two {
				t.Fatalf("%s\nat %s: \n%s\nthe interpreter has\n%s", src, e.Raw, one, two)
			}
			folded++
		}
	})
	if direct == 0 || folded == 0 {
		t.Errorf("%d scripts needed no interpreter, %d events were folded", direct, folded)
	}
}

// applied folds an event and says what became of the document.
func applied(doc *value.Doc, r *script.Runner, e *event.Event, i int, key string) string {
	doc.Begin(uint64(i + 1))
	if err := r.Apply(doc, e, key); err != nil {
		doc.Rollback()
		return fmt.Sprintf("%v, %s", err, doc.Root().JSON())
	}
	var out strings.Builder
	for _, w := range doc.Commit() {
		fmt.Fprintf(&out, "%s %v %s -> %s\n", w.Path, w.Op, w.Old.JSON(), w.New.JSON())
	}
	fmt.Fprintf(&out, "%s, changed %d", doc.Root().JSON(), doc.Changed())
	return out.String()
}

func TestWhichScriptsNeedTheInterpreter(t *testing.T) {
	for src, want := range map[string]bool{
		threeFields: true,
		"def apply(state, event):\n    d = event.data\n    if event.type == \"A\":\n        state.total += d.price * d.qty\n    elif d:\n        state[d.sku] = None\n    else:\n        return DELETE\n": true,
		"LIMIT = 10\ndef apply(state, event, key):\n    state.big = event.data.n > LIMIT\n":                                                                                                               true,
		"def apply(state, event):\n    for i in event.data.items:\n        state[i.sku] = i.qty\n":                                                                                                        false,
		"def apply(state, event):\n    state.list.append(1)\n":                                                                                                                                            false,
		"def apply(s, e):\n    s.a = e.data.a\n":                                                                                                                                                          false,
		"def len(x):\n    return 1\ndef apply(state, event):\n    state.n = len(event.data)\n":                                                                                                            false,
		"def apply(state, event):\n    old = state.a\n    state.a = 1\n    state.b = old\n":                                                                                                               false,
		"LIMIT = 10\nLIMIT_2 = LIMIT + 1\ndef apply(state, event):\n    state.a = event.data.a > LIMIT_2":                                                                                                 false,
	} {
		p, err := script.Compile("p.star", []byte(src), script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if p.Direct() != want {
			t.Errorf("%s: %v", src, !want)
		}
	}
	small, err := script.Compile("p.star", []byte(threeFields), script.Options{Limits: script.Limits{Steps: 100}})
	if err != nil || small.Direct() {
		t.Errorf("a script with a small limit is not counted: %v", err)
	}
}
