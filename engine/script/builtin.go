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

func builtinStr(m *machine, args starlark.Tuple) (starlark.Value, error) {
	s, err := m.text(args[0])
	return starlark.String(s), err
}

func builtinRepr(m *machine, args starlark.Tuple) (starlark.Value, error) {
	s, err := m.repr(args[0])
	return starlark.String(s), err
}

// builtinType calls a document what people who know Python ask for: a dict.
func builtinType(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	switch args[0].(type) {
	case *objectView, *lazyObject:
		return starlark.String("dict"), nil
	}
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
