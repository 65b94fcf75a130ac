package script

import (
	"errors"
	"slices"
	"unicode/utf8"

	"asof/engine/value"

	"go.starlark.net/starlark"
)

func limitOf(err error) Limit {
	var f *fault
	if errors.As(err, &f) {
		return f.limit
	}
	return NoLimit
}

func (m *machine) decodeText(text string) (starlark.Value, error) {
	if err := m.charge(4 * len(text)); err != nil {
		return nil, err
	}
	n, err := value.Parse([]byte(text))
	if err != nil {
		return nil, faultf("decode(x, None) answers None then", "decode: %v", err)
	}
	return m.load(n, false), nil
}

func (m *machine) listOf(args starlark.Tuple) ([]starlark.Value, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return m.elements(args[0])
}

func builtinList(m *machine, args starlark.Tuple) (starlark.Value, error) {
	items, err := m.listOf(args)
	if err != nil {
		return nil, err
	}
	return starlark.NewList(items), nil
}

func builtinTuple(m *machine, args starlark.Tuple) (starlark.Value, error) {
	items, err := m.listOf(args)
	return starlark.Tuple(items), err
}

func builtinReversed(m *machine, args starlark.Tuple) (starlark.Value, error) {
	items, err := m.elements(args[0])
	if err != nil {
		return nil, err
	}
	slices.Reverse(items)
	return starlark.NewList(items), nil
}

func builtinAll(m *machine, args starlark.Tuple) (starlark.Value, error) {
	items, err := m.elements(args[0])
	return starlark.Bool(!slices.ContainsFunc(items, isZero)), err
}

func builtinAny(m *machine, args starlark.Tuple) (starlark.Value, error) {
	items, err := m.elements(args[0])
	return starlark.Bool(slices.ContainsFunc(items, func(v starlark.Value) bool { return bool(v.Truth()) })), err
}

func builtinEnumerate(m *machine, args starlark.Tuple) (starlark.Value, error) {
	start := starlark.MakeInt(0)
	if len(args) == 2 {
		var ok bool
		if start, ok = wholeOr(args[1]).(starlark.Int); !ok {
			return nil, faultf("", "enumerate starts at a whole number, not %s", kindOf(args[1]))
		}
	}
	items, err := m.elements(args[0])
	if err != nil {
		return nil, err
	}
	if err := m.charge(72 * len(items)); err != nil {
		return nil, err
	}
	for i, item := range items {
		items[i] = starlark.Tuple{start.Add(starlark.MakeInt(i)), item}
	}
	return starlark.NewList(items), nil
}

func builtinZip(m *machine, args starlark.Tuple) (starlark.Value, error) {
	var columns [][]starlark.Value
	rows := 0
	for i, arg := range args {
		column, err := m.elements(arg)
		if err != nil {
			return nil, err
		}
		if i == 0 || len(column) < rows {
			rows = len(column)
		}
		columns = append(columns, column)
	}
	if err := m.charge((40 + 16*len(columns)) * rows); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, rows)
	for i := range out {
		row := make(starlark.Tuple, len(columns))
		for j := range columns {
			row[j] = columns[j][i]
		}
		out[i] = row
	}
	return starlark.NewList(out), m.work(rows)
}

// builtinRange is the interpreter's own lazy range, of bounded length.
func builtinRange(m *machine, args starlark.Tuple) (starlark.Value, error) {
	for i := range args {
		args[i] = wholeOr(args[i])
		if _, ok := args[i].(starlark.Int); !ok {
			return nil, faultf("", "range wants whole numbers, not %s", kindOf(args[i]))
		}
	}
	return starlark.Call(m.thread, starlark.Universe["range"], args, nil)
}

func builtinOrd(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	s, ok := args[0].(starlark.String)
	if ok {
		if r, size := utf8.DecodeRuneInString(string(s)); size == len(s) && size > 0 {
			return starlark.MakeInt(int(r)), nil
		}
	}
	return nil, faultf("", "ord wants one character")
}

func builtinChr(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	i, err := starlark.AsInt32(wholeOr(args[0]))
	if err != nil || i < 0 || i > utf8.MaxRune {
		return nil, faultf("", "chr wants a number from 0 to 1114111")
	}
	return starlark.String(rune(i)), nil
}
