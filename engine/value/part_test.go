package value

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestADocumentInParts takes the members out of an object of a document, and puts them back in shares.
func TestADocumentInParts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, names := NewDoc(), NewNames()
		above := rapid.SampledFrom([]Pointer{"", "/a~1b", "/list/1"}).Draw(rt, "at")
		d.Begin(1)
		ok(rt, d.SetRoot(Obj(Member{"x", Int(1)}, Member{"a/b", Obj()}, Member{"list", Arr(Nul(), Obj())})))
		d.Commit()
		for i := range rapid.IntRange(0, 40).Draw(rt, "writes") {
			d.Begin(uint64(2 + i))
			name := fmt.Sprint("m", rapid.IntRange(0, 20).Draw(rt, "member"))
			if rapid.IntRange(0, 4).Draw(rt, "verb") == 0 {
				ok(rt, d.DeleteMember(d.root.At(above), name))
			} else {
				ok(rt, d.SetMember(d.root.At(above), name, nodes(1).Draw(rt, "value")))
			}
			d.Commit()
		}
		want := d.AppendBinary(nil, names)
		object := d.root.At(above)
		hollow, rest, err := DecodeDoc(d.AppendHollow(nil, names, []*Node{object}), names)
		if err != nil || len(rest) > 0 || hollow.root.At(above).Len() > 0 || hollow.root.At(above).Changed() != object.Changed() {
			rt.Fatalf("hollow: %v, rest %q", err, rest)
		}
		sameBytes(rt, "after", d.AppendBinary(nil, names), want)
		var members []string
		var values []*Node
		for name, v := range object.Members() {
			members, values = append(members, name), append(values, v)
		}
		cut := rapid.IntRange(0, len(members)).Draw(rt, "cut")
		for i, to := range []int{cut, len(members)} {
			from := i * cut
			part, _, err := DecodeDoc(d.AppendMembers(nil, names, members[from:to], values[from:to], d.Changed()), names)
			ok(rt, err)
			var some []Member
			for name, v := range part.root.Members() {
				some = append(some, Member{name, v})
			}
			if !hollow.Adopt(above, some, false) {
				rt.Fatal("no object")
			}
		}
		sameBytes(rt, "together", hollow.AppendBinary(nil, names), want)
		for name := range object.Members() {
			ok(rt, hollow.Set(above.Child(name), Nul())) // the members know where they stand
		}
		hollow.Commit()
		hollow.Touch(99, above)
		for p := above; ; p = p.Parent() {
			if hollow.root.At(p).Changed() != 99 {
				rt.Fatalf("%s: %d", p, hollow.root.At(p).Changed())
			}
			if p == "" {
				break
			}
		}
	})
}

func TestNamesBelow(t *testing.T) {
	for _, c := range []struct {
		p, q  Pointer
		name  string
		below bool
		child bool
	}{
		{"/a/b~1c/d", "/a", "b/c", true, false},
		{"/a/b", "/a", "b", true, true},
		{"/a", "/a", "", false, false},
		{"/ab", "/a", "", false, false},
		{"/a", "", "a", true, true},
		{"", "", "", false, false},
		{"/", "", "", true, true},
	} {
		name, below := c.p.Below(c.q)
		if name != c.name || below != c.below || c.p.IsChild(c.q) != c.child {
			t.Errorf("%q below %q: %q %v %v", c.p, c.q, name, below, c.p.IsChild(c.q))
		}
	}
}
