package asof

import (
	"context"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// related reports whether a write of a moment is at, below or above the path.
func (w moment) related(path value.Pointer) bool {
	for _, c := range w.writes {
		if c.Path.HasPrefix(path) || path.HasPrefix(c.Path) {
			return true
		}
	}
	return false
}

// history is what History must answer, by looking at all states.
func (m *model) history(key string, path value.Pointer, writes bool) (all []Change) {
	var old *value.Node
	for _, w := range m.docs[key] {
		now := w.root.At(path)
		c := Change{w.pos, key, path, opBetween(old, now), old, now}
		switch {
		case old == nil && now == nil:
		case c.Op != value.Same, writes && w.related(path):
			all = append(all, c)
		}
		old = now
	}
	return all
}

// paths lists all paths that a key's document ever had, and a few that it had not.
func (m *model) paths(key string) []value.Pointer {
	seen := map[value.Pointer]bool{}
	list := []value.Pointer{"", "/none", "/a/none"}
	var walk func(p value.Pointer, n *value.Node)
	walk = func(p value.Pointer, n *value.Node) {
		if !seen[p] && p != "" {
			seen[p] = true
			list = append(list, p)
		}
		for name, v := range n.Members() {
			walk(p.Child(name), v)
		}
		for i, v := range n.Items() {
			walk(p.Elem(i), v)
		}
	}
	for _, w := range m.docs[key] {
		walk("", w.root)
	}
	return list
}

func TestStepsAndHistoriesEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 80)
		if len(w.m.order) == 0 {
			return
		}
		key := rapid.SampledFrom(w.m.order).Draw(rt, "key")
		paths := w.m.paths(key)
		for range min(len(paths), 3) {
			path := rapid.SampledFrom(paths).Draw(rt, "path")
			w.checkHistory(rt, key, path)
			w.checkSteps(rt, key, path)
		}
	})
}

func (w *world) checkHistory(t *rapid.T, key string, path value.Pointer) {
	from := event.Position(rapid.Uint64Range(0, uint64(w.m.head)).Draw(t, "from"))
	to := event.Position(rapid.Uint64Range(0, uint64(w.m.head)).Draw(t, "to"))
	for _, o := range []HistoryOptions{{}, {Writes: true}, {Reverse: true}, {From: from, To: to}, {From: from, To: to, Reverse: true, Writes: true}} {
		var want, got []Change
		for _, c := range w.m.history(key, path, o.Writes) {
			if c.Position < o.From || (o.To > 0 && c.Position > o.To) {
				continue
			}
			if o.Reverse {
				want = append([]Change{c}, want...)
			} else {
				want = append(want, c)
			}
		}
		for c, err := range w.ix.History(context.Background(), key, path, o) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c)
		}
		t.Logf("%s %s %+v", key, path, o)
		sameChanges(t, got, want)
	}
}

func (w *world) checkSteps(t *rapid.T, key string, path value.Pointer) {
	changes := w.m.history(key, path, false)
	for at := range w.m.head + 2 {
		var prev, next Change
		for _, c := range changes {
			if c.Position < at {
				prev = c
			}
			if c.Position > at && next.Position == 0 {
				next = c
			}
		}
		got, found, err := w.ix.Prev(context.Background(), key, path, at)
		if err != nil || found != (prev.Position != 0) || text(got) != text(prev) {
			t.Fatalf("prev of %s %s before %d: %s %v, want %s", key, path, at, text(got), err, text(prev))
		}
		got, found, err = w.ix.Next(context.Background(), key, path, at)
		if err != nil || found != (next.Position != 0) || text(got) != text(next) {
			t.Fatalf("next of %s %s after %d: %s %v, want %s", key, path, at, text(got), err, text(next))
		}
	}
}
