package value

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// patched does the steps one after the other, as RFC 6902 has it, on immutable values.
func patched(n *Node, path []string, s Difference) *Node {
	if len(path) == 0 {
		return s.New
	}
	if n.Kind() == Array {
		i, _ := elemIndex(path[0])
		var items []*Node
		for _, item := range n.Items() {
			items = append(items, item)
		}
		switch {
		case len(path) > 1 || s.Op == Replace:
			items[i] = patched(items[i], path[1:], s)
		case s.Op == Add:
			items = slices.Insert(items, i, s.New)
		default:
			items = slices.Delete(items, i, i+1)
		}
		return Arr(items...)
	}
	var members []Member
	for name, kid := range n.Members() {
		if name != path[0] {
			members = append(members, Member{name, kid})
		}
	}
	return Obj(append(members, Member{path[0], patched(n.Get(path[0]), path[1:], s)})...)
}

func TestDiffLeadsFromOneToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := nodes(3).Draw(t, "a"), nodes(3).Draw(t, "b")
		got := a
		for _, step := range Diff(a, b) {
			if !Equal(got.At(step.Path), step.Old) && step.Op != Add {
				t.Fatalf("%s: old is %s, and %s stands there", step.Path, step.Old.JSON(), got.At(step.Path).JSON())
			}
			got = patched(got, step.Path.Tokens(), step)
		}
		if !Equal(got, b) {
			t.Fatalf("from %s to %s: got %s", a.JSON(), b.JSON(), got.JSON())
		}
		if steps := Diff(a, respelt(t, a)); len(steps) > 0 {
			t.Fatalf("no difference between the same: %v", steps)
		}
	})
}

func TestDiffOfLists(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{`[1,2,3]`, `[1,3]`, `remove /1`},
		{`[1,3]`, `[1,2,3]`, `add /1`},
		{`[1,2,3]`, `[1,5,3]`, `replace /1`},
		{`[1,2,3,4]`, `[9]`, `replace /0, remove /3, remove /2, remove /1`},
		{`[{"a":1,"b":2}]`, `[{"a":1,"b":3}]`, `replace /0/b`},
		{`{"a":[1]}`, `{"a":{"0":1}}`, `replace /a`},
		{`[]`, `[]`, ``},
	} {
		got := ""
		for i, step := range Diff(mustParse(t, c.a), mustParse(t, c.b)) {
			if i > 0 {
				got += ", "
			}
			got += step.Op.String() + " " + string(step.Path)
		}
		if got != c.want {
			t.Errorf("%s to %s: got %s, want %s", c.a, c.b, got, c.want)
		}
	}
}
