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

// drawn draws parts of a condition.
type drawn struct{ *rapid.T }

func (d drawn) of(list ...string) string { return rapid.SampledFrom(list).Draw(d.T, "choice") }

func (d drawn) place() string {
	return d.of("state.a", "state.b", "before.a", "before.b", "state.a.b", `state["c d"]`, "state.l", "state.l[0]", "state.l[-1]", "state.l[state.a]",
		"state.l[5].x", "event.type", "event.stream", "event.id", "event.version", "event.position", "event.data", `event["type"]`, "event.data.a", "event.data.b.a",
		"event.data.l", "event.data.l[1]", "event.metadata.a", "event.data[key]", "state[key]", "event.time", "key", "position", "state", "before",
		"event", "get(state, key)", `get(event.data, "a", 3)`, `state.a[0]`, `event.data.a.x`)
}

func (d drawn) constant() string {
	return d.of("0", "1", "1.0", "-3", "2.50", "0.1", "1e2", `"a"`, `"b"`, `""`, `"k"`, "None", "True", "False", "[]", "{}", "12345678901234567890",
		"[1, 2]", `("a", "b")`, `[state.a, None]`)
}

// expr draws an expression of any kind: many of them fail.
func (d drawn) expr(depth int) string {
	if depth == 0 {
		if rapid.Bool().Draw(d.T, "place?") {
			return d.place()
		}
		return d.constant()
	}
	x := func() string { return d.expr(depth - 1) }
	switch rapid.IntRange(0, 9).Draw(d.T, "shape") {
	case 0:
		return "(" + x() + d.of(" and ", " or ") + x() + ")"
	case 1:
		return "(not " + x() + ")"
	case 2, 3:
		return "(" + x() + d.of(" == ", " != ", " < ", " <= ", " > ", " >= ") + x() + ")"
	case 4, 5:
		return "((" + x() + d.of(" or 0", " or 2.5", "") + ")" + d.of(" + ", " - ", " * ", " / ", " // ", " % ") + "(" + x() + d.of(" or 1", " or 0.1", "") + "))"
	case 6:
		return "(" + x() + d.of(" in ", " not in ") + x() + ")"
	case 7:
		return "(" + x() + " if " + x() + " else " + x() + ")"
	case 8:
		return d.of("len", "bool", "abs", "-", "max", "hasattr", "str", "get") + "(" + x() + d.of("", ", "+x()) + ")"
	}
	return "(" + x() + ")." + d.of("startswith("+x()+")", `endswith("a")`, "lower()", "upper()", "a", "b", "strip()")
}

func (d drawn) json(depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 3).Draw(d.T, "json") {
		case 0:
			return `[` + d.json(0) + `,` + d.json(depth-1) + `]`
		case 1:
			return `{"a":` + d.json(depth-1) + ` , "b":` + d.json(0) + `,"l":[` + d.json(0) + `,2]}`
		}
	}
	return d.of(`1`, `1.0`, `-3`, `0`, `-0`, `1e2`, `2.50`, `0.1`, `"a"`, `"b"`, `""`, `"k"`, `"A\n"`, `"ü"`, `true`, `false`, `null`, `{}`, `[]`,
		`12345678901234567890`, `1e999999999`, `{"a":1}`, `{"a" : "x", "k":2}`, `{"\u0061":1}`)
}

func (d drawn) document() *value.Node {
	if rapid.IntRange(0, 9).Draw(d.T, "absent") == 0 {
		return nil
	}
	text := `{"a":` + d.json(1) + `,"b":` + d.json(1) + `,"c d":` + d.json(0) + `,"k":` + d.json(0) + `,"l":[` + d.json(1) + `,` + d.json(0) + `]}`
	n, err := value.Parse([]byte(d.of(text, text, text, `{"b":`+d.json(2)+`}`, d.json(1))))
	if err != nil {
		d.Fatal(err)
	}
	return n
}

