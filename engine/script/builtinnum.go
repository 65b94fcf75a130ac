package script

import (
	"math/big"
	"strings"

	"asof/engine/value"

	"go.starlark.net/starlark"
)

func builtinAbs(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	switch x := args[0].(type) {
	case starlark.Int:
		if x.Sign() < 0 {
			return starlark.MakeInt(0).Sub(x), nil
		}
		return x, nil
	case *decimal:
		n, err := x.number()
		if err != nil || n.Sign() >= 0 {
			return x, err
		}
		return ofNumber(n.Abs()), nil
	case duration:
		return duration{x.secs.Abs()}, nil
	}
	return nil, faultf("", "abs wants a number, not %s", kindOf(args[0]))
}

// toWhole is a number without its fraction, cut towards zero.
func (m *machine) toWhole(x starlark.Value) (starlark.Int, error) {
	if i, ok := x.(starlark.Int); ok {
		return i, nil
	}
	n, err := toNumber(x)
	if err != nil {
		return starlark.Int{}, err
	}
	whole, err := n.Abs().FloorDiv(value.FromInt(1))
	if err != nil {
		return starlark.Int{}, numberFault(err)
	}
	if n.Sign() < 0 {
		whole = whole.Neg()
	}
	i, ok := whole.Big()
	if !ok {
		return starlark.Int{}, digitsFault()
	}
	return starlark.MakeBigInt(i), m.charge(len(i.Bits()) * 8)
}

// builtinInt is int(x), and int(text, base).
func builtinInt(m *machine, args starlark.Tuple) (starlark.Value, error) {
	text, ok := args[0].(starlark.String)
	if !ok {
		if b, ok := args[0].(starlark.Bool); ok && len(args) == 1 {
			return starlark.MakeInt(int(boolInt(b))), nil
		}
		if len(args) == 2 || !isNumber(args[0]) {
			return nil, faultf("a missing field reads as None; write int(x or 0)", "int wants a number or a text, not %s", kindOf(args[0]))
		}
		return m.toWhole(args[0])
	}
	base := 10
	if len(args) == 2 {
		b, err := starlark.AsInt32(wholeOr(args[1]))
		if err != nil || b != 0 && (b < 2 || b > 36) {
			return nil, faultf("", "int: a base is 0 or 2 to 36")
		}
		base = b
	}
	if len(text) > maxDigits {
		return nil, digitsFault()
	}
	if err := m.work(len(text)); err != nil {
		return nil, err
	}
	s := strings.TrimSpace(string(text))
	if i, ok := new(big.Int).SetString(s, base); ok && !strings.Contains(s, "_") {
		return m.checkInt(starlark.MakeBigInt(i))
	}
	return nil, faultf("float(s) reads decimals", "int: %q is not a whole number", clipTo(s, 40))
}

// builtinFloat is float(x): the number that a text writes, or the number itself. It stays exact.
func builtinFloat(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	switch x := args[0].(type) {
	case starlark.Int, *decimal:
		return x, nil
	case starlark.Bool:
		return starlark.MakeInt(int(boolInt(x))), nil
	case starlark.String:
		s := strings.TrimPrefix(strings.TrimSpace(string(x)), "+")
		if n := value.Num(s); n != nil {
			d := &decimal{text: s}
			if _, err := d.number(); err != nil {
				return nil, err
			}
			return numberText(s), nil
		}
		return nil, faultf("", "float: %q is not a number", clipTo(s, 40))
	}
	return nil, faultf("a missing field reads as None; write float(x or 0)", "float wants a number or a text, not %s", kindOf(args[0]))
}

func builtinSum(m *machine, args starlark.Tuple) (starlark.Value, error) {
	items, err := m.elements(args[0])
	if err != nil {
		return nil, err
	}
	total := starlark.Value(starlark.MakeInt(0))
	if len(args) == 2 {
		total = args[1]
	}
	for i, item := range items {
		if i == 0 && len(args) == 1 {
			if _, ok := item.(duration); ok {
				total = item
				continue
			}
		}
		if total, err = m.add(total, item); err != nil {
			return nil, err
		}
	}
	return total, nil
}

// builtinRound is round(x, digits=0), half to even.
func builtinRound(m *machine, args starlark.Tuple) (starlark.Value, error) {
	places := 0
	if len(args) == 2 {
		n, err := starlark.AsInt32(wholeOr(args[1]))
		if err != nil || n < 0 || n > 1000 {
			return nil, faultf("", "round wants 0 to 1000 places")
		}
		places = n
	}
	if whole, ok := args[0].(starlark.Int); ok {
		return whole, nil
	}
	n, err := toNumber(args[0])
	if err != nil {
		return nil, err
	}
	z, err := roundTo(n, places)
	if err != nil {
		return nil, numberFault(err)
	}
	return m.weighNumber(ofNumber(z))
}

func roundTo(n value.Decimal, places int) (value.Decimal, error) {
	zeros := strings.Repeat("0", places)
	scale, err := value.ParseNumber("1" + zeros)
	if err != nil {
		return n, err
	}
	unit := value.FromInt(1)
	if places > 0 {
		if unit, err = value.ParseNumber("0." + zeros[1:] + "1"); err != nil {
			return n, err
		}
	}
	scaled, err := n.Mul(scale)
	if err != nil {
		return n, err
	}
	low, err := scaled.FloorDiv(value.FromInt(1))
	if err != nil {
		return n, err
	}
	rest, err := scaled.Sub(low)
	if err != nil {
		return n, err
	}
	half, err := value.ParseNumber("0.5")
	if err != nil {
		return n, err
	}
	odd, err := low.Mod(value.FromInt(2))
	if err != nil {
		return n, err
	}
	if c := rest.Cmp(half); c > 0 || c == 0 && odd.Sign() != 0 {
		if low, err = low.Add(value.FromInt(1)); err != nil {
			return n, err
		}
	}
	return low.Mul(unit)
}
