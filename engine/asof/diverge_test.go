package asof

import (
	"context"
	"slices"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// otherScript does as testScript, but writes members where that writes a whole, and differs in a rare rule.
var otherScript = strings.NewReplacer(
	`state.deep = {"a": {"b": event.position % 3}}`, `state.deep = {"a": {}}; state.deep.a.b = event.position % 3`,
	`state.whole = d`, `state.whole = d if event.position % 13 else "thirteen"`,
).Replace(testScript)

func TestDivergenceIsTheFirstDifference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := genEvents(rt, 90)
		log := &memLog{events: events, head: event.Position(len(events)), block: 10}
		var side [2]*Index
		var models [2]*model
		for i, src := range []string{testScript, rapid.SampledFrom([]string{testScript, otherScript, otherScript}).Draw(rt, "other")} {
			p, err := projection.Script("test", "test.star", []byte(src), projection.Options{})
			if err != nil {
				rt.Fatal(err)
			}
			models[i] = fold(p, events)
			log.head = event.Position(len(events))
			side[i] = buildIndex(rt, t, log, p)
		}
		ignore := rapid.SampledFrom([][]value.Pointer{nil, nil, {"/whole"}, {"/n", "/whole/a", "/whole/b", "/whole/a"}, {"/deep"}}).Draw(rt, "ignore")
		d, found, err := Diverge(context.Background(), side[0], side[1], ignore)
		if err != nil {
			rt.Fatal(err)
		}
		want := firstDifference(models[0], models[1], ignore)
		if found != (want != 0) || d.Position != want {
			rt.Fatalf("divergence at %d %v %+v, want %d", d.Position, found, d, want)
		}
		if !found {
			return
		}
		a, b := models[0].get(d.Key, d.Path, want), models[1].get(d.Key, d.Path, want)
		if value.Equal(a, b) || !value.Equal(a, d.Left) || !value.Equal(b, d.Right) {
			rt.Fatalf("divergence %+v, want %s and %s", d, a.JSON(), b.JSON())
		}
	})
}

func firstDifference(a, b *model, ignore []value.Pointer) event.Position {
	for at := range a.head + 1 {
		for _, key := range a.order {
			for _, d := range value.Diff(a.at(key, at).root, b.at(key, at).root) {
				if !slices.ContainsFunc(ignore, d.Path.HasPrefix) {
					return at
				}
			}
		}
	}
	return 0
}

func TestRebuildAnswersTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 40)
		ctx := context.Background()
		before, err := w.ix.HistoryHash(ctx, w.m.head)
		if err != nil {
			rt.Fatal(err)
		}
		if err := w.ix.Rebuild(ctx, nil); err != nil {
			rt.Fatal(err)
		}
		after, err := w.ix.HistoryHash(ctx, w.m.head)
		if err != nil || before != after || w.ix.Built() != w.m.head {
			rt.Fatalf("%x built to %d, want %x to %d: %v", after, w.ix.Built(), before, w.m.head, err)
		}
		if err := w.ix.Verify(ctx, nil); err != nil {
			rt.Fatal(err)
		}
	})
}