func (d drawn) subject() script.Subject {
	s := script.Subject{State: d.document(), Before: d.document(), Key: d.of("a", "k", ""), Position: event.Position(rapid.IntRange(1, 3).Draw(d.T, "position"))}
	if rapid.IntRange(0, 9).Draw(d.T, "no event") == 0 {
		return s
	}
	data := d.of(`{"a":`+d.json(1)+`,"b": {"a":`+d.json(1)+`},"l":[1,`+d.json(1)+`]}`, `{}`, ``, d.json(1))
	s.Event = &event.Event{Position: s.Position, Type: d.of("a", "T", ""), Stream: event.StreamID(d.of("a", "s")), ID: d.of("", "b"), Raw: []byte(data)}
	s.Event.Payload = event.Whole(0, len(data))
	if rapid.Bool().Draw(d.T, "numbered") {
		s.Event.Version, s.Event.Numbering = 3, event.BySource
	}
	return s
}

// TestShortcutsAnswerAsTheInterpreterDoes draws conditions, documents and events, and compares answers and errors.
func TestShortcutsAnswerAsTheInterpreterDoes(t *testing.T) {
	direct, sure := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		src := d.expr(rapid.IntRange(1, 3).Draw(t, "depth"))
		c, err := script.CompileExpr("cond", src, script.Options{})
		if err != nil {
			return
		}
		if c.Direct() {
			direct++
		}
		fast, slow := c.New(), c.Interpreted().New()
		for range 5 {
			s := d.subject()
			got, gotErr := fast.Holds(s)
			want, wantErr := slow.Holds(s)
			if got != want || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Fatalf("%s of %s, %s and %+v: %v %v, the interpreter says %v %v", src, s.State.JSON(), s.Before.JSON(), s.Event, got, gotErr, want, wantErr)
			}
			if wantErr == nil {
				sure++
			}
		}
	})
	if direct == 0 || sure == 0 {
		t.Errorf("%d conditions needed no interpreter, and %d answers were no errors", direct, sure)
	}
}

func TestWhatNeedsTheInterpreter(t *testing.T) {
	for src, want := range map[string]bool{
		`state.balance * 2 > 9980`:                                      true,
		`state.balance > (before.balance or 5000) + 4990`:               true,
		`event.type == "Closed" and state.balance > event.data.balance`: true,
		`len(state or {}) > 40`:                                         true,
		`event.type in ["Paid", "Refunded"]`:                            true,
		`(state.note or "").lower().startswith("x") if key else False`:  true,
		`event.time > parse_time("2026-01-01T00:00:00Z")`:               false,
		`any([i.qty > 3 for i in state.items])`:                         false,
		`max([1, 2]) > 1`:                                               false,
		strings.Repeat("state.a + ", 300) + "1 > 0":                     false,
		`state.a > 1 and (lambda d: d.a)(state)`:                        false,
	} {
		c, err := script.CompileExpr("cond", src, script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c.Direct() != want {
			t.Errorf("%s: %v", src, !want)
		}
	}
}

func TestRulesThatReturnAtOnce(t *testing.T) {
	rules, err := script.CompileRules("r.star", []byte(`
def a(state):
    """text"""
    return not state.n > 3
def b(state):
    return len(state) > _most
_most = 1
def c(state):
    x = 1
    return state.n > x
`), script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if rules[i].Condition.Direct() != want {
			t.Errorf("%s: %v", rules[i].Name, !want)
		}
	}
	rules, err = script.CompileRules("r.star", []byte("def _f(x):\n    return 100\nlen = _f\ndef a(state):\n    return len(state) == 100\n"), script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := rules[0].Condition.New().Holds(script.Subject{State: value.Obj()}); !ok || err != nil {
		t.Error("a file's own len was not called", ok, err)
	}
}

func BenchmarkCondition(b *testing.B) {
	state, _ := value.Parse([]byte(`{"status":"paid","balance":-0.5,"items":[{"sku":"a"}]}`))
	before, _ := value.Parse([]byte(`{"status":"new","balance":17.25}`))
	s := script.Subject{Event: order(7, `{"customer":"c-9","amount":100.1}`), State: state, Before: before, Key: "order-7", Position: 7}
	for _, src := range []string{`state.balance < 0`, `state.balance > (before.balance or 5000) + 4990`, `event.data.amount * 2 > 9980`} {
		c, err := script.CompileExpr("cond", src, script.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for name, ev := range map[string]*script.Evaluator{"direct": c.New(), "interpreted": c.Interpreted().New()} {
			b.Run(name+" "+src, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := ev.Holds(s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
