package value

import (
	"bytes"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// parts lists the containers of a document, for a verb to choose from.
func parts(n *Node, kind Kind) []*Node {
	var found []*Node
	if n.Kind() == kind {
		found = append(found, n)
	}
	if n.IsContainer() {
		for _, kid := range n.body.kids {
			if kid != nil {
				found = append(found, parts(kid, kind)...)
			}
		}
	}
	return found
}

// drawVerb does one random verb, and the same on the naive model: an immutable value that is built anew.
func drawVerb(t *rapid.T, d *Doc, model **Node) {
	v := nodes(2).Draw(t, "value")
	lists, objects := parts(d.root, Array), parts(d.root, Object)
	if len(objects) > 0 && rapid.Bool().Draw(t, "a part of the document") {
		v = rapid.SampledFrom(append(objects, lists...)).Draw(t, "part")
	}
	plain := mustPlain(v)
	name := rapid.SampledFrom(someNames).Draw(t, "name")
	kind := rapid.IntRange(0, 11).Draw(t, "verb")
	switch {
	case kind == 0 && rapid.Bool().Draw(t, "really"):
		d.Delete()
		*model = nil
	case kind == 1 || d.root == nil:
		ok(t, d.SetRoot(v))
		*model = plain
	case kind <= 6 && len(objects) > 0:
		parent := rapid.SampledFrom(objects).Draw(t, "object")
		p := PathOf(parent)
		if kind == 2 {
			ok(t, d.DeleteMember(parent, name))
			*model = edited(*model, p.Tokens(), func(n *Node) *Node { return withoutMember(n, name) })
			return
		}
		ok(t, d.SetMember(parent, name, v))
		*model = edited(*model, p.Tokens(), func(n *Node) *Node { return withMember(n, name, plain) })
	case len(lists) > 0:
		drawListVerb(t, d, model, rapid.SampledFrom(lists).Draw(t, "list"), v)
	}
}

func drawListVerb(t *rapid.T, d *Doc, model **Node, list, v *Node) {
	p, plain := PathOf(list).Tokens(), mustPlain(v)
	last := list.Len() - 1
	edit := func(f func(items []*Node) []*Node) {
		*model = edited(*model, p, func(n *Node) *Node {
			var items []*Node
			for _, item := range n.Items() {
				items = append(items, item)
			}
			return Arr(f(items)...)
		})
	}
	switch kind := rapid.IntRange(0, 3).Draw(t, "list verb"); {
	case kind == 0 && last >= 0:
		if _, err := d.Pop(list); err != nil {
			t.Fatal(err)
		}
		edit(func(items []*Node) []*Node { return items[:last] })
	case kind == 1 && last >= 0:
		i := rapid.IntRange(0, last).Draw(t, "index")
		ok(t, d.SetItem(list, i, v))
		edit(func(items []*Node) []*Node { items[i] = plain; return items })
	case kind == 2:
		items := append([]*Node{v}, list.body.kids...)
		ok(t, d.ReplaceList(list, items))
		edit(func(items []*Node) []*Node { return append([]*Node{plain}, items...) })
	default:
		ok(t, d.Append(list, v))
		edit(func(items []*Node) []*Node { return append(items, plain) })
	}
}

func ok(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustPlain is v without any tie to a document.
func mustPlain(v *Node) *Node {
	n, err := Parse(v.JSON())
	if err != nil {
		panic(err)
	}
	return n
}

func edited(n *Node, path []string, f func(*Node) *Node) *Node {
	if len(path) == 0 {
		return f(n)
	}
	if n.Kind() == Array {
		i, _ := strconv.Atoi(path[0])
		var items []*Node
		for _, item := range n.Items() {
			items = append(items, item)
		}
		items[i] = edited(items[i], path[1:], f)
		return Arr(items...)
	}
	return withMember(n, path[0], edited(n.Get(path[0]), path[1:], f))
}

func withMember(n *Node, name string, v *Node) *Node {
	var members []Member
	for s, kid := range n.Members() {
		members = append(members, Member{s, kid})
	}
	return Obj(append(members, Member{name, v})...)
}

func withoutMember(n *Node, name string) *Node {
	var members []Member
	for s, kid := range n.Members() {
		if s != name {
			members = append(members, Member{s, kid})
		}
	}
	return Obj(members...)
}

// TestDocLaws folds random events: the document is what a naive model says; undoing an event restores it to the byte, stamps
// included; applying its writes to the document before gives the document after, with the short cut for frequent writes and
// without; a parked document goes on as if it had not been parked; stamps move exactly where something was written.
func TestDocLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := NewNames()
		d, replayed, redone := NewDoc(), NewDoc(), NewDoc()
		var model *Node
		for event := range uint64(rapid.IntRange(1, 8).Draw(t, "events")) {
			stamp, before, was := event+1, d.AppendBinary(nil, names), model
			root := d.root.Clone()
			d.Begin(stamp)
			for range rapid.IntRange(0, 6).Draw(t, "verbs") {
				drawVerb(t, d, &model)
			}
			if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
				d.Rollback()
				model = was
				sameBytes(t, "undone", d.AppendBinary(nil, names), before)
				continue
			}
			writes := d.Commit()
			checkWrites(t, writes, root, stamp, d)
			if !bytes.Equal(d.root.JSON(), model.JSON()) {
				t.Fatalf("document %s, model %s", d.root.JSON(), model.JSON())
			}
			for _, w := range writes {
				if err := replayed.Apply(stamp, w); err != nil {
					t.Fatalf("%v %q: %v", w.Op, w.Path, err)
				}
				redo(t, redone, stamp, w)
			}
			sameBytes(t, "replayed", replayed.AppendBinary(nil, names), d.AppendBinary(nil, names))
			sameBytes(t, "redone", redone.AppendBinary(nil, names), d.AppendBinary(nil, names))
			if rapid.Bool().Draw(t, "parked") {
				d = parked(t, d, names)
			}
		}
	})
}

