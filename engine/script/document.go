package script

import (
	"asof/engine/value"

	"go.starlark.net/starlark"
)

// objectView is a JSON object as scripts see it: a document or a part of one, or a part of an event or of decoded text, which
// cannot be written. An attribute is always the field of that name; there are no methods.
type objectView struct {
	m        *machine
	node     *value.Node
	writable bool
}

// String is the object's JSON text.
func (v *objectView) String() string { return string(v.node.JSON()) }

// Type is the kind that type(x) answers.
func (v *objectView) Type() string { return "document" }

// Freeze does nothing: what may be written is decided by where the object stands.
func (v *objectView) Freeze() {}

// Truth is false for an object without members.
func (v *objectView) Truth() starlark.Bool { return v.node.Len() > 0 }

// Hash refuses: documents are no keys.
func (v *objectView) Hash() (uint32, error) { return 0, faultf("", "a document cannot be a key") }

// Len is the count of members.
func (v *objectView) Len() int { return v.node.Len() }

// Attr implements starlark.HasAttrs.
func (v *objectView) Attr(name string) (starlark.Value, error) {
	return v.m.load(v.node.Get(name), v.writable), nil
}

// AttrNames lists the members.
func (v *objectView) AttrNames() []string {
	var out []string
	for name := range v.node.Members() {
		out = append(out, name)
	}
	return out
}

func (v *objectView) names(m *machine) ([]string, error) {
	if err := m.charge(16 * v.node.Len()); err != nil {
		return nil, err
	}
	return v.AttrNames(), nil
}

func (v *objectView) field(m *machine, name string) (starlark.Value, bool, error) {
	n := v.node.Get(name)
	return m.load(n, v.writable), n != nil, m.workText(len(name))
}

// Get implements starlark.Mapping.
func (v *objectView) Get(key starlark.Value) (starlark.Value, bool, error) {
	name, ok := key.(starlark.String)
	if !ok {
		return nil, false, faultf("", "the keys of a document are texts, not %s", kindOf(key))
	}
	return v.field(v.m, string(name))
}

// Iterate yields the names of the members as they were when the loop began.
func (v *objectView) Iterate() starlark.Iterator {
	return &nameIterator{names: v.AttrNames()}
}

// nameIterator yields names.
type nameIterator struct{ names []string }

// Next implements starlark.Iterator.
func (it *nameIterator) Next(p *starlark.Value) bool {
	if len(it.names) == 0 {
		return false
	}
	*p, it.names = starlark.String(it.names[0]), it.names[1:]
	return true
}

// Done implements starlark.Iterator.
func (it *nameIterator) Done() {}

func readOnlyFault() error {
	return faultf("list(x) and dict(x) make a copy", "what an event says cannot be changed")
}

// SetField implements starlark.HasSetField: x.name = y copies y into the document.
func (v *objectView) SetField(name string, y starlark.Value) error {
	if !v.writable {
		return readOnlyFault()
	}
	if stands(y, v.node.Get(name)) {
		return nil
	}
	if err := v.m.charge(len(name)); err != nil {
		return err
	}
	n, err := v.m.storeOnce(y)
	if err != nil {
		return err
	}
	return writeFault(v.m.doc.SetMember(v.node, name, n))
}

// stands reports whether y is the very part of the document that stands there already, as after x.list += y.
func stands(y starlark.Value, n *value.Node) bool {
	switch y := y.(type) {
	case *listView:
		return y.writable && y.node == n
	case *objectView:
		return y.writable && y.node == n
	}
	return false
}

// SetKey implements starlark.HasSetKey.
func (v *objectView) SetKey(key, y starlark.Value) error {
	name, ok := key.(starlark.String)
	if !ok {
		return faultf("str(k) makes a text of a number", "the keys of a document are texts, not %s", kindOf(key))
	}
	return v.SetField(string(name), y)
}

// load is a node as the script sees it; a missing one is None.
func (m *machine) load(n *value.Node, writable bool) starlark.Value {
	switch n.Kind() {
	case value.Bool:
		return starlark.Bool(n.IsTrue())
	case value.Number:
		return m.numberText(n.Text())
	case value.String:
		return starlark.String(n.Text())
	case value.Array:
		v := m.lists.take()
		*v = listView{m: m, node: n, writable: writable}
		return v
	case value.Object:
		v := m.objects.take()
		*v = objectView{m: m, node: n, writable: writable}
		return v
	}
	return starlark.None
}

// numberText is numberText with a decimal of the machine's stock.
func (m *machine) numberText(text string) starlark.Value {
	if v, ok := wholeText(text); ok {
		return v
	}
	d := m.decimals.take()
	*d = decimal{text: text}
	return d
}

// numberText is a number's token as a value.
func numberText(text string) starlark.Value {
	if v, ok := wholeText(text); ok {
		return v
	}
	return &decimal{text: text}
}
