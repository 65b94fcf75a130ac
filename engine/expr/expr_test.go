package expr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/script"
	"asof/engine/value"
	"pgregory.net/rapid"
)

// someValue draws JSON of few values, so that comparisons often meet their like.
func someValue(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		`1`, `1.0`, `2`, `-3`, `0`, `-0`, `1e2`, `100`, `"a"`, `"b"`, `""`, `"1"`, `true`, `false`, `null`, `[1]`, `{}`, `{"b":1}`, `{"b":"a"}`,
		`12345678901234567890`, `0.1`,
	}).Draw(t, "value")
}

func someDocument(t *rapid.T) *value.Node {
	if rapid.IntRange(0, 9).Draw(t, "absent") == 0 {
		return nil
	}
	var members []string
	for _, name := range []string{"a", "b", "c d"} {
		if rapid.Bool().Draw(t, name) {
			members = append(members, fmt.Sprintf("%q:%s", name, someValue(t)))
		}
	}
	n, err := value.Parse([]byte("{" + strings.Join(members, ",") + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// someFormula draws a condition, of which most need no script.
func someFormula(t *rapid.T, depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "shape") {
		case 0:
			return "(" + someFormula(t, depth-1) + " and " + someFormula(t, depth-1) + ")"
		case 1:
			return "(" + someFormula(t, depth-1) + " or " + someFormula(t, depth-1) + ")"
		case 2:
			return "not " + someFormula(t, depth-1)
		}
	}
	place := rapid.SampledFrom([]string{
		"state.a", "state.b", "state.a.b", `state["c d"]`, "before.a", "before.b.b", "state.a.b.c", "event.type", "event.stream", "event.id",
		"event.correlation_id", "event.causation_id", "event.data.a", "key", "position",
	}).Draw(t, "place")
	op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
	constant := rapid.SampledFrom([]string{"1", "1.0", "-3", "0", "100", `"a"`, `""`, `"b"`, "None", "True", "False", "0.1", "12345678901234567890"}).Draw(t, "constant")
	if rapid.Bool().Draw(t, "mirrored") {
		return constant + " " + op + " " + place
	}
	return place + " " + op + " " + constant
}

// TestWhatNeedsNoScriptAnswersAsTheScriptDoes compares both ways to ask a condition, their errors too.
func TestWhatNeedsNoScriptAnswersAsTheScriptDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := someFormula(t, 3)
		c, err := expr.Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := script.CompileExpr(expr.Name, src, script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		fast, negated, slow := c.New(), c.Not().New(), plain.New()
		for range 10 {
			s := expr.Subject{State: someDocument(t), Before: someDocument(t), Key: rapid.SampledFrom([]string{"a", "k", ""}).Draw(t, "key")}
			s.Position = event.Position(rapid.IntRange(1, 3).Draw(t, "position"))
			raw := []byte(`{"a":` + someValue(t) + `}`)
			s.Event = &event.Event{
				Position: s.Position, Type: rapid.SampledFrom([]string{"a", "T", ""}).Draw(t, "type"), Stream: "a", ID: "b",
				Correlation: rapid.SampledFrom([]string{"", "a"}).Draw(t, "correlation"), Raw: raw, Payload: event.Whole(0, len(raw)),
			}
			got, gotErr := fast.Holds(s)
			want, wantErr := slow.Holds(s)
			if got != want || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Fatalf("%s of %s: %v %v, the script says %v %v", src, s.State.JSON(), got, gotErr, want, wantErr)
			}
			if not, err := negated.Holds(s); err == nil && not == want || (err == nil) != (wantErr == nil) {
				t.Fatalf("not %s: %v %v", src, not, err)
			}
			if got {
				for _, term := range c.Terms() {
					if !holdsTerm(t, term, s) {
						t.Fatalf("%s holds, and its term %+v does not", src, term)
					}
				}
			}
		}
	})
}

// holdsTerm asks a term as a condition of its own.
func holdsTerm(t *rapid.T, term expr.Term, s expr.Subject) bool {
	place := term.Name
	for i, token := range term.Path.Tokens() {
		if term.Name == "event" && i == 0 {
			place += "." + token
		} else {
			place += fmt.Sprintf("[%q]", token)
		}
	}
	constant := string(term.Const.JSON())
	for from, to := range map[string]string{"null": "None", "true": "True", "false": "False"} {
		if constant == from {
			constant = to
		}
	}
	c, err := expr.Compile(place + " " + term.Op + " " + constant)
	if err != nil {
		t.Fatal(err)
	}
	ok, err := c.New().Holds(s)
	return ok && err == nil
}

