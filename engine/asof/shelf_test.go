package asof

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// shelfScript keeps maps in several places, and fills, empties and replaces them.
const shelfScript = `
def key(event):
    return event.data.key

def apply(state, event, key):
    d = event.data
    t = event.type
    if t == "Delete":
        return DELETE
    if t == "Fail":
        state.half = event.position
        fail("no")
    if state.maps == None:
        state.maps = {}
    m = d.map
    if t == "Root":
        for n in d.names:
            state["r" + n] = {"v": d.v, "n": event.position}
        return
    if state.maps[m] == None or t == "Replace":
        state.maps[m] = {}
    if t == "List":
        if state.list == None:
            state.list = [{}, {}]
        for n in d.names:
            state.list[1][n] = {"v": d.v}
    elif t == "Again":
        state.maps[m] = state.maps[m]
    elif t == "Remove":
        for n in d.names:
            delete(state.maps[m], n)
    elif t == "Deep":
        for n in d.names:
            if state.maps[m][n] == None:
                state.maps[m][n] = {"v": d.v}
            state.maps[m][n].deep = {"v": d.v, "at": event.position}
    elif t == "Order":
        state.order = [n for n in keys(state.maps[m])]
    else:
        for n in d.names:
            state.maps[m][n] = d.v
`

// genShelves is a world whose documents have maps that grow over and shrink under the least size of a shelf.
func genShelves(t *rapid.T, tb testing.TB, most int) *world {
	n := rapid.IntRange(most/2, most).Draw(t, "events")
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	types := []string{"Set", "Set", "Set", "Set", "Deep", "Deep", "Deep", "Remove", "Root", "List", "Again", "Order", "Fail", "Replace", "Delete"}
	if rapid.Bool().Draw(t, "calm") {
		types = types[:10]
	}
	events := make([]event.Event, n)
	for i := range events {
		names := ""
		for k := range 1 + rnd.IntN(3) {
			if k > 0 {
				names += ","
			}
			names += fmt.Sprintf(`"n%d/~"`, rnd.IntN(20))
		}
		v := []string{"1", "1.0", `"x"`, `"a long text that is a word"`, `{"a":1,"b":[1]}`, "null"}[rnd.IntN(6)]
		typ := types[rnd.IntN(len(types))]
		if typ == "Delete" && rnd.IntN(4) > 0 {
			typ = "Set"
		}
		raw := fmt.Sprintf(`{"key":"k%d","map":"m%d","names":[%s],"v":%s}`, rnd.IntN(2), rnd.IntN(2), names, v)
		events[i] = event.Event{
			Position: event.Position(i + 1), ID: fmt.Sprint("e", i), Stream: "s", Type: typ, Raw: []byte(raw), Payload: event.Whole(0, len(raw)),
		}
	}
	p, err := projection.Parse("shelves.star", projection.Options{ReadFile: func(string) ([]byte, error) { return []byte(shelfScript), nil }})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{p: p, m: fold(p, events)}
	w.log = &memLog{events: events, head: event.Position(n), block: rapid.IntRange(1, 20).Draw(t, "block")}
	w.ix = buildIndex(t, tb, w.log, w.p)
	return w
}

func TestDocumentsWithShelves(t *testing.T) {
	ctx := context.Background()
	worlds, shelved := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		worlds++
		w := genShelves(rt, t, 70)
		for _, key := range w.m.order {
			for at := range w.m.head + 1 {
				want := w.m.at(key, at)
				got, err := w.ix.State(ctx, key, at)
				if err != nil {
					rt.Fatal(err)
				}
				if a, b := stamped(got.Root), stamped(want.root); a != b {
					rt.Fatalf("%s @ %d: %s, want %s", key, at, a, b)
				}
				if got.Changed != want.changed || got.Tainted != want.tainted {
					rt.Fatalf("%s @ %d: %+v, want %+v", key, at, got, want)
				}
				writes, err := w.ix.Writes(ctx, key, at)
				if err != nil {
					rt.Fatal(err)
				}
				if want.pos == at {
					sameChanges(rt, writes, want.writes)
				}
			}
			paths := w.m.paths(key)
			for range 2 {
				path := rapid.SampledFrom(paths).Draw(rt, "path")
				w.checkHistory(rt, key, path)
				w.checkSteps(rt, key, path)
				w.checkParts(rt, key, path)
			}
		}
		w.checkHashes(rt)
		if err := w.ix.Verify(ctx, nil); err != nil {
			rt.Fatal(err)
		}
		for _, e := range w.ix.view.Load().extents {
			if e.rows > 0 {
				shelved++
				break
			}
		}
	})
	if 4*shelved < worlds {
		t.Errorf("%d of %d indexes have a shelf", shelved, worlds)
	}
}

