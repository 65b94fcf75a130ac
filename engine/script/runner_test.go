package script_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"
)

func compiled(t testing.TB, src string) *script.Program {
	t.Helper()
	p, err := script.Compile("test.star", []byte(src), script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The writes that a body makes, as the journal has them.
func TestWrites(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"a member", "state.a = 1", "add /a 1"},
		{"the same value again", "state.n = 5.0", "same /n 5.0"},
		{"another value", "state.n = 6", "replace /n 6"},
		{"an object is one write", "state.o = {'a': {'b': 1}}", `add /o {"a":{"b":1}}`},
		{"append", "state.l.append(3)", "add /l/2 3"},
		{"pop of the last", "state.l.pop()", "remove /l/1 "},
		{"index assignment", "state.l[0] = 9", "replace /l/0 9"},
		{"negative index assignment", "state.l[-1] = 9", "replace /l/1 9"},
		{"insert is one replace", "state.l.insert(0, 0)", "replace /l [0,1,2]"},
		{"pop of the first is one replace", "state.l.pop(0)", "replace /l [2]"},
		{"extend is one replace", "state.l.extend([3])", "replace /l [1,2,3]"},
		{"remove is one replace", "state.l.remove(1)", "replace /l [2]"},
		{"clear is one replace", "state.l.clear()", "replace /l []"},
		{"extend by nothing writes nothing", "state.l.extend([])", ""},
		{"delete", "delete(state, 'n')", "remove /n "},
		{"in an item", "state.m[0].sku = 'b'", `replace /m/0/sku "b"`},
		{"a name that needs escapes", "state['a/b~c'] = 1", "add /a~1b~0c 1"},
		{"DELETE", "return DELETE", "remove  "},
		{"a path written twice", "state.a = 1\nstate.a = 2", "add /a 2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := compiled(t, "def init(key):\n    return {'n': 5, 'l': [1, 2], 'm': [{'sku': 'a'}]}\n"+
				"def apply(state, event):\n    if event.version == 1:\n        return\n"+indent(c.body)+"\n").New()
			doc := value.NewDoc()
			var got []string
			for i := range 2 {
				doc.Begin(uint64(i + 1))
				if err := r.Apply(doc, order(i+1, `{}`), "k"); err != nil {
					t.Fatal(err)
				}
				got = nil
				for _, w := range doc.Commit() {
					got = append(got, fmt.Sprintf("%s %s %s", w.Op, w.Path, w.New.JSON()))
				}
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("writes %q; want %q", got, c.want)
			}
		})
	}
}

func TestAnErrorUndoesWhatTheEventWrote(t *testing.T) {
	r := compiled(t, "def apply(state, event):\n    state.n = (state.n or 0) + 1\n    state.l = [1]\n    event.data.x + 1\n").New()
	doc := value.NewDoc()
	doc.Begin(1)
	if err := r.Apply(doc, order(1, `{"x":1}`), "k"); err != nil {
		t.Fatal(err)
	}
	doc.Commit()
	doc.Begin(2)
	err := r.Apply(doc, order(2, `{}`), "k")
	doc.Rollback()
	if e := scriptError(t, err); e.Line != 4 || e.Col != 18 || e.Position != 2 || e.Type != "OrderPlaced" {
		t.Errorf("error %+v", e)
	}
	doc.Begin(3)
	if err := r.Apply(doc, order(3, `{"x":1}`), "k"); err != nil {
		t.Fatalf("an event after an error: %v", err)
	}
	doc.Commit()
	if got := string(doc.Root().JSON()); got != `{"n":2,"l":[1]}` {
		t.Errorf("document %s", got)
	}
}

func TestKeys(t *testing.T) {
	cases := []struct{ body, want string }{
		{"return event.stream", "[order-1]"},
		{"return None", "[]"},
		{"pass", "[]"},
		{"return ''", "[]"},
		{"return ['a', event.data.k]", "[a x]"},
		{"return event.streams", "[order-1 customer-7]"},
		{"return event.data.l", "[p q]"},
		{"return []", "[]"},
		{"return 42", "!test.star:1:1: key must return a text, None, or a list of texts, not number"},
		{"return ['a', None]", "!its list has None"},
		{"return ['a', 'a']", "!distinct"},
		{"return event.data", "!not document"},
		{"return event.data.n + 1", "!test.star:2:25: cannot compute None + number"},
	}
	for _, c := range cases {
		r := compiled(t, "def key(event):\n    "+c.body+"\ndef apply(state, event):\n    pass\n").New()
		got, err := r.Keys(order(1, `{"k":"x","l":["p","q"]}`), nil)
		want, fails := strings.CutPrefix(c.want, "!")
		switch {
		case fails && (err == nil || !strings.Contains(err.Error(), want) || len(got) != 0):
			t.Errorf("%s: %v, error %v; want an error with %q", c.body, got, err, want)
		case !fails && (err != nil || strings.Trim(fmt.Sprint(got), "[]") != strings.Trim(want, "[]")):
			t.Errorf("%s: %v, error %v; want %s", c.body, got, err, want)
		}
	}
}

