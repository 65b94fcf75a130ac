package script

import (
	"strings"

	"asof/engine/value"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Whole numbers are the interpreter's own, of any size. Every other number is a decimal; float64 does not occur.

// decimal is a number that is written with a point or an exponent. Its digits are kept as they were written until it is
// computed with: a script that only moves it around changes nothing.
type decimal struct {
	text string
	num  *value.Decimal // nil until it is computed with
}

func literalDecimal(raw string) (starlark.Value, error) {
	text := raw
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	if point := strings.IndexByte(text, '.'); point >= 0 && (point+1 == len(text) || text[point+1] == 'e' || text[point+1] == 'E') {
		text = text[:point] + text[point+1:]
	}
	d := &decimal{text: text}
	_, err := d.number()
	return d, err
}

// number parses on first use.
func (d *decimal) number() (value.Decimal, error) {
	if d.num != nil {
		return *d.num, nil
	}
	n, err := value.ParseNumber(d.text)
	if err != nil {
		return n, numberFault(err)
	}
	d.num = &n
	return n, nil
}

// String is the number's text.
func (d *decimal) String() string { return d.text }

// Type is the name that Python gives to numbers with a point.
func (d *decimal) Type() string { return "float" }

// Freeze does nothing: a decimal's value never changes.
func (d *decimal) Freeze() {}

// Truth is false for zero.
func (d *decimal) Truth() starlark.Bool {
	for _, c := range []byte(d.text) {
		switch {
		case c >= '1' && c <= '9':
			return true
		case c == 'e', c == 'E':
			return false
		}
	}
	return false
}

// Hash agrees with the comparison of decimals by value.
func (d *decimal) Hash() (uint32, error) {
	n, err := d.number()
	if err != nil {
		return 0, err
	}
	h := value.Hash(n.Node())
	return uint32(h) ^ uint32(h>>32), nil
}

// CompareSameType implements starlark.Comparable, for keys of dicts.
func (d *decimal) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	c, err := compareNumbers(d, y)
	return holds(op, c), err
}

// Unary implements starlark.HasUnary.
func (d *decimal) Unary(op syntax.Token) (starlark.Value, error) {
	n, err := d.number()
	switch {
	case err != nil:
		return nil, err
	case op == syntax.PLUS:
		return d, nil
	case op == syntax.MINUS:
		return ofNumber(n.Neg()), nil
	}
	return nil, nil
}

func isNumber(x starlark.Value) bool {
	switch x.(type) {
	case starlark.Int, *decimal:
		return true
	}
	return false
}

// toNumber is the exact value of a number of the script.
func toNumber(x starlark.Value) (value.Decimal, error) {
	switch x := x.(type) {
	case *decimal:
		return x.number()
	case starlark.Int:
		if i, ok := x.Int64(); ok {
			return value.FromInt(i), nil
		}
		n, err := value.FromBig(x.BigInt())
		return n, numberFault(err)
	}
	return value.Decimal{}, faultf("", "%s is not a number", kindOf(x))
}

// ofNumber is the script's value of a number: whole where its text is.
func ofNumber(n value.Decimal) starlark.Value {
	text := n.Text()
	if v, ok := wholeText(text); ok {
		return v
	}
	return &decimal{text: text, num: &n}
}

// wholeText reads digits, with or without a sign, as a whole number. "-0" is none: a whole number has no such zero.
func wholeText(text string) (starlark.Value, bool) {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) == 0 || len(digits) > maxDigits || text == "-0" {
		return nil, false
	}
	var i int64
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return nil, false
		}
		i = i*10 + int64(c-'0')
	}
	if len(digits) > 18 {
		return bigWhole(text), true
	}
	if len(digits) != len(text) {
		i = -i
	}
	return starlark.MakeInt64(i), true
}

// wholeOr is x as a whole number if it is a decimal without a fraction, else x itself.
func wholeOr(x starlark.Value) starlark.Value {
	d, ok := x.(*decimal)
	if !ok {
		return x
	}
	n, err := d.number()
	if err != nil || !n.IsInt() {
		return x
	}
	if i, ok := n.Int64(); ok {
		return starlark.MakeInt64(i)
	}
	if b, ok := n.Big(); ok {
		return starlark.MakeBigInt(b)
	}
	return x
}
