package script

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// attribute reads x.name.
type attribute struct {
	inner
	m     *machine
	name  string
	field eventField
}

func newAttribute(m *machine, name string) *attribute {
	return &attribute{m: m, name: name, field: eventFieldOf(name)}
}

// Binary implements starlark.HasBinary: x is what is read from.
func (a *attribute) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	switch x := x.(type) {
	case *eventView:
		return x.read(a.field, a.name)
	case *objectView:
		return a.m.load(x.node.Get(a.name), x.writable), nil
	case *lazyObject:
		v, _, err := x.field(a.m, a.name)
		return v, err
	case starlark.NoneType:
		return x, nil
	case *instant:
		return x.attr(a.name)
	case duration:
		return x.attr(a.name)
	}
	if a.m.lenient && (isScalar(x) || isList(x)) {
		return starlark.None, nil
	}
	return nil, a.fault(x)
}

func (a *attribute) fault(x starlark.Value) error {
	hint := ""
	switch {
	case isList(x):
		hint = "items are read by index: x[0]"
	case x.Type() == "dict":
		hint = `a dict that the script made is read with d["` + a.name + `"]`
	}
	return faultf(hint, "%s has no field %s", kindOf(x), a.name)
}

// member reads x["name"].
type member struct {
	inner
	m    *machine
	name string
}

// Binary implements starlark.HasBinary: x is what is read from.
func (b *member) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	switch x := x.(type) {
	case *objectView:
		return b.m.load(x.node.Get(b.name), x.writable), nil
	case *lazyObject:
		v, _, err := x.field(b.m, b.name)
		return v, err
	}
	if b.m.lenient && (isScalar(x) || isList(x)) {
		return starlark.None, nil
	}
	return b.m.readIndex(x, starlark.String(b.name))
}

// readIndex is x[y]. What is missing reads as None, but for an index beyond the end of a list.
func (m *machine) readIndex(x, y starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.NoneType:
		return x, nil
	case *starlark.Dict:
		key, err := m.key(y, 0)
		if err != nil {
			return nil, err
		}
		v, found, err := x.Get(key)
		if !found {
			return starlark.None, err
		}
		return v, err
	case *eventView:
		return nil, faultf("write event.type, event.data …", "an event is not read by index")
	case starlark.String:
		return m.readText(x, y)
	}
	if doc, ok := asDocument(x); ok {
		name, ok := y.(starlark.String)
		if !ok {
			return nil, faultf("", "the keys of a document are texts, not %s", kindOf(y))
		}
		v, _, err := doc.field(m, string(name))
		return v, err
	}
	seq, ok := asSequence(x)
	if !ok {
		return nil, faultf("", "%s cannot be read by index", kindOf(x))
	}
	i, ok, err := m.indexIn(y, seq.Len(), x)
	if !ok {
		return starlark.None, err
	}
	return seq.Index(i), nil
}

func (m *machine) readText(x starlark.String, y starlark.Value) (starlark.Value, error) {
	i, ok, err := m.indexIn(y, len(x), x)
	if !ok {
		return starlark.None, err
	}
	return x[i : i+1], nil
}

// indexIn is y as an index from 0 into something of n items; negative ones count from the end.
func (m *machine) indexIn(y starlark.Value, n int, x starlark.Value) (int, bool, error) {
	whole, ok := wholeOr(y).(starlark.Int)
	if !ok {
		return 0, false, faultf("", "an index is a whole number, not %s", kindOf(y))
	}
	i, small := whole.Int64()
	at := i
	if at < 0 {
		at += int64(n)
	}
	if !small || at < 0 || at >= int64(n) {
		if m.lenient {
			return 0, false, nil
		}
		return 0, false, faultf("test it with len(x)", "index %s is beyond a %s of %d", whole.String(), kindOf(x), n)
	}
	return int(at), true, nil
}

// document is what has fields: a document, a part of an event, a dict of the script's own.
type document interface {
	names(m *machine) ([]string, error)
	field(m *machine, name string) (v starlark.Value, found bool, err error)
	Len() int
}

func asDocument(x starlark.Value) (document, bool) {
	switch x := x.(type) {
	case *objectView:
		return x, true
	case *lazyObject:
		return x, true
	case *starlark.Dict:
		return dictDocument{x}, textKeys(x)
	}
	return nil, false
}

// asSequence is x as something with items; texts are none.
func asSequence(x starlark.Value) (starlark.Indexable, bool) {
	switch x := x.(type) {
	case starlark.String, starlark.Bytes:
		return nil, false
	case starlark.Indexable:
		return x, true
	}
	return nil, false
}

func isList(x starlark.Value) bool {
	switch x.(type) {
	case *starlark.List, *listView:
		return true
	}
	return false
}

// dictDocument reads a script's own dict as a document.
type dictDocument struct{ dict *starlark.Dict }

func textKeys(d *starlark.Dict) bool {
	iter := d.Iterate()
	defer iter.Done()
	var key starlark.Value
	for iter.Next(&key) {
		if _, ok := key.(starlark.String); !ok {
			return false
		}
	}
	return true
}

func (d dictDocument) names(m *machine) ([]string, error) {
	if err := m.charge(16 * d.dict.Len()); err != nil {
		return nil, err
	}
	out := make([]string, 0, d.dict.Len())
	iter := d.dict.Iterate()
	defer iter.Done()
	var key starlark.Value
	for iter.Next(&key) {
		out = append(out, string(key.(starlark.String)))
	}
	return out, nil
}

func (d dictDocument) field(_ *machine, name string) (starlark.Value, bool, error) {
	v, found, err := d.dict.Get(starlark.String(name))
	if !found {
		v = starlark.None
	}
	return v, found, err
}

func (d dictDocument) Len() int { return d.dict.Len() }