func TestKeysWithoutAKeyFunction(t *testing.T) {
	r := compiled(t, "def apply(state, event):\n    pass\n").New()
	if got, err := r.Keys(order(1, `{}`), []string{"before"}); err != nil || fmt.Sprint(got) != "[before order-1]" {
		t.Errorf("keys %v, error %v", got, err)
	}
	if got, err := r.Keys(&event.Event{}, nil); err != nil || len(got) != 0 {
		t.Errorf("keys of an event without a stream: %v, error %v", got, err)
	}
}

func TestUpcast(t *testing.T) {
	cases := []struct{ body, want string }{
		{"return event", `same`},
		{"return replace(event, type='New')", `New {"a":1.10}`},
		{"return replace(event, data={'b': event.data.a, 'c': [event.time]})", `OrderPlaced {"b":1.10,"c":["2026-01-15T10:00:00.5+02:00"]}`},
		{"return replace(replace(event, data={'a': 2}), type='T')", `T {"a":2}`},
		{"return replace(event, data=None)", `OrderPlaced `},
		{"return None", "!upcast must return the event, or replace(event, …), not None"},
		{"return event.data", "!not document"},
		{"return replace(event, stream='x')", "!replace changes type, data and metadata, not stream"},
		{"return replace(event, type=1)", "!an event's type is a text"},
	}
	for _, c := range cases {
		r := compiled(t, "def upcast(event):\n    "+c.body+"\ndef apply(state, event):\n    pass\n").New()
		e := order(1, `{"a":1.10}`)
		got, err := r.Upcast(e)
		want, fails := strings.CutPrefix(c.want, "!")
		switch {
		case fails:
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v; want %q", c.body, err, want)
			}
		case err != nil:
			t.Errorf("%s: %v", c.body, err)
		case want == "same":
			if got != e {
				t.Errorf("%s: another event", c.body)
			}
		case got.Type+" "+string(got.Data()) != want:
			t.Errorf("%s: %s %s; want %s", c.body, got.Type, got.Data(), want)
		}
	}
}

func TestInitAndKeyReachTheScript(t *testing.T) {
	src := "def init(key):\n    return {'id': key, 'n': 1.50}\ndef apply(state, event, key):\n    state.k = key\n"
	got, err := folded(t, src, `{}`)
	if want := `{"id":"order-1","n":1.50,"k":"order-1"}`; err != nil || got != want {
		t.Errorf("got %s, error %v; want %s", got, err, want)
	}
	n, err := compiled(t, src).New().Init("x")
	if err != nil || string(n.JSON()) != `{"id":"x","n":1.50}` {
		t.Errorf("Init: %s, error %v", n.JSON(), err)
	}
	_, err = folded(t, "def init(key):\n    return 1\ndef apply(state, event):\n    pass\n", `{}`)
	if err == nil || !strings.Contains(err.Error(), "test.star:1:1: init must return a dict, not number") {
		t.Errorf("error %v", err)
	}
}

func TestProgramsAreShared(t *testing.T) {
	p := compiled(t, "RATES = {'a': 0.1}\ndef apply(state, event):\n    state.n = (state.n or 0) + RATES['a'] * event.data.n\n")
	if !p.Has("apply") || p.Has("key") {
		t.Error("Has does not tell the script's functions")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, doc := p.New(), value.NewDoc()
			for i := range 200 {
				doc.Begin(uint64(i + 1))
				if err := r.Apply(doc, order(i+1, `{"n":2.5}`), "k"); err != nil {
					t.Error(err)
					return
				}
				doc.Commit()
			}
			if got := string(doc.Root().JSON()); got != `{"n":50.00}` {
				t.Errorf("document %s", got)
			}
		}()
	}
	wg.Wait()
}

