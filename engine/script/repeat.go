package script

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// addInPlace is x += y: a list grows in place, as in Python; all else is x + y.
func (m *machine) addInPlace(x, y starlark.Value) (starlark.Value, error) {
	if view, ok := x.(*listView); ok {
		if !view.writable {
			return nil, readOnlyFault()
		}
		_, err := view.extend(starlark.Tuple{y})
		return x, err
	}
	list, ok := x.(*starlark.List)
	if !ok {
		return m.add(x, y)
	}
	items, err := m.elements(y)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if err := list.Append(item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (m *machine) concat(x, y starlark.Value) (starlark.Value, error) {
	left, err := m.elements(x)
	if err != nil {
		return nil, err
	}
	right, err := m.elements(y)
	if err != nil {
		return nil, err
	}
	return starlark.NewList(append(left, right...)), nil
}

// repeat is a text, list or tuple n times over, counted before it is made.
func (m *machine) repeat(x starlark.Value, n starlark.Int) (starlark.Value, bool, error) {
	size := 0
	switch x := x.(type) {
	case starlark.String:
		size = len(x)
	case starlark.Tuple:
		size = 16 * len(x)
	default:
		if !isList(x) {
			return nil, false, nil
		}
		items, err := m.elements(x)
		if err != nil {
			return nil, true, err
		}
		return m.repeatList(items, n)
	}
	if err := m.chargeTimes(size, n); err != nil {
		return nil, true, err
	}
	z, err := starlark.Binary(syntax.STAR, x, n)
	return z, true, err
}

func (m *machine) repeatList(items []starlark.Value, n starlark.Int) (starlark.Value, bool, error) {
	if err := m.chargeTimes(16*len(items), n); err != nil {
		return nil, true, err
	}
	z, err := starlark.Binary(syntax.STAR, starlark.NewList(items), n)
	return z, true, err
}

func (m *machine) chargeTimes(size int, n starlark.Int) error {
	times, ok := n.Int64()
	if !ok && n.Sign() > 0 || times > m.limits.Memory {
		times = m.limits.Memory + 1
	}
	if size == 0 || times <= 0 {
		return nil
	}
	if int64(size) > m.limits.Memory/times {
		return m.charge(int(m.limits.Memory) + 1)
	}
	return m.charge(size * int(times))
}
