package script

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// holds turns the result of a three-way comparison into that of an operator.
func holds(op syntax.Token, c int) bool {
	switch op {
	case syntax.LT:
		return c < 0
	case syntax.LE:
		return c <= 0
	case syntax.GT:
		return c > 0
	case syntax.GE:
		return c >= 0
	case syntax.NEQ:
		return c != 0
	}
	return c == 0
}

func (m *machine) equals(x, y starlark.Value, want bool) (starlark.Value, error) {
	eq, err := m.equal(x, y, 0)
	return starlark.Bool(eq == want), err
}

// compareNumbers is the function of that name, counted.
func (m *machine) compareNumbers(x, y starlark.Value) (int, error) {
	a, aok := x.(starlark.Int)
	b, bok := y.(starlark.Int)
	if aok && bok {
		return a.Cmp(b, 0)
	}
	if err := m.workNumbers(x, y); err != nil {
		return 0, err
	}
	return compareNumbers(x, y)
}

// compareNumbers compares by value.
func compareNumbers(x, y starlark.Value) (int, error) {
	if a, ok := x.(starlark.Int); ok {
		if b, ok := y.(starlark.Int); ok {
			return a.Cmp(b, 0)
		}
	}
	a, err := toNumber(x)
	if err != nil {
		return 0, err
	}
	b, err := toNumber(y)
	if err != nil {
		return 0, err
	}
	return a.Cmp(b), nil
}

// equal compares by value: numbers as numbers, lists and documents by their parts, wherever they come from.
func (m *machine) equal(x, y starlark.Value, depth int) (bool, error) {
	switch x := x.(type) {
	case starlark.String:
		y, ok := y.(starlark.String)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return x == y, m.workText(len(x))
	case starlark.NoneType, starlark.Bool:
		return x == y, nil
	case *instant:
		y, ok := y.(*instant)
		return ok && x.time.Compare(y.time) == 0, nil
	case duration:
		y, ok := y.(duration)
		return ok && x.compare(y) == 0, nil
	}
	if isNumber(x) {
		if !isNumber(y) {
			return false, nil
		}
		c, err := m.compareNumbers(x, y)
		return c == 0, err
	}
	if depth > maxDepth {
		return false, depthFault()
	}
	return m.equalParts(x, y, depth)
}

func (m *machine) equalParts(x, y starlark.Value, depth int) (bool, error) {
	if a, ok := asSequence(x); ok {
		b, ok := asSequence(y)
		if !ok || isList(x) != isList(y) || a.Len() != b.Len() {
			return false, nil
		}
		return m.equalItems(a, b, depth)
	}
	if a, ok := asDocument(x); ok {
		b, ok := asDocument(y)
		if !ok {
			return false, nil
		}
		return m.equalFields(a, b, depth)
	}
	if _, ok := x.(*eventView); ok {
		return x == y, nil
	}
	if _, ok := x.(*starlark.Function); ok {
		return x == y, nil
	}
	if _, ok := x.(*starlark.Builtin); ok {
		return x == y, nil
	}
	if x.Type() != y.Type() {
		return false, nil
	}
	return starlark.Equal(x, y) // a range: what the interpreter has beyond these is flat
}