func TestPrint(t *testing.T) {
	var lines []string
	src := "def apply(state, event):\n    print('n =', event.data.n)\n"
	p, err := script.Compile("test.star", []byte(src), script.Options{Print: func(place, text string) { lines = append(lines, place+" "+text) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.New().Apply(newDoc(), order(1, `{"n":1.50}`), "k"); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 1 || lines[0] != "test.star:2:10 n = 1.50" {
		t.Errorf("printed %q", lines)
	}
}

func TestTraceLeadsThroughTheCalls(t *testing.T) {
	_, err := folded(t, "def inner(x):\n    return x + 1\ndef apply(state, event):\n    state.a = inner(event.data.a)\n", `{}`)
	e := scriptError(t, err)
	if want := "test.star:4:20: in apply\ntest.star:2:14: in inner"; e.Trace != want || e.Line != 2 {
		t.Errorf("trace %q, line %d; want %q", e.Trace, e.Line, want)
	}
}

func TestRepeatedKeysInData(t *testing.T) {
	r := compiled(t, "def apply(state, event):\n    state.x = event.data.x\n").New()
	e := order(1, `{"x":1,"x":2}`)
	e.Marks |= event.RepeatedKey
	doc := newDoc()
	if err := r.Apply(doc, e, "k"); err != nil || string(doc.Root().JSON()) != `{"x":2}` {
		t.Errorf("document %s, error %v", doc.Root().JSON(), err)
	}
}

func TestCompileErrors(t *testing.T) {
	const ok = "def apply(state, event):\n    pass\n"
	cases := []struct{ name, src, want string }{
		{"nothing", "", "test.star:1:1: the script has no function apply (write def apply(state, event): or"},
		{"no apply", "def key(event):\n    return 1\n", "the script has no function apply"},
		{"apply of one", "def apply(state):\n    pass\n", "test.star:1:5: apply takes the wrong parameters (write def apply(state, event)"},
		{"apply of four", "def apply(a, b, c, d):\n    pass\n", "test.star:1:5: apply takes the wrong parameters"},
		{"key of two", ok + "def key(a, b):\n    pass\n", "test.star:3:5: key takes the wrong parameters (write def key(event):)"},
		{"init of none", ok + "def init():\n    pass\n", "test.star:3:5: init takes the wrong parameters (write def init(key):)"},
		{"upcast of none", ok + "def upcast():\n    pass\n", "upcast takes the wrong parameters"},
		{"unknown name", "def apply(state, event):\n    state.a = foo\n", "test.star:2:15: undefined: foo"},
		{"misspelt built-in", "def apply(state, event):\n    state.a = sortd([])\n", "test.star:2:15: undefined: sortd (did you mean sorted?)"},
		{"misspelt name", "TABLE = 1\ndef apply(state, event):\n    state.a = TABEL\n", "undefined: TABEL (did you mean TABLE?)"},
		{"another language's and", "def apply(state, event):\n    state.a = 1 && 2\n", "(write and)"},
		{"another language's not", "def apply(state, event):\n    state.a = !state.b\n", "(write not)"},
		{"another language's equality", "def apply(state, event):\n    state.a = state.b === 2\n", "(write == to compare)"},
		{"another language's nothing", "def apply(state, event):\n    state.a = null\n", "undefined: null (write None)"},
		{"a name with a sign", "def apply(state, event):\n    state.a = state.$type\n", `stands in brackets: state["$type"]`},
		{"a field alone", "def apply(state, event):\n    state.a = status\n", "undefined: status (a field is written state.status, or event.data.status)"},
		{"syntax", "def apply(state, event):\n    state.a = = 1\n", "test.star:2:15: "},
		{"while", "def apply(state, event):\n    while True:\n        pass\n", "test.star:2:5: while is not part of the language (use for, with break)"},
		{"load", "load('x.star', 'y')\n" + ok, "test.star:1:1: load is not part of the language"},
		{"assigned twice", "a = 1\na = 2\n" + ok, "test.star:2:1: cannot reassign global a"},
		{"top level fails", "a = 1 / 0\n" + ok, "test.star:1:7: division by zero"},
		{"if at the top", "if True:\n    pass\n" + ok, "test.star:1:1: if statement not within a function"},
		{"set", "def apply(state, event):\n    state.a = set()\n", "test.star:2:15: undefined: set (use a dict"},
		{"tuple augmented", "def apply(state, event):\n    a, b += 1\n", "test.star:2:5: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := script.Compile("test.star", []byte(c.src), script.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want %q", err, c.want)
			}
		})
	}
	for _, src := range []string{
		"def apply(state, event, key=None):\n    pass\n", "def apply(*args):\n    pass\n", "def apply(s, e, k, x=1):\n    pass\n",
		"set = 1\ndef apply(state, event):\n    state.a = set\n",
	} {
		if _, err := script.Compile("test.star", []byte(src), script.Options{}); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
}
