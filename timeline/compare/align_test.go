package compare

import (
	"strings"
	"testing"

	"asof/engine/value"
	"pgregory.net/rapid"
)

func parse(t testing.TB, text string) *value.Node {
	t.Helper()
	if text == "" {
		return nil
	}
	n, err := value.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func picture(rows []Row) string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.TrimRight(string(r.Mark)+strings.Repeat(" ", r.Depth)+r.Label+" "+r.Left.Text+"|"+r.Right.Text, " "))
	}
	return strings.Join(lines, "\n")
}

func TestAlign(t *testing.T) {
	for _, c := range []struct {
		name, left, right string
		ignore            value.Pointer
		want              string
		counts            Counts
	}{
		{"equal by value", `{"a":1,"b":"x"}`, `{"b":"x","a":1.0}`, "-", " a 1|1.0\n b x|x", Counts{Equal: 2}},
		{"each mark", `{"a":1,"b":2,"c":3}`, `{"a":1,"n":0,"c":4}`, "-", " a 1|1\n+n |0\n-b 2|\n~c 3|4", Counts{1, 1, 1, 1}},
		{"inside", `{"o":{"x":1,"y":2}}`, `{"o":{"x":1,"y":3}}`, "-", ".o |\n  x 1|1\n~ y 2|3", Counts{Equal: 1, Changed: 1}},
		{"lists by index", `{"l":[1,2]}`, `{"l":[1,3,4]}`, "-", ".l |\n  0 1|1\n~ 1 2|3\n+ 2 |4", Counts{Equal: 1, Changed: 1, Added: 1}},
		{"of another kind", `{"o":{"x":1}}`, `{"o":5}`, "-", "~o |5\n- x 1|", Counts{Changed: 1}},
		{"one side only", ``, `{"a":{"b":1}}`, "-", "+a |\n+ b |1", Counts{Added: 1}},
		{"an empty one and none", ``, `{}`, "-", "+ |", Counts{Added: 1}},
		{"two scalars", `1`, `2`, "-", "~ 1|2", Counts{Changed: 1}},
		{"an empty list against a full one", `{"l":[]}`, `{"l":[1]}`, "-", ".l |\n+ 0 |1", Counts{Added: 1}},
		{"ignored", `{"o":{"x":1},"p":1}`, `{"o":{"x":2},"p":2}`, "/o", " o |\n  x 1|2\n~p 1|2", Counts{Equal: 1, Changed: 1}},
		{"nothing", ``, ``, "-", "", Counts{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var ignore []value.Pointer
			if c.ignore != "-" {
				ignore = []value.Pointer{c.ignore}
			}
			rows, counts := Align(parse(t, c.left), parse(t, c.right), Options{Ignore: ignore})
			if got := picture(rows); got != c.want || counts != c.counts {
				t.Errorf("got\n%s\n%+v\nwant\n%s\n%+v", got, counts, c.want, c.counts)
			}
		})
	}
}

// documents draws JSON values of few names, so that two of them have much in common.
func documents(depth int) *rapid.Generator[*value.Node] {
	return rapid.Custom(func(t *rapid.T) *value.Node {
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 1)
		}
		switch kind {
		case 0:
			return value.Int(int64(rapid.IntRange(0, 2).Draw(t, "number")))
		case 1:
			return value.Str(rapid.SampledFrom([]string{"", "x"}).Draw(t, "text"))
		case 2:
			return value.Arr(rapid.SliceOfN(documents(depth-1), 0, 3).Draw(t, "items")...)
		}
		var members []value.Member
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "", "/", "~x"}), 0, 4, rapid.ID).Draw(t, "names") {
			members = append(members, value.Member{Name: name, Value: documents(depth-1).Draw(t, "member")})
		}
		return value.Obj(members...)
	})
}

func TestRowsHoldBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := documents(3).Draw(t, "left"), documents(3).Draw(t, "right")
		rows, counts := Align(left, right, Options{})
		leaves := map[value.Pointer]bool{}
		for i, r := range rows {
			if r.Left.Node != left.At(r.Path) || r.Right.Node != right.At(r.Path) {
				t.Fatalf("row %q does not hold what stands there", r.Path)
			}
			leaves[r.Path] = true
			for _, below := range rows[i+1 : i+1+r.Below] {
				if !below.Path.HasPrefix(r.Path) || below.Depth <= r.Depth {
					t.Fatalf("%q is not below %q", below.Path, r.Path)
				}
			}
			if next := i + 1 + r.Below; next < len(rows) && rows[next].Path.HasPrefix(r.Path) && r.Path != "" {
				t.Fatalf("%q is below %q", rows[next].Path, r.Path)
			}
		}
		for _, side := range []*value.Node{left, right} {
			everyPath(side, "", func(p value.Pointer) {
				if p != "" && !leaves[p] {
					t.Fatalf("no row for %q", p)
				}
			})
		}
		if value.Equal(left, right) != (counts.Different() == 0) {
			t.Fatalf("counts %+v for equal = %v", counts, value.Equal(left, right))
		}
	})
}

func TestMirrored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := documents(3).Draw(t, "left"), documents(3).Draw(t, "right")
		_, there := Align(left, right, Options{})
		_, back := Align(right, left, Options{})
		if there.Added != back.Removed || there.Removed != back.Added || there.Changed != back.Changed || there.Equal != back.Equal {
			t.Fatalf("%+v one way and %+v the other", there, back)
		}
	})
}

func everyPath(n *value.Node, p value.Pointer, f func(value.Pointer)) {
	f(p)
	for name, v := range n.Members() {
		everyPath(v, p.Child(name), f)
	}
	for i, v := range n.Items() {
		everyPath(v, p.Elem(i), f)
	}
}
