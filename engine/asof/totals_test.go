package asof

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// state writes the whole state at a position in a canonical form.
func (m *model) state(at event.Position) string {
	var all []string
	for _, key := range m.order {
		if root := m.at(key, at).root; root != nil {
			all = append(all, fmt.Sprintf("%q %s", key, canonical(root)))
		}
	}
	slices.Sort(all)
	return fmt.Sprint(all)
}

func canonical(n *value.Node) string {
	switch n.Kind() {
	case value.Object:
		var all []string
		for name, v := range n.Members() {
			all = append(all, fmt.Sprintf("%q:%s", name, canonical(v)))
		}
		slices.Sort(all)
		return fmt.Sprint("{", all, "}")
	case value.Array:
		var all []string
		for _, v := range n.Items() {
			all = append(all, canonical(v))
		}
		return fmt.Sprint("[", all, "]")
	case value.Number:
		if d, err := value.ParseNumber(n.Text()); err == nil {
			return fmt.Sprint(d.Float64())
		}
	}
	return string(n.JSON())
}

func (m *model) count(at event.Position) (n int) {
	for _, key := range m.order {
		if m.at(key, at).root != nil {
			n++
		}
	}
	return n
}

func TestHashIsOfTheState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 90)
		ctx := context.Background()
		byState, byHash := map[string]uint64{}, map[uint64]string{}
		for at := range w.m.head + 1 {
			hash, err := w.ix.Hash(ctx, at)
			if err != nil {
				rt.Fatal(err)
			}
			state := w.m.state(at)
			if h, ok := byState[state]; ok && h != hash {
				rt.Fatalf("@ %d: equal states, hashes %x and %x", at, h, hash)
			}
			if s, ok := byHash[hash]; ok && s != state {
				rt.Fatalf("@ %d: hash %x of %s and of %s", at, hash, s, state)
			}
			byState[state], byHash[hash] = hash, state
			n, err := w.ix.KeyCount(ctx, at)
			if err != nil || n != w.m.count(at) {
				rt.Fatalf("@ %d: %d documents %v, want %d", at, n, err, w.m.count(at))
			}
		}
		if err := w.ix.Verify(ctx, nil); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestKeysEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 90)
		for at := range w.m.head + 1 {
			o := KeysOptions{
				Prefix: rapid.SampledFrom([]string{"", "s", "s-", "x"}).Draw(rt, "prefix"),
				After:  rapid.SampledFrom([]string{"", "all", "s-1", "s-2x", "zz"}).Draw(rt, "after"),
				Limit:  rapid.SampledFrom([]int{0, 1, 2}).Draw(rt, "limit"),
				Alive:  rapid.Bool().Draw(rt, "alive"),
			}
			var got []string
			for key, err := range w.ix.Keys(context.Background(), at, o) {
				if err != nil {
					rt.Fatal(err)
				}
				got = append(got, key)
			}
			if want := w.m.keys(at, o); !slices.Equal(got, want) {
				rt.Fatalf("@ %d %+v: %q, want %q", at, o, got, want)
			}
		}
	})
}

func (m *model) keys(at event.Position, o KeysOptions) (all []string) {
	for _, key := range m.order {
		w := m.at(key, at)
		if w.pos == 0 || (o.Alive && w.root == nil) || (o.After != "" && key <= o.After) || len(key) < len(o.Prefix) || key[:len(o.Prefix)] != o.Prefix {
			continue
		}
		all = append(all, key)
	}
	slices.Sort(all)
	if o.Limit > 0 && len(all) > o.Limit {
		all = all[:o.Limit]
	}
	return all
}

func TestTouchedAndDiffEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 90)
		ctx := context.Background()
		from := event.Position(rapid.Uint64Range(0, uint64(w.m.head)).Draw(rt, "from"))
		to := event.Position(rapid.Uint64Range(0, uint64(w.m.head)).Draw(rt, "to"))
		var touched, want []string
		for at := from + 1; at <= to; at++ {
			for _, key := range w.m.keysAt[at] {
				if !slices.Contains(want, key) {
					want = append(want, key)
				}
			}
		}
		for key, err := range w.ix.Touched(ctx, from, to) {
			if err != nil {
				rt.Fatal(err)
			}
			touched = append(touched, key)
		}
		if !slices.Equal(touched, want) {
			rt.Fatalf("touched %d to %d: %q, want %q", from, to, touched, want)
		}
		w.checkDiff(rt, from, to)
	})
}

func (w *world) checkDiff(t *rapid.T, from, to event.Position) {
	seen := map[string][]Difference{}
	for d, err := range w.ix.Diff(context.Background(), from, to, "") {
		if err != nil {
			t.Fatal(err)
		}
		seen[d.Key] = append(seen[d.Key], d)
	}
	for _, key := range w.m.order {
		a, b := w.m.at(key, from).root, w.m.at(key, to).root
		want := value.Diff(a, b)
		if len(want) != len(seen[key]) {
			t.Fatalf("diff of %s from %d to %d: %d rows, want %d", key, from, to, len(seen[key]), len(want))
		}
		for i, d := range want {
			got := seen[key][i]
			if got.Path != d.Path || got.Op != d.Op || !value.Equal(got.Old, d.Old) || !value.Equal(got.New, d.New) {
				t.Fatalf("diff of %s from %d to %d: %v, want %v", key, from, to, got, d)
			}
			if d.Op == value.Remove && b.At(d.Path.Parent()).Kind() != value.Array {
				var last event.Position
				for _, c := range w.m.history(key, d.Path, false) {
					if c.Position <= to {
						last = c.Position
					}
				}
				if got.Position != last {
					t.Fatalf("%s: %s %s was removed at %d, not %d, as of %d: %v", w.p.Name(), key, d.Path, last, got.Position, to, texts(w.m.history(key, d.Path, true)))
				}
			}
		}
	}
}

func TestStatsBoundWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := genWorld(rt, t, 80)
		if len(w.m.order) == 0 {
			return
		}
		key := rapid.SampledFrom(w.m.order).Draw(rt, "key")
		path := rapid.SampledFrom(w.m.paths(key)).Draw(rt, "path")
		all, err := w.ix.Stats(context.Background(), path, 0, 0)
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range w.m.history(key, path, false) {
			i := slices.IndexFunc(all, func(s SegmentStat) bool { return c.Position <= s.Last })
			s := all[i]
			if c.New == nil || c.New.IsContainer() { // a container changes with its parts, which have their own rows
				continue
			}
			if s.Kinds>>c.New.Kind()&1 == 0 || s.Count == 0 {
				rt.Fatalf("%s at %d: kinds %b, count %d", path, c.Position, s.Kinds, s.Count)
			}
			if c.New.Kind() == value.Number {
				d, _ := value.ParseNumber(c.New.Text())
				if f := d.Float64(); f < s.Min || f > s.Max {
					rt.Fatalf("%s at %d: %v is not within %v and %v", path, c.Position, f, s.Min, s.Max)
				}
			}
		}
	})
}
