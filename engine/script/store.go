package script

import (
	"strings"

	"asof/engine/value"

	"go.starlark.net/starlark"
)

// store makes a JSON value of what a script wants to keep. Storable are None, bool, number, text, list, tuple, dict with text
// keys, documents and parts of events, time (as RFC 3339 text) and duration (as exact seconds).
func (m *machine) store(v starlark.Value) (*value.Node, error) {
	if err := m.charge(writeSize); err != nil {
		return nil, err
	}
	return m.storeAt(v, 0)
}

// storeOnce is store for a value that goes into the document before the next one is stored: documents copy what they are given,
// so that a scalar needs no node of its own.
func (m *machine) storeOnce(v starlark.Value) (*value.Node, error) {
	if err := m.charge(writeSize); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case starlark.String:
		return m.pen.Str(string(v)), m.charge(scalarSize + len(v))
	case *decimal:
		if n := m.pen.Num(v.text); n != nil {
			return n, m.charge(scalarSize)
		}
	case starlark.Int:
		if i, ok := v.Int64(); ok {
			return m.pen.Int(i), m.charge(scalarSize)
		}
	}
	return m.storeAt(v, 0)
}

// writeSize is what the journal, the document and the index need for one write, beside the value.
const writeSize = 200

// scalarSize and containerSize are what a value needs in a document and in its journal.
const (
	scalarSize    = 100
	containerSize = 200
)

func (m *machine) storeAt(v starlark.Value, depth int) (*value.Node, error) {
	if err := m.charge(scalarSize); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case starlark.String:
		return value.Str(ownText(string(v), depth)), m.charge(len(v))
	case starlark.NoneType:
		return value.Nul(), nil
	case starlark.Bool:
		return value.Boolean(bool(v)), nil
	case starlark.Int:
		return wholeNode(v), nil
	case *decimal:
		if n := value.Num(ownText(v.text, depth)); n != nil {
			return n, nil
		}
		return nil, faultf("", "not a JSON number: %s", v.text)
	case *instant:
		return value.Str(v.time.Text()), nil
	case duration:
		return value.Num(v.seconds().Text()), nil
	}
	if depth >= maxDepth {
		return nil, depthFault()
	}
	if err := m.charge(containerSize); err != nil {
		return nil, err
	}
	return m.storeParts(v, depth)
}

// ownText copies a text that may lie in the event's bytes, where the value may be kept as it is: documents copy single values
// themselves, but the journal keeps what a list or dict became.
func ownText(s string, depth int) string {
	if depth == 0 {
		return s
	}
	return strings.Clone(s)
}

func wholeNode(v starlark.Int) *value.Node {
	if i, ok := v.Int64(); ok {
		return value.Int(i)
	}
	return value.Num(v.String())
}

func (m *machine) storeParts(v starlark.Value, depth int) (*value.Node, error) {
	switch v := v.(type) {
	case *objectView:
		return v.node, m.chargeNode(v.node)
	case *listView:
		return v.node, m.chargeNode(v.node)
	case *lazyObject:
		src, err := v.source()
		if err != nil {
			return nil, err
		}
		if err := m.charge(4 * len(src)); err != nil {
			return nil, err
		}
		n, err := value.Parse(src)
		if err != nil {
			return nil, faultf("", "the event's payload: %v", err)
		}
		return n, nil
	case *starlark.List:
		return m.storeItems(v, depth)
	case starlark.Tuple:
		return m.storeItems(v, depth)
	case *starlark.Dict:
		return m.storeDict(v, depth)
	case *eventView:
		return nil, faultf("keep event.data, or fields of it", "an event cannot be stored")
	}
	return nil, faultf("", "%s cannot be stored", kindOf(v))
}

func (m *machine) storeItems(list starlark.Indexable, depth int) (*value.Node, error) {
	items := make([]*value.Node, list.Len())
	for i := range items {
		n, err := m.storeAt(list.Index(i), depth+1)
		if err != nil {
			return nil, err
		}
		items[i] = n
	}
	return value.Arr(items...), nil
}

func (m *machine) storeDict(d *starlark.Dict, depth int) (*value.Node, error) {
	members := make([]value.Member, 0, d.Len())
	for _, item := range d.Items() {
		name, ok := item[0].(starlark.String)
		if !ok {
			return nil, faultf("str(k) makes a text of a number", "a dict with a key that is no text cannot be stored: %s", kindOf(item[0]))
		}
		n, err := m.storeAt(item[1], depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, value.Member{Name: strings.Clone(string(name)), Value: n})
	}
	if err := m.charge(48 * len(members)); err != nil {
		return nil, err
	}
	return value.Obj(members...), nil
}

// chargeNode counts a value that is about to be copied.
func (m *machine) chargeNode(n *value.Node) error {
	size := scalarSize + len(n.Text())
	if n.IsContainer() {
		size += containerSize
	}
	if err := m.charge(size); err != nil {
		return err
	}
	for _, item := range n.Items() {
		if err := m.chargeNode(item); err != nil {
			return err
		}
	}
	for name, item := range n.Members() {
		if err := m.charge(len(name)); err != nil {
			return err
		}
		if err := m.chargeNode(item); err != nil {
			return err
		}
	}
	return m.work(n.Len())
}

// elements copies what x yields: items of lists and tuples, keys of documents and dicts.
func (m *machine) elements(x starlark.Value) ([]starlark.Value, error) {
	iterable, ok := x.(starlark.Iterable)
	if !ok {
		hint := ""
		switch x.(type) {
		case starlark.NoneType:
			hint = "a missing field reads as None; write (x or [])"
		case starlark.String:
			hint = "s.elems() yields the characters of a text"
		}
		return nil, faultf(hint, "%s has no items to go through", kindOf(x))
	}
	size := starlark.Len(x)
	if err := m.charge(24 * max(size, 0)); err != nil {
		return nil, err
	}
	if err := m.work(size); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, 0, max(size, 0))
	iter := iterable.Iterate()
	defer iter.Done()
	var item starlark.Value
	for iter.Next(&item) {
		if size < 0 {
			if err := m.charge(48); err != nil {
				return nil, err
			}
		}
		out = append(out, item)
	}
	return out, nil
}

// dictOf copies a document or a dict into a dict of the script's own.
func (m *machine) dictOf(x starlark.Value) (*starlark.Dict, error) {
	doc, ok := asDocument(x)
	if d, plain := x.(*starlark.Dict); plain && !ok {
		if err := m.charge(100 * d.Len()); err != nil {
			return nil, err
		}
		return d, nil
	}
	if !ok {
		return nil, faultf("", "%s is not a dict", kindOf(x))
	}
	names, err := doc.names(m)
	if err != nil {
		return nil, err
	}
	if err := m.charge(100 * len(names)); err != nil {
		return nil, err
	}
	out := starlark.NewDict(len(names))
	for _, name := range names {
		v, _, err := doc.field(m, name)
		if err != nil {
			return nil, err
		}
		if err := out.SetKey(starlark.String(name), v); err != nil {
			return nil, err
		}
	}
	return out, nil
}