// redo does w by the short cut if w is one of the writes it is for, with some of the text taken from what stands there.
func redo(t *rapid.T, d *Doc, stamp uint64, w Write) {
	t.Helper()
	if kind := w.New.Kind(); w.Op != Remove && (kind == Number || kind == String) {
		text, shared := w.New.Text(), 0
		if old := d.root.At(w.Path); old.Kind() == kind {
			for shared < min(len(text), len(old.Text())) && text[shared] == old.Text()[shared] {
				shared++
			}
			shared = rapid.IntRange(0, shared).Draw(t, "shared")
		}
		before := d.AppendBinary(nil, NewNames())
		if d.Redo(stamp, w.Path, kind, w.New.flags&flagPlain != 0, shared, []byte(text[shared:])) {
			return
		}
		sameBytes(t, "not redone", d.AppendBinary(nil, NewNames()), before)
	}
	if w.New.IsContainer() && (w.Op == Add || w.Op == Replace) {
		names, before := NewNames(), d.AppendBinary(nil, NewNames())
		if d.RedoWhole(stamp, w.Path, AppendValue(nil, w.New, names), names) {
			return
		}
		sameBytes(t, "not redone", d.AppendBinary(nil, NewNames()), before)
	}
	ok(t, d.Apply(stamp, w))
}

func sameBytes(t *rapid.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Fatalf("%s: got %x, want %x", what, got, want)
	}
}

func parked(t *rapid.T, d *Doc, names *Names) *Doc {
	text := append(d.AppendBinary(nil, names), "rest"...)
	again, rest, err := DecodeDoc(text, names)
	if err != nil || string(rest) != "rest" {
		t.Fatalf("decoding: %v, rest %q", err, rest)
	}
	return again
}

// checkWrites checks what the writes say against the document before, and the stamps after.
func checkWrites(t *rapid.T, writes []Write, before *Node, stamp uint64, d *Doc) {
	model, moved := before, false
	for _, w := range writes {
		old := model.At(w.Path)
		if !bytes.Equal(old.JSON(), w.Old.JSON()) {
			t.Fatalf("%v %q: old is %s, and %s stood there", w.Op, w.Path, w.Old.JSON(), old.JSON())
		}
		if (w.Op == Same) != (Equal(w.Old, w.New)) || (w.Op == Add) != (w.Old == nil) || (w.Op == Remove) != (w.New == nil) {
			t.Fatalf("%v of %s by %s", w.Op, w.Old.JSON(), w.New.JSON())
		}
		moved = moved || w.Op != Same
		model = stepped(model, w)
	}
	if !bytes.Equal(model.JSON(), d.root.JSON()) {
		t.Fatalf("writes lead to %s, not %s", model.JSON(), d.root.JSON())
	}
	if moved != (d.Changed() == stamp) {
		t.Fatalf("changed %d at %d, moved: %v", d.Changed(), stamp, moved)
	}
	checkStamps(t, "", d.root, before, writes, stamp)
}

func stepped(n *Node, w Write) *Node {
	if w.Path == "" {
		return w.New
	}
	return edited(n, w.Path.Parent().Tokens(), func(parent *Node) *Node {
		last := w.Path.Last()
		switch {
		case parent.Kind() == Object && w.Op == Remove:
			return withoutMember(parent, last)
		case parent.Kind() == Object:
			return withMember(parent, last, w.New)
		}
		i, _ := strconv.Atoi(last)
		items := append([]*Node(nil), parent.body.kids[:i]...)
		if w.Op != Remove {
			items = append(items, w.New)
		}
		return Arr(append(items, parent.body.kids[min(i+1, parent.Len()):]...)...)
	})
}

// checkStamps: the stamp of a node is the event's exactly if a change was at, below or above its path.
func checkStamps(t *rapid.T, p Pointer, n, before *Node, writes []Write, stamp uint64) {
	if n == nil {
		return
	}
	touched := false
	for _, w := range writes {
		touched = touched || w.Op != Same && (w.Path.HasPrefix(p) || p.HasPrefix(w.Path))
	}
	if touched && n.Changed() != stamp && !Equal(n, before.At(p)) || !touched && n.Changed() != before.At(p).Changed() {
		t.Fatalf("%q: stamp %d at %d, touched: %v", p, n.Changed(), stamp, touched)
	}
	for name, kid := range n.Members() {
		checkStamps(t, p.Child(name), kid, before, writes, stamp)
	}
	for i, kid := range n.Items() {
		checkStamps(t, p.Elem(i), kid, before, writes, stamp)
	}
}
