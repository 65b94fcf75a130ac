package value

import (
	"testing"

	"pgregory.net/rapid"
)

// An outline has the names of the document that it is drawn of, whatever is written to it, and however it was stored.
func TestOutline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := NewNames()
		var o Outline
		doc := NewDoc()
		for step := range uint64(rapid.IntRange(1, 30).Draw(t, "steps")) {
			name := rapid.SampledFrom(someNames).Draw(t, "name")
			root := doc.Root()
			doc.Begin(step + 1)
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what == 0 || root == nil && what < 6:
				n := nodes(2).Draw(t, "root")
				if doc.SetRoot(n) == nil {
					o.Set(n)
				}
			case what == 1:
				doc.Delete()
				o.Clear()
			case what < 6 && root.Kind() == Object:
				there := root.Get(name) != nil
				if doc.SetMember(root, name, Int(1)) == nil && o.Add(name, names) == there {
					t.Fatalf("adding %q, which is there: %v", name, there)
				}
			case what < 6 && root.Kind() == Array:
				if doc.Append(root, Int(1)) == nil && !o.Add(string(Pointer("").Elem(root.Len() - 1)[1:]), names) {
					t.Fatal("an item more is no change")
				}
			case what == 6 && root.Kind() == Object:
				if doc.DeleteMember(root, name) == nil {
					o.Remove(name)
				}
			case what == 6 && root.Len() > 0:
				if _, err := doc.Pop(root); err == nil {
					o.Remove("")
				}
			}
			doc.Commit()
			switch rapid.IntRange(0, 3).Draw(t, "stored") {
			case 0:
				if err := o.Load(doc.AppendBinary(nil, names), names); err != nil {
					t.Fatal(err)
				}
			case 1:
				if err := o.Restore(o.Append(nil, names), names); err != nil {
					t.Fatal(err)
				}
			}
			compareOutline(t, o.Root(), doc.Root())
		}
	})
}

func compareOutline(t *rapid.T, got, want *Node) {
	if got.Kind() != want.Kind() || got.Len() != want.Len() || !want.IsContainer() && !Equal(got, want) {
		t.Fatalf("%s, want the outline of %s", got.JSON(), want.JSON())
	}
	for name := range want.Members() {
		if got.Get(name) == nil {
			t.Fatalf("%s has no %q, as %s has", got.JSON(), name, want.JSON())
		}
	}
}

// What is no outline is not taken for one.
func TestOutlineOfDamage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o Outline
		names := NewNames("a", "b")
		src := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "bytes")
		if err := o.Load(src, names); err == nil {
			_ = o.Root().JSON()
		}
	})
}
