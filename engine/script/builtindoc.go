package script

import (
	"go.starlark.net/starlark"
)

func (m *machine) docArg(fn string, x starlark.Value) (document, error) {
	doc, ok := asDocument(x)
	if ok {
		return doc, nil
	}
	hint := ""
	if x == starlark.None {
		hint = "a missing field reads as None; write (x or {})"
	}
	return nil, faultf(hint, "%s wants a document or a dict, not %s", fn, kindOf(x))
}

func builtinKeys(m *machine, args starlark.Tuple) (starlark.Value, error) {
	if d, ok := args[0].(*starlark.Dict); ok {
		items, err := m.elements(d)
		return starlark.NewList(items), err
	}
	doc, err := m.docArg("keys", args[0])
	if err != nil {
		return nil, err
	}
	names, err := doc.names(m)
	if err != nil {
		return nil, err
	}
	if err := m.charge(32 * len(names)); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, len(names))
	for i, name := range names {
		out[i] = starlark.String(name)
	}
	return starlark.NewList(out), m.work(len(names))
}

// pairs goes through the fields of a document or dict.
func (m *machine) pairs(fn string, x starlark.Value, yield func(k, v starlark.Value)) error {
	if d, ok := x.(*starlark.Dict); ok {
		if err := m.charge(100 * d.Len()); err != nil {
			return err
		}
		for _, item := range d.Items() {
			yield(item[0], item[1])
		}
		return m.work(d.Len())
	}
	doc, err := m.docArg(fn, x)
	if err != nil {
		return err
	}
	names, err := doc.names(m)
	if err != nil {
		return err
	}
	if err := m.charge(100 * len(names)); err != nil {
		return err
	}
	for _, name := range names {
		v, _, err := doc.field(m, name)
		if err != nil {
			return err
		}
		yield(starlark.String(name), v)
	}
	return m.work(len(names))
}

func builtinItems(m *machine, args starlark.Tuple) (starlark.Value, error) {
	var out []starlark.Value
	err := m.pairs("items", args[0], func(k, v starlark.Value) { out = append(out, starlark.Tuple{k, v}) })
	return starlark.NewList(out), err
}

func builtinValues(m *machine, args starlark.Tuple) (starlark.Value, error) {
	var out []starlark.Value
	err := m.pairs("values", args[0], func(_, v starlark.Value) { out = append(out, v) })
	return starlark.NewList(out), err
}

func builtinGet(m *machine, args starlark.Tuple) (starlark.Value, error) {
	fallback := starlark.Value(starlark.None)
	if len(args) == 3 {
		fallback = args[2]
	}
	if args[0] == starlark.None {
		return fallback, nil
	}
	if d, ok := args[0].(*starlark.Dict); ok {
		key, err := m.key(args[1], 0)
		if err != nil {
			return nil, err
		}
		v, found, err := d.Get(key)
		if !found {
			v = fallback
		}
		return v, err
	}
	doc, err := m.docArg("get", args[0])
	if err != nil {
		return nil, err
	}
	name, ok := args[1].(starlark.String)
	if !ok {
		return nil, faultf("", "the keys of a document are texts, not %s", kindOf(args[1]))
	}
	v, found, err := doc.field(m, string(name))
	if !found {
		v = fallback
	}
	return v, err
}

func builtinHas(m *machine, args starlark.Tuple) (starlark.Value, error) {
	found, err := m.has(args[1], args[0])
	return starlark.Bool(found), err
}

func builtinDelete(m *machine, args starlark.Tuple) (starlark.Value, error) {
	switch x := args[0].(type) {
	case *starlark.Dict:
		key, err := m.key(args[1], 0)
		if err != nil {
			return nil, err
		}
		_, _, err = x.Delete(key)
		return starlark.None, err
	case *objectView:
		name, ok := args[1].(starlark.String)
		if !ok {
			return nil, faultf("", "the keys of a document are texts, not %s", kindOf(args[1]))
		}
		if !x.writable {
			return nil, readOnlyFault()
		}
		return starlark.None, writeFault(m.doc.DeleteMember(x.node, string(name)))
	case *lazyObject:
		return nil, readOnlyFault()
	}
	_, err := m.docArg("delete", args[0])
	return nil, err
}

func builtinDict(m *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	out := new(starlark.Dict)
	if len(args) == 1 {
		if err := m.fillDict(out, args[0]); err != nil {
			return nil, err
		}
	}
	if err := m.charge(200 + 100*len(kwargs)); err != nil {
		return nil, err
	}
	for _, pair := range kwargs {
		if err := out.SetKey(pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fillDict copies a document, a dict, or pairs of key and value.
func (m *machine) fillDict(out *starlark.Dict, x starlark.Value) error {
	if _, ok := x.(starlark.Mapping); ok {
		var failed error
		err := m.pairs("dict", x, func(k, v starlark.Value) {
			if err := out.SetKey(k, v); err != nil {
				failed = err
			}
		})
		if err == nil {
			err = failed
		}
		return err
	}
	items, err := m.elements(x)
	if err != nil {
		return err
	}
	for _, item := range items {
		pair, err := m.elements(item)
		if err != nil {
			return err
		}
		if len(pair) != 2 {
			return faultf("", "dict wants pairs of key and value, not %d values", len(pair))
		}
		key, err := m.key(pair[0], 0)
		if err != nil {
			return err
		}
		if err := out.SetKey(key, pair[1]); err != nil {
			return err
		}
	}
	return m.charge(100 * len(items))
}

// builtinDecode is decode(text, default): JSON inside a text as exact values. Without a default, text that is not JSON raises.
func builtinDecode(m *machine, args starlark.Tuple) (starlark.Value, error) {
	text, ok := args[0].(starlark.String)
	if ok {
		v, err := m.decodeText(string(text))
		if err == nil || len(args) == 1 || limitOf(err) != NoLimit {
			return v, err
		}
	}
	if len(args) == 2 {
		return args[1], nil
	}
	return nil, faultf("decode(x, None) answers None then", "decode wants a text, not %s", kindOf(args[0]))
}
