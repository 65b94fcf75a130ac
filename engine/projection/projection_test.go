package projection

import (
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/value"
)

// folded is the document of the first key after all events.
func foldAll(t *testing.T, p Projection, events ...event.Event) map[string]string {
	t.Helper()
	docs := map[string]*value.Doc{}
	f := p.NewFolder()
	for i := range events {
		e, err := f.Prepare(&events[i])
		if err != nil {
			t.Fatal(err)
		}
		keys, err := f.Keys(e, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			if docs[key] == nil {
				docs[key] = value.NewDoc()
			}
			docs[key].Begin(uint64(i + 1))
			if err := f.Apply(docs[key], e, key); err != nil {
				t.Fatal(err)
			}
			docs[key].Commit()
		}
	}
	out := map[string]string{}
	for key, doc := range docs {
		out[key] = string(doc.Root().JSON())
	}
	return out
}

func ev(stream, typ, data string) event.Event {
	at, _ := event.ParseRFC3339("2026-01-15T10:00:00Z")
	return event.Event{Stream: event.StreamID(stream), Type: typ, Time: at, Raw: []byte(data), Payload: event.Whole(0, len(data))}
}

func parse(t *testing.T, ref, by string) Projection {
	t.Helper()
	p, err := Parse(ref, Options{By: by, ReadFile: func(string) ([]byte, error) {
		return []byte("def apply(state, event):\n    state.n = (state.n or 0) + event.data.n\n"), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBuiltins(t *testing.T) {
	const when = `"2026-01-15T10:00:00Z"`
	orders := []event.Event{
		ev("o-1", "Placed", `{"customer":{"name":"Ana"},"total":10.50,"order_id":7}`),
		ev("o-1", "Refunded", `{"refund":{"amount":0.1},"customer":{"city":"Porto"},"order_id":7}`),
		ev("o-1", "Refunded", `{"refund":{"amount":0.2},"lines":[{"qty":2},{"qty":3}],"order_id":8}`),
	}
	for _, c := range []struct{ ref, by, key, want string }{
		{"merge", "", "o-1", `{"$type":"Refunded","$count":3,"$first_time":` + when + `,"$last_time":` + when +
			`,"customer":{"name":"Ana","city":"Porto"},"total":10.50,"order_id":8,"refund":{"amount":0.2},"lines":[{"qty":2},{"qty":3}]}`},
		{"last", "", "o-1", `{"order_id":8,"refund":{"amount":0.2},"lines":[{"qty":2},{"qty":3}]}`},
		{"counts", "", "all", `{"Placed":1,"Refunded":2}`},
		{"tally", "", "o-1", `{"events":{"Placed":1,"Refunded":2},"sums":{"Placed":{"total":10.50},"Refunded":{"refund.amount":0.3,"lines[].qty":5}},"ids":{"order_id":{"7":2,"8":1}}}`},
		{"counts", "/data/order_id", "7", `{"Placed":1,"Refunded":1}`},
		{"counts", "/stream", "o-1", `{"Placed":1,"Refunded":2}`},
		{"counts", "/type", "Refunded", `{"Refunded":2}`},
		{"counts", "/data/customer/name", "Ana", `{"Placed":1}`},
	} {
		if got := foldAll(t, parse(t, c.ref, c.by), orders...)[c.key]; got != c.want {
			t.Errorf("%s by %q of %s:\n %s, want\n %s", c.ref, c.by, c.key, got, c.want)
		}
	}
}

func TestPayloadsThatAreNoObjects(t *testing.T) {
	got := foldAll(t, parse(t, "merge", ""), ev("s", "A", `[1,2]`), ev("s", "B", ``), ev("", "C", `{}`))
	if len(got) != 1 || !strings.Contains(got["s"], `"$data":[1,2]`) || !strings.Contains(got["s"], `"$count":2`) {
		t.Errorf("merge: %v", got)
	}
	if got := foldAll(t, parse(t, "last", ""), ev("s", "A", `{"a":1}`), ev("s", "B", `[1]`)); got["s"] != `[1]` {
		t.Errorf("last: %v", got)
	}
}

func TestByAList(t *testing.T) {
	got := foldAll(t, parse(t, "counts", "/data/tags"), ev("s", "A", `{"tags":["x","y","x",null,{"z":1},3]}`), ev("s", "B", `{"tags":"x"}`), ev("s", "C", `{}`))
	if len(got) != 3 || got["x"] != `{"A":1,"B":1}` || got["y"] != `{"A":1}` || got["3"] != `{"A":1}` {
		t.Errorf("by a list: %v", got)
	}
}

func TestScriptIsRegrouped(t *testing.T) {
	got := foldAll(t, parse(t, "x/sum.star", "/data/k"), ev("s", "A", `{"k":"a","n":0.1}`), ev("t", "A", `{"k":"a","n":0.2}`))
	if got["a"] != `{"n":0.3}` {
		t.Errorf("script: %v", got)
	}
	if p := parse(t, "x/sum.star", ""); p.Name() != "sum" || p.Source() == nil {
		t.Errorf("name %q, source %q", p.Name(), p.Source())
	}
}

func TestIdentityDependsOnSourceAndKey(t *testing.T) {
	seen := map[string]string{}
	for _, ref := range []string{"merge", "last", "counts", "tally", "a.star"} {
		for _, by := range []string{"", "/type", "/data/type"} {
			id := parse(t, ref, by).Identity()
			if other, ok := seen[id]; ok {
				t.Errorf("%s by %q has the identity of %s", ref, by, other)
			}
			seen[id] = ref + " by " + by
			if again := parse(t, ref, by).Identity(); again != id {
				t.Errorf("%s by %q: %s, then %s", ref, by, id, again)
			}
		}
	}
}

func TestRefusedReferences(t *testing.T) {
	for _, c := range []struct{ ref, by, says string }{
		{"nothing", "", "merge, last, counts, tally"},
		{"merge", "data/x", "JSON Pointer"},
		{"merge", "/payload/x", "legal are"},
		{"merge", "/type/x", "no parts"},
	} {
		_, err := Parse(c.ref, Options{By: c.by})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s by %q: %v, want %q", c.ref, c.by, err, c.says)
		}
	}
}

func FuzzLookupFindsWhatParsingFinds(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,"x",{"c":null}]},"a":2}`), "/a/b/1")
	f.Add([]byte(` { "a\u0062" : [ ] , "" : "\"" } `), "/ab")
	f.Add([]byte(`[1,`), "/1")
	f.Fuzz(func(t *testing.T, src []byte, path string) {
		p, err := value.ParsePointer(path)
		if err != nil {
			return
		}
		raw, ok := lookup(src, p.Tokens())
		n, err := value.Parse(src)
		if err != nil {
			return // then lookup only has to come back
		}
		want := n.At(p)
		if ok != (want != nil) {
			t.Fatalf("%s in %s: %v, want %v", path, src, ok, want != nil)
		}
		if !ok {
			return
		}
		if got, err := value.Parse(raw); err != nil || !value.Equal(got, want) {
			t.Fatalf("%s in %s: %s %v, want %s", path, src, raw, err, want.JSON())
		}
	})
}
