package value

import (
	"testing"

	"pgregory.net/rapid"
)

// What is kept of a document is as the document was, stamps included, whatever is put together in the journal's room afterwards.
func TestKeepOutlivesTheJournal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, j := NewNames(), &Journal{}
		var kept, want []*Node
		for i := range rapid.IntRange(1, 6).Draw(t, "documents") {
			j.Clear()
			first := NewDoc()
			first.Begin(uint64(2*i + 1))
			members := []Member{{"root", nodes(3).Draw(t, "value")}}
			for m := range rapid.SampledFrom([]int{0, 3, 40, 700}).Draw(t, "more") { // up to more than the room is for
				members = append(members, Member{Int(int64(m)).Text(), Str("some text")})
			}
			if err := first.SetRoot(Obj(members...)); err != nil {
				t.Skip(err)
			}
			first.Commit()
			d, _, err := j.DecodeDoc(first.AppendBinary(nil, names), names)
			if err != nil {
				t.Fatal(err)
			}
			for k := range rapid.IntRange(0, 5).Draw(t, "writes") {
				name := Pointer("").Child(rapid.SampledFrom(someNames).Draw(t, "name"))
				text := rapid.SampledFrom([]string{"", "a text", "a text that is longer than those that slabs of texts have room for"}).Draw(t, "text")
				if !d.Redo(uint64(100+k), name, String, true, 0, []byte(text)) {
					if err := d.Apply(uint64(100+k), Write{Path: name, Op: Replace, New: Str(text)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			want = append(want, d.Root().Copy())
			kept = append(kept, d.Keep())
		}
		j.Clear()
		for i := range kept {
			sameStamps(t, kept[i], want[i])
		}
	})
}

func sameStamps(t *rapid.T, a, b *Node) {
	if a.Kind() != b.Kind() || a.text != b.text || a.stamp != b.stamp || a.Len() != b.Len() || a.flags&flagPlain != b.flags&flagPlain {
		t.Fatalf("%s at %d, not %s at %d", a.JSON(), a.stamp, b.JSON(), b.stamp)
	}
	if a.Kind() == Object {
		for name, kid := range b.Members() {
			sameStamps(t, a.Get(name), kid)
		}
	}
	for i, item := range b.Items() {
		sameStamps(t, a.Item(i), item)
	}
}

func TestKeepOfAnAbsentDocument(t *testing.T) {
	d := NewDoc()
	d.Share(&Journal{})
	if d.Keep() != nil {
		t.Error("nothing is kept as something")
	}
}
