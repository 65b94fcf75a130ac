package script

import (
	"errors"

	"asof/engine/value"

	"go.starlark.net/starlark"
)

// listView is a JSON array as scripts see it. Like objectView it is written through the document's journal, or not at all.
type listView struct {
	m        *machine
	node     *value.Node
	writable bool
}

// String is the array's JSON text.
func (v *listView) String() string { return string(v.node.JSON()) }

// Type is the kind that type(x) answers.
func (v *listView) Type() string { return "list" }

// Freeze does nothing: what may be written is decided by where the array stands.
func (v *listView) Freeze() {}

// Truth is false for an empty array.
func (v *listView) Truth() starlark.Bool { return v.node.Len() > 0 }

// Hash refuses: lists are no keys.
func (v *listView) Hash() (uint32, error) { return 0, faultf("", "a list cannot be a key") }

// Len is the count of items.
func (v *listView) Len() int { return v.node.Len() }

// Index implements starlark.Indexable.
func (v *listView) Index(i int) starlark.Value { return v.m.load(v.node.Item(i), v.writable) }

// Iterate yields the items that the list has when it is asked for the next one; a loop over a list that the loop empties ends.
func (v *listView) Iterate() starlark.Iterator { return &itemIterator{list: v} }

// itemIterator yields items.
type itemIterator struct {
	list *listView
	next int
}

// Next implements starlark.Iterator.
func (it *itemIterator) Next(p *starlark.Value) bool {
	if it.next >= it.list.Len() {
		return false
	}
	*p = it.list.Index(it.next)
	it.next++
	return true
}

// Done implements starlark.Iterator.
func (it *itemIterator) Done() {}

// SetIndex implements starlark.HasSetIndex: a change of that item.
func (v *listView) SetIndex(i int, y starlark.Value) error {
	if !v.writable {
		return readOnlyFault()
	}
	if stands(y, v.node.Item(i)) {
		return nil
	}
	n, err := v.m.storeOnce(y)
	if err != nil {
		return err
	}
	return writeFault(v.m.doc.SetItem(v.node, i, n))
}

// writeFault gives an error of a document's verb its remedy.
func writeFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, value.ErrDetached):
		return faultf("read it again from state", "this part of the document has been replaced or removed; it cannot be written any more")
	}
	return faultf("", "%v", err)
}

// listMethod is one of the verbs of documents' lists.
type listMethod func(v *listView, args starlark.Tuple) (starlark.Value, error)

// listMethodFor finds a verb and how many arguments it takes.
func listMethodFor(name string) (do listMethod, least, most int) {
	switch name {
	case "append":
		return (*listView).append, 1, 1
	case "insert":
		return (*listView).insert, 2, 2
	case "extend":
		return (*listView).extend, 1, 1
	case "pop":
		return (*listView).pop, 0, 1
	case "remove":
		return (*listView).remove, 1, 1
	case "clear":
		return (*listView).clear, 0, 0
	case "index":
		return (*listView).index, 1, 1
	}
	return nil, 0, 0
}

func (v *listView) append(args starlark.Tuple) (starlark.Value, error) {
	n, err := v.m.storeOnce(args[0])
	if err != nil {
		return nil, err
	}
	return starlark.None, writeFault(v.m.doc.Append(v.node, n))
}

// items copies the list's nodes, to be changed and put back as a whole.
func (v *listView) items(extra int) ([]*value.Node, error) {
	if err := v.m.charge(16 * (v.node.Len() + extra)); err != nil {
		return nil, err
	}
	out := make([]*value.Node, 0, v.node.Len()+extra)
	for _, item := range v.node.Items() {
		out = append(out, item)
	}
	return out, v.m.work(len(out))
}

func (v *listView) replace(items []*value.Node) (starlark.Value, error) {
	return starlark.None, writeFault(v.m.doc.ReplaceList(v.node, items))
}

func (v *listView) insert(args starlark.Tuple) (starlark.Value, error) {
	at, ok := wholeOr(args[0]).(starlark.Int)
	if !ok {
		return nil, faultf("", "an index is a whole number, not %s", kindOf(args[0]))
	}
	n, err := v.m.store(args[1])
	if err != nil {
		return nil, err
	}
	items, err := v.items(1)
	if err != nil {
		return nil, err
	}
	i := clampIndex(at, len(items))
	items = append(items, nil)
	copy(items[i+1:], items[i:])
	items[i] = n
	return v.replace(items)
}

// clampIndex is an index as insert and slices take it: negative ones count from the end, far ones mean an end.
func clampIndex(at starlark.Int, n int) int {
	i, ok := at.Int64()
	switch {
	case !ok && at.Sign() < 0:
		return 0
	case !ok:
		return n
	case i < 0:
		return int(max(0, i+int64(n)))
	}
	return int(min(i, int64(n)))
}

func (v *listView) extend(args starlark.Tuple) (starlark.Value, error) {
	more, err := v.m.elements(args[0])
	if err != nil {
		return nil, err
	}
	if len(more) == 0 {
		return starlark.None, nil
	}
	items, err := v.items(len(more))
	if err != nil {
		return nil, err
	}
	for _, item := range more {
		n, err := v.m.store(item)
		if err != nil {
			return nil, err
		}
		items = append(items, n)
	}
	return v.replace(items)
}

func (v *listView) pop(args starlark.Tuple) (starlark.Value, error) {
	var at starlark.Value = starlark.MakeInt(-1)
	if len(args) == 1 {
		at = args[0]
	}
	if v.Len() == 0 {
		return nil, faultf("test it with len(x)", "pop from an empty list")
	}
	whole, ok := wholeOr(at).(starlark.Int)
	if !ok {
		return nil, faultf("", "an index is a whole number, not %s", kindOf(at))
	}
	i, _ := whole.Int64()
	if i < 0 {
		i += int64(v.Len())
	}
	if i < 0 || i >= int64(v.Len()) {
		return nil, faultf("test it with len(x)", "index %s is beyond a list of %d", whole.String(), v.Len())
	}
	item := v.node.Item(int(i))
	if err := v.m.chargeNode(item); err != nil {
		return nil, err
	}
	out := v.m.load(item.Clone(), false)
	return out, v.cut(int(i))
}

// cut removes item i.
func (v *listView) cut(i int) error {
	if i == v.Len()-1 {
		_, err := v.m.doc.Pop(v.node)
		return writeFault(err)
	}
	items, err := v.items(0)
	if err != nil {
		return err
	}
	_, err = v.replace(append(items[:i], items[i+1:]...))
	return err
}

func (v *listView) find(x starlark.Value) (int, error) {
	for i := range v.Len() {
		if err := v.m.work(1); err != nil {
			return 0, err
		}
		if eq, err := v.m.equal(v.Index(i), x, 0); err != nil || eq {
			return i, err
		}
	}
	return -1, nil
}

func (v *listView) remove(args starlark.Tuple) (starlark.Value, error) {
	i, err := v.find(args[0])
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, faultf("test it with in", "remove: the list has no such item")
	}
	return starlark.None, v.cut(i)
}

func (v *listView) index(args starlark.Tuple) (starlark.Value, error) {
	i, err := v.find(args[0])
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, faultf("test it with in", "index: the list has no such item")
	}
	return starlark.MakeInt(i), nil
}

func (v *listView) clear(starlark.Tuple) (starlark.Value, error) {
	if v.Len() == 0 {
		return starlark.None, nil
	}
	return v.replace(nil)
}
