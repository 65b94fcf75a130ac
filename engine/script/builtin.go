package script

import (
	"strings"

	"go.starlark.net/starlark"
)

// builtin is a function that scripts may call.
type builtin struct {
	name        string
	least, most int // arguments without names; most < 0 = any number
	do          func(m *machine, args starlark.Tuple) (starlark.Value, error)
	// named is set instead of do by those that take named arguments.
	named func(m *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)
}

// builtins lists them all. Stock functions of the same name are never used: they know neither our numbers nor our limits.
var builtins = [...]builtin{
	{name: "abs", least: 1, most: 1, do: builtinAbs},
	{name: "all", least: 1, most: 1, do: builtinAll},
	{name: "any", least: 1, most: 1, do: builtinAny},
	{name: "bool", least: 0, most: 1, do: builtinBool},
	{name: "chr", least: 1, most: 1, do: builtinChr},
	{name: "decode", least: 1, most: 2, do: builtinDecode},
	{name: "delete", least: 2, most: 2, do: builtinDelete},
	{name: "dict", least: 0, most: 1, named: builtinDict},
	{name: "duration", least: 0, most: 1, named: builtinDuration},
	{name: "enumerate", least: 1, most: 2, do: builtinEnumerate},
	{name: "fail", least: 0, most: -1, do: builtinFail},
	{name: "float", least: 1, most: 1, do: builtinFloat},
	{name: "from_timestamp", least: 1, most: 1, do: builtinFromTimestamp},
	{name: "get", least: 2, most: 3, do: builtinGet},
	{name: "getattr", least: 2, most: 3, do: builtinGet},
	{name: "hasattr", least: 2, most: 2, do: builtinHas},
	{name: "in_zone", least: 2, most: 2, do: builtinInZone},
	{name: "int", least: 1, most: 2, do: builtinInt},
	{name: "items", least: 1, most: 1, do: builtinItems},
	{name: "keys", least: 1, most: 1, do: builtinKeys},
	{name: "len", least: 1, most: 1, do: builtinLen},
	{name: "list", least: 0, most: 1, do: builtinList},
	{name: "max", least: 1, most: -1, named: builtinMax},
	{name: "min", least: 1, most: -1, named: builtinMin},
	{name: "ord", least: 1, most: 1, do: builtinOrd},
	{name: "parse_time", least: 1, most: 2, do: builtinParseTime},
	{name: "print", least: 0, most: -1, do: builtinPrint},
	{name: "range", least: 1, most: 3, do: builtinRange},
	{name: "replace", least: 1, most: 1, named: builtinReplace},
	{name: "repr", least: 1, most: 1, do: builtinRepr},
	{name: "reversed", least: 1, most: 1, do: builtinReversed},
	{name: "round", least: 1, most: 2, do: builtinRound},
	{name: "sorted", least: 1, most: 1, named: builtinSorted},
	{name: "str", least: 1, most: 1, do: builtinStr},
	{name: "sum", least: 1, most: 2, do: builtinSum},
	{name: "tuple", least: 0, most: 1, do: builtinTuple},
	{name: "type", least: 1, most: 1, do: builtinType},
	{name: "values", least: 1, most: 1, do: builtinValues},
	{name: "zip", least: 0, most: -1, do: builtinZip},
}

// deleteName is what apply returns to remove the document.
const deleteName = "DELETE"

func isBuiltin(name string) bool {
	for i := range builtins {
		if builtins[i].name == name {
			return true
		}
	}
	return name == deleteName
}

// bind makes a builtin callable for one machine.
func (b *builtin) bind(m *machine) starlark.Value {
	return starlark.NewBuiltin(b.name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) < b.least || b.most >= 0 && len(args) > b.most {
			return nil, arityFault(b.name, len(args), b.least, max(b.most, b.least))
		}
		if b.named != nil {
			return b.named(m, args, kwargs)
		}
		if len(kwargs) > 0 {
			return nil, faultf("", "%s takes no named arguments", b.name)
		}
		return b.do(m, args)
	})
}

// deletion is the type of DELETE.
type deletion struct{ inner }

// Type is the kind that type(DELETE) answers.
func (deletion) Type() string { return deleteName }

// String is the word itself.
func (deletion) String() string { return deleteName }

func builtinLen(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	if n := starlark.Len(args[0]); n >= 0 {
		return starlark.MakeInt(n), nil
	}
	hint := ""
	if args[0] == starlark.None {
		hint = "a missing field reads as None; write len(x or [])"
	}
	return nil, faultf(hint, "%s has no length", kindOf(args[0]))
}

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

func builtinStr(m *machine, args starlark.Tuple) (starlark.Value, error) {
	s, err := m.text(args[0])
	return starlark.String(s), err
}

func builtinRepr(m *machine, args starlark.Tuple) (starlark.Value, error) {
	s, err := m.repr(args[0])
	return starlark.String(s), err
}

func builtinType(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	return starlark.String(args[0].Type()), nil
}

func builtinBool(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	return starlark.Bool(len(args) == 1 && bool(args[0].Truth())), nil
}

func (m *machine) joined(args starlark.Tuple) (string, error) {
	var parts []string
	for _, arg := range args {
		s, err := m.text(arg)
		if err != nil {
			return "", err
		}
		if err := m.charge(len(s) + 17); err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " "), nil
}

func builtinPrint(m *machine, args starlark.Tuple) (starlark.Value, error) {
	s, err := m.joined(args)
	if err != nil {
		return nil, err
	}
	if m.print != nil {
		m.print(m.thread.CallFrame(1).Pos.String(), s)
	}
	return starlark.None, m.charge(64)
}

func builtinFail(m *machine, args starlark.Tuple) (starlark.Value, error) {
	s, err := m.joined(args)
	if err != nil {
		return nil, err
	}
	return nil, faultf("", "fail: %s", s)
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