func (w *world) checkParts(t *rapid.T, key string, path value.Pointer) {
	for at := range w.m.head + 1 {
		got, err := w.ix.Part(context.Background(), key, path, at)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := stamped(got), stamped(w.m.get(key, path, at)); a != b {
			t.Fatalf("%s %s @ %d: %s, want %s", key, path, at, a, b)
		}
	}
}

// checkHashes compares the hash of the state at every position with that of all documents.
func (w *world) checkHashes(t *rapid.T) {
	for at := range w.m.head + 1 {
		want := uint64(0)
		for _, key := range w.m.order {
			if root := w.m.at(key, at).root; root != nil {
				want += sumTree(hashKey(key), hashPath(""), root)
			}
		}
		got, err := w.ix.Hash(context.Background(), at)
		if err != nil || got != want {
			t.Fatalf("hash at %d: %x %v, want %x", at, got, err, want)
		}
	}
}

// sameNames reports whether two documents have the same members' names, or as many items, or are equal if they have neither.
func sameNames(a, b *value.Node) bool {
	if a.Kind() != b.Kind() || a.Len() != b.Len() || !b.IsContainer() && !value.Equal(a, b) {
		return false
	}
	for name := range b.Members() {
		if a.Get(name) == nil {
			return false
		}
	}
	return true
}

// TestWalksOverShelves walks documents with shelves as a whole, before and after each event, and fields of theirs.
func TestWalksOverShelves(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		w := genShelves(rt, t, 80)
		from := event.Position(rapid.Uint64Range(1, uint64(w.m.head)).Draw(rt, "from"))
		to := event.Position(rapid.Uint64Range(uint64(from), uint64(w.m.head)).Draw(rt, "to"))
		if rapid.Bool().Draw(rt, "all") {
			from, to = 1, w.m.head
		}
		o := WalkOptions{From: from, To: to, Before: rapid.Bool().Draw(rt, "before"), Quiet: rapid.Bool().Draw(rt, "quiet")}
		if rapid.Bool().Draw(rt, "fields") {
			o.Fields = []value.Pointer{"/maps/m0/n1~1~0", "/maps/m1/n2~1~0/deep/v", "/rn3~1~0/v", "/half"}
		}
		o.Names = o.Fields == nil && rapid.Bool().Draw(rt, "names")
		look := func() func(*Moment) (bool, bool, error) {
			return func(m *Moment) (bool, bool, error) {
				now, was := w.m.at(m.Key, m.Position).root, w.m.at(m.Key, m.Position-1).root
				if o.Names {
					if !sameNames(m.State, now) {
						return false, false, fmt.Errorf("%s @ %d: the names of %s, want those of %s", m.Key, m.Position, m.State.JSON(), now.JSON())
					}
					return false, false, nil
				}
				if o.Fields == nil {
					if a, b := stamped(m.State), stamped(now); a != b {
						return false, false, fmt.Errorf("%s @ %d: %s, want %s", m.Key, m.Position, a, b)
					}
					if a, b := stamped(m.Before), stamped(was); o.Before && a != b {
						return false, false, fmt.Errorf("%s before %d: %s, want %s", m.Key, m.Position, a, b)
					}
				}
				for _, f := range o.Fields {
					if a, b := m.State.At(f), now.At(f); !value.Equal(a, b) {
						return false, false, fmt.Errorf("%s %s @ %d: %s, want %s", m.Key, f, m.Position, a.JSON(), b.JSON())
					}
					if a, b := m.Before.At(f), was.At(f); o.Before && !value.Equal(a, b) {
						return false, false, fmt.Errorf("%s %s before %d: %s, want %s", m.Key, f, m.Position, a.JSON(), b.JSON())
					}
				}
				return false, false, nil
			}
		}
		spans := []Extent{{from, to}}
		if rapid.Bool().Draw(rt, "carried") { // from segment to segment, as a search goes
			o.Carry = NewCarry()
			var err error
			if spans, err = w.ix.Extents(ctx, 1, w.m.head); err != nil {
				rt.Fatal(err)
			}
		}
		for _, span := range spans {
			o.From, o.To = span.First, span.Last
			if _, err := Walk(ctx, w.ix, o, look); err != nil {
				rt.Fatal(err)
			}
		}
	})
}