func TestWhatAConditionAsksAbout(t *testing.T) {
	cases := []struct {
		src            string
		state, ofState bool
		typ, stream    string
		terms          int
		native         bool
	}{
		{`state.balance < 0`, true, true, "", "", 1, true},
		{`event.type == "Paid" and event.data.amount > 100`, false, false, "Paid", "", 2, false},
		{`event.type == "Paid" and event.stream == "s" and state.x == None`, true, false, "Paid", "s", 3, true},
		{`not event.type == "Paid"`, false, false, "", "", 1, true},
		{`event.type == "Paid" or position > 3`, false, false, "", "", 0, true},
		{`not not (event.type == "Paid")`, false, false, "Paid", "", 1, true},
		{`state.items[0].sku == "a"`, true, true, "", "", 0, false},
		{`state["0"] == 1`, true, true, "", "", 0, false},
		{`before.a != state.a`, true, false, "", "", 0, false},
		{`-5 > state.a`, true, true, "", "", 1, true},
		{`key == "k" and position > 1`, true, false, "", "", 2, true},
		{`len(state.items) > 3`, true, true, "", "", 0, false},
	}
	for _, c := range cases {
		cond, err := expr.Compile(c.src)
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		if cond.NeedsState() != c.state || cond.OfState() != c.ofState || cond.Wanted("type") != c.typ || cond.Wanted("stream") != c.stream {
			t.Errorf("%s: state %v %v, type %q, stream %q", c.src, cond.NeedsState(), cond.OfState(), cond.Wanted("type"), cond.Wanted("stream"))
		}
		if len(cond.Terms()) != c.terms || cond.New().Native() != c.native {
			t.Errorf("%s: terms %+v, native %v", c.src, cond.Terms(), cond.New().Native())
		}
	}
}

func TestPlacesThatAConditionReads(t *testing.T) {
	cases := []struct{ src, want string }{
		{`state.a.b > 1 and state["c"] == state.d[0].e`, "[/a/b /c /d] true"},
		{`len(state) > 1`, "[] false"},
		{`state.a[state.b] == 1`, "[/a /b] true"},
		{`[x for x in state.items if x.n > state.limit] == []`, "[/items /limit] true"},
		{`(lambda d: d.a)(state) == 1`, "[] false"},
		{`before.x == 1`, "[] true"},
		{`state.a.startswith("x")`, "[/a] true"},
		{`state[key] == 1`, "[] false"},
	}
	for _, c := range cases {
		cond, err := expr.Compile(c.src)
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		paths, known := cond.Places("state")
		if got := fmt.Sprint(paths, known); got != c.want {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
}

func TestBadConditions(t *testing.T) {
	state, err := value.Parse([]byte(`{"a":1,"t":"x","l":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ src, want string }{
		{``, "condition:1:1: "},
		{`state.a >`, "condition:1:10: "},
		{`state.a = 1`, "condition:1:10: "},
		{`x > 1`, "condition:1:1: undefined: x"},
		{`state.a > 1 and stte.b`, "condition:1:17: undefined: stte (did you mean state?)"},
		{`event.amount > 1`, "condition:1:6: an event has no field amount (the payload is under event.data"},
		{`state.a + "x" == 1`, "condition:1:9: cannot compute"},
		{`state.a < "x"`, "condition:1:9: cannot order number < text, at event 7"},
		{`state.t`, "a condition is True or False; this is text (compare it with something, or write bool(…)), at event 7"},
		{`state.missing + 1 > 0`, "condition:1:15: cannot compute None + number"},
		{`[x for x in range(100000000)] == 1`, "too many steps: more than 100000 for one event (is there a loop that does not end?)"},
		{`"a" * 100000000 == state.t`, "too much memory: more than 1 MiB for one event"},
		{`fail("stop")`, "condition:1:5: fail: stop, at event 7"},
		{`(lambda f: f(f))(lambda f: f(f))`, "condition:1:"},
		{`state.l[0] / 0 == 1`, "condition:1:12: "},
	}
	for _, c := range cases {
		err := bad(c.src, state)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.src, err, c.want)
		}
		if _, ok := errors.AsType[*script.Error](err); !ok {
			t.Errorf("%s: an error of another kind: %T", c.src, err)
		}
	}
}

func bad(src string, state *value.Node) error {
	c, err := expr.CompileLimited(src, expr.Limits{Steps: 100_000, Memory: 1 << 20})
	if err == nil {
		_, err = c.New().Holds(expr.Subject{State: state, Position: 7, Key: "k"})
	}
	return err
}

func TestRules(t *testing.T) {
	rules, err := expr.Rules("r.star", []byte(`
_MOST = 3
few = "state.n <= 3"
def also_few(state):
    """no more than three"""
    return _at_most(state.n, _MOST)
def _at_most(n, most):
    return not n > most
def typed(event, position):
    return event.type != None or position < 2
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	doc := value.Obj(value.Member{Name: "n", Value: value.Int(4)})
	for _, r := range rules {
		ok, err := r.Cond.New().Holds(expr.Subject{State: doc, Event: &event.Event{Type: "T"}, Position: 3})
		not, err2 := r.Cond.Not().New().Holds(expr.Subject{State: doc, Event: &event.Event{Type: "T"}, Position: 3})
		got = append(got, fmt.Sprintf("%s (%s): %v %v %v %v %v", r.Name, r.Text, ok, not, err, err2, r.Cond.NeedsState()))
	}
	want := "few (state.n <= 3): false true <nil> <nil> true\nalso_few (no more than three): false true <nil> <nil> true\n" +
		"typed (def typed): true false <nil> <nil> false"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"state.a < 0", "not (a or b)", "[x for x in state]", "state['a'][0].b == -1.5e3", "lambda: event", "event.data.x if key else 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		c, err := expr.CompileLimited(src, expr.Limits{Steps: 10_000, Memory: 1 << 20})
		if err != nil {
			return
		}
		doc := value.Obj(value.Member{Name: "a", Value: value.Int(1)})
		_, _ = c.New().Holds(expr.Subject{State: doc, Key: "k", Position: 1})
		_, _ = c.Not().New().Value(expr.Subject{})
	})
}