func (m *machine) equalItems(a, b starlark.Indexable, depth int) (bool, error) {
	if err := m.work(a.Len()); err != nil {
		return false, err
	}
	for i := range a.Len() {
		if eq, err := m.equal(a.Index(i), b.Index(i), depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

func (m *machine) equalFields(a, b document, depth int) (bool, error) {
	names, err := a.names(m)
	if err != nil {
		return false, err
	}
	if err := m.work(len(names)); err != nil {
		return false, err
	}
	others, err := b.names(m)
	if err != nil || len(others) != len(names) {
		return false, err
	}
	for _, name := range names {
		left, _, err := a.field(m, name)
		if err != nil {
			return false, err
		}
		right, found, err := b.field(m, name)
		if err != nil || !found {
			return false, err
		}
		if eq, err := m.equal(left, right, depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

// ordered is x op y for < <= > >=. Against None it is False.
func (m *machine) ordered(op syntax.Token, x, y starlark.Value) (bool, error) {
	if x == starlark.None || y == starlark.None {
		return false, nil
	}
	c, err := m.order(op.String(), x, y, 0)
	if err != nil {
		return false, err
	}
	return holds(op, c), nil
}

// order is the three-way comparison of two values of one kind.
func (m *machine) order(op string, x, y starlark.Value, depth int) (int, error) {
	if isNumber(x) && isNumber(y) {
		return m.compareNumbers(x, y)
	}
	switch x := x.(type) {
	case starlark.String:
		if y, ok := y.(starlark.String); ok {
			return strings.Compare(string(x), string(y)), m.workText(min(len(x), len(y)))
		}
	case *instant:
		if y, ok := y.(*instant); ok {
			return x.time.Compare(y.time), nil
		}
	case duration:
		if y, ok := y.(duration); ok {
			return x.compare(y), nil
		}
	case starlark.Bool:
		if y, ok := y.(starlark.Bool); ok {
			return int(boolInt(x)) - int(boolInt(y)), nil
		}
	}
	a, aok := asSequence(x)
	b, bok := asSequence(y)
	if !aok || !bok || isList(x) != isList(y) {
		return 0, m.orderFault(op, x, y)
	}
	if depth > maxDepth {
		return 0, depthFault()
	}
	return m.orderItems(op, a, b, depth)
}

func boolInt(b starlark.Bool) int8 {
	if b {
		return 1
	}
	return 0
}

func (m *machine) orderItems(op string, a, b starlark.Indexable, depth int) (int, error) {
	n := min(a.Len(), b.Len())
	if err := m.work(n); err != nil {
		return 0, err
	}
	for i := range n {
		x, y := a.Index(i), b.Index(i)
		eq, err := m.equal(x, y, depth+1)
		if err != nil {
			return 0, err
		}
		if !eq {
			return m.order(op, x, y, depth+1)
		}
	}
	return a.Len() - b.Len(), nil
}

func (m *machine) orderFault(op string, x, y starlark.Value) error {
	hint := ""
	if _, ok := x.(*instant); ok {
		hint = "parse_time(s) makes a time of a text"
	} else if _, ok := y.(*instant); ok {
		hint = "parse_time(s) makes a time of a text"
	}
	return faultf(hint, "cannot order %s %s %s", kindOf(x), op, kindOf(y))
}

// contains is x in y.
func (m *machine) contains(x, y starlark.Value, want bool) (starlark.Value, error) {
	found, err := m.has(x, y)
	return starlark.Bool(found == want), err
}

func (m *machine) has(x, y starlark.Value) (bool, error) {
	if y == starlark.None {
		return false, nil // nothing is in what is missing
	}
	if text, ok := y.(starlark.String); ok {
		part, ok := x.(starlark.String)
		if !ok {
			return false, faultf("", "cannot look for %s in a text", kindOf(x))
		}
		return strings.Contains(string(text), string(part)), m.work(len(text) / 64)
	}
	if dict, ok := y.(*starlark.Dict); ok {
		key, err := m.key(x, 0)
		if err != nil {
			return false, err
		}
		_, found, err := dict.Get(key)
		return found, err
	}
	if doc, ok := asDocument(y); ok {
		name, ok := x.(starlark.String)
		if !ok {
			return false, faultf("", "the keys of a document are texts, not %s", kindOf(x))
		}
		_, found, err := doc.field(m, string(name))
		return found, err
	}
	seq, ok := asSequence(y)
	if !ok {
		return false, faultf("", "cannot look into %s", kindOf(y))
	}
	if r, ok := y.(starlark.Container); ok && y.Type() == "range" {
		whole, ok := wholeOr(x).(starlark.Int)
		if !ok {
			return false, nil
		}
		return r.Has(whole)
	}
	for i := range seq.Len() {
		if err := m.work(1); err != nil {
			return false, err
		}
		if eq, err := m.equal(x, seq.Index(i), 0); err != nil || eq {
			return eq, err
		}
	}
	return false, nil
}
