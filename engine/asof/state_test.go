package asof

import (
	"context"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

func TestStateIsFoldOfFirstEvents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 90)
		ctx := context.Background()
		if w.ix.Built() != w.m.head {
			rt.Fatalf("built to %d of %d", w.ix.Built(), w.m.head)
		}
		for _, key := range append(w.m.order, "nobody") {
			for at := range w.m.head + 1 {
				want := w.m.at(key, at)
				got, err := w.ix.State(ctx, key, at)
				if err != nil {
					rt.Fatal(err)
				}
				if a, b := stamped(got.Root), stamped(want.root); a != b {
					rt.Fatalf("%s @ %d: %s, want %s", key, at, a, b)
				}
				if got.Changed != want.changed || got.Tainted != want.tainted || got.Exists != (want.root != nil) {
					rt.Fatalf("%s @ %d: %+v, want %+v", key, at, got, want)
				}
			}
		}
	})
}

func TestKeysAndWritesOfAnEvent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 80)
		ctx := context.Background()
		for at := event.Position(1); at <= w.m.head; at++ {
			keys, err := w.ix.KeysAt(ctx, at)
			if err != nil {
				rt.Fatal(err)
			}
			if len(keys) != len(w.m.keysAt[at]) {
				rt.Fatalf("keys at %d: %q, want %q", at, keys, w.m.keysAt[at])
			}
			for i, key := range keys {
				if key != w.m.keysAt[at][i] {
					rt.Fatalf("keys at %d: %q, want %q", at, keys, w.m.keysAt[at])
				}
				got, err := w.ix.Writes(ctx, key, at)
				if err != nil {
					rt.Fatal(err)
				}
				sameChanges(rt, got, w.m.at(key, at).writes)
			}
		}
		var positions []event.Position
		for e, err := range w.ix.Errors(ctx, 0, 0) {
			if err != nil {
				rt.Fatal(err)
			}
			positions = append(positions, e.Position)
		}
		if len(positions) != len(w.m.errors) || w.ix.Info().Errors != len(w.m.errors) {
			rt.Fatalf("%d errors, %d counted, want %d", len(positions), w.ix.Info().Errors, len(w.m.errors))
		}
		for i, e := range w.m.errors {
			if positions[i] != e.Position {
				rt.Fatalf("error %d at %d, want %d", i, positions[i], e.Position)
			}
		}
	})
}

func sameChanges(t *rapid.T, got, want []Change) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d changes, want %d:\n%v\n%v", len(got), len(want), texts(got), texts(want))
	}
	for i := range got {
		if text(got[i]) != text(want[i]) {
			t.Fatalf("change %d: %s, want %s", i, text(got[i]), text(want[i]))
		}
	}
}

func texts(list []Change) (all []string) {
	for _, c := range list {
		all = append(all, text(c))
	}
	return all
}

func text(c Change) string {
	return string(value.Arr(value.Int(int64(c.Position)), value.Str(c.Key), value.Str(string(c.Path)), value.Str(c.Op.String()), wrap(c.Old), wrap(c.New)).JSON())
}

func wrap(n *value.Node) *value.Node {
	if n == nil {
		return value.Arr()
	}
	return value.Arr(n)
}
