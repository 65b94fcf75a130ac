package script

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"asof/engine/value"

	"go.starlark.net/starlark"
)

const (
	// maxDigits is the longest whole number that arithmetic may yield; value sets the same bound for decimals.
	maxDigits = 10_000
	// safeBits is a count of bits that never needs more than maxDigits digits, and pastBits one that always does.
	safeBits = 33_216
	pastBits = 33_224
)

func digitsFault() error {
	return &fault{msg: "number too large: more than 10,000 digits, or an exponent beyond ±100,000", limit: LimitDigits}
}

// numberFault gives an error of value's numbers its limit.
func numberFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, value.ErrNumberTooLarge):
		return digitsFault()
	}
	return faultf("", "%v", err)
}

func bigWhole(text string) starlark.Value {
	i, _ := new(big.Int).SetString(text, 10)
	return starlark.MakeBigInt(i)
}

// checkInt holds a whole number to the limit of digits.
func (m *machine) checkInt(i starlark.Int) (starlark.Value, error) {
	if _, small := i.Int64(); small {
		return i, nil
	}
	b := i.BigInt()
	bits := b.BitLen()
	if err := m.charge(bits / 8); err != nil {
		return nil, err
	}
	if bits > safeBits {
		if err := m.work(maxDigits); err != nil {
			return nil, err
		}
	}
	if bits > pastBits || bits > safeBits && len(strings.TrimPrefix(b.String(), "-")) > maxDigits {
		return nil, digitsFault()
	}
	return i, nil
}

// operandFault says that an operator does not go with these operands.
func (m *machine) operandFault(op string, x, y starlark.Value) error {
	hint := ""
	if x == starlark.None || y == starlark.None {
		hint = "a missing field reads as None; write (x or 0)"
	} else if _, ok := x.(starlark.String); ok && isNumber(y) {
		hint = "str(n) makes a text of a number, int(s) a number of a text"
	} else if _, ok := y.(starlark.String); ok && isNumber(x) {
		hint = "str(n) makes a text of a number, int(s) a number of a text"
	}
	return faultf(hint, "cannot compute %s %s %s", kindOf(x), strings.TrimSuffix(op, "="), kindOf(y))
}

func (m *machine) add(x, y starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.Int:
		if y, ok := y.(starlark.Int); ok {
			return m.checkInt(x.Add(y))
		}
	case starlark.String:
		if y, ok := y.(starlark.String); ok {
			if err := m.charge(len(x) + len(y)); err != nil {
				return nil, err
			}
			return x + y, nil
		}
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			if err := m.charge(16 * (len(x) + len(y))); err != nil {
				return nil, err
			}
			return append(x[:len(x):len(x)], y...), nil
		}
	}
	if isNumber(x) && isNumber(y) {
		return m.numbers(value.Decimal.Add, x, y)
	}
	if isList(x) && isList(y) {
		return m.concat(x, y)
	}
	if z, ok, err := addTimes(x, y); ok || err != nil {
		return m.timed(z, err)
	}
	return nil, m.operandFault("+", x, y)
}

// numbers applies an exact operation to two numbers.
func (m *machine) numbers(do func(a, b value.Decimal) (value.Decimal, error), x, y starlark.Value) (starlark.Value, error) {
	if err := m.workNumbers(x, y); err != nil {
		return nil, err
	}
	a, err := toNumber(x)
	if err != nil {
		return nil, err
	}
	b, err := toNumber(y)
	if err != nil {
		return nil, err
	}
	z, err := do(a, b)
	if err != nil {
		return nil, numberFault(err)
	}
	return m.weighNumber(ofNumber(z))
}

func (m *machine) weighNumber(v starlark.Value) (starlark.Value, error) {
	if d, ok := v.(*decimal); ok {
		return v, m.charge(len(d.text))
	}
	return m.checkInt(v.(starlark.Int))
}

func (m *machine) subtract(x, y starlark.Value) (starlark.Value, error) {
	if a, ok := x.(starlark.Int); ok {
		if b, ok := y.(starlark.Int); ok {
			return m.checkInt(a.Sub(b))
		}
	}
	if isNumber(x) && isNumber(y) {
		return m.numbers(value.Decimal.Sub, x, y)
	}
	if z, ok, err := subtractTimes(x, y); ok || err != nil {
		return m.timed(z, err)
	}
	return nil, m.operandFault("-", x, y)
}

func (m *machine) multiply(x, y starlark.Value) (starlark.Value, error) {
	a, aok := x.(starlark.Int)
	b, bok := y.(starlark.Int)
	switch {
	case aok && bok:
		return m.product(a, b)
	case isNumber(x) && isNumber(y):
		return m.numbers(value.Decimal.Mul, x, y)
	case bok:
		if z, ok, err := m.repeat(x, b); ok || err != nil {
			return z, err
		}
	case aok:
		if z, ok, err := m.repeat(y, a); ok || err != nil {
			return z, err
		}
	}
	if z, ok, err := scaleDuration(x, y); ok || err != nil {
		return m.timed(z, err)
	}
	return nil, m.operandFault("*", x, y)
}

func (m *machine) product(a, b starlark.Int) (starlark.Value, error) {
	bits, err := m.workInts(a, b)
	if err != nil {
		return nil, err
	}
	if bits > pastBits+1 {
		return nil, digitsFault()
	}
	return m.checkInt(a.Mul(b))
}

// workInts counts multiplying or dividing whole numbers that are longer than a word, and answers how many bits they have.
func (m *machine) workInts(a, b starlark.Int) (bits int, err error) {
	_, asmall := a.Int64()
	_, bsmall := b.Int64()
	if asmall && bsmall {
		return 0, nil
	}
	abits, bbits := a.BigInt().BitLen(), b.BigInt().BitLen()
	return abits + bbits, m.work((abits/64 + 1) * (bbits/64 + 1) / 8)
}

// timed counts arithmetic of times, whose seconds are decimals.
func (m *machine) timed(z starlark.Value, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	if d, ok := z.(duration); ok {
		return z, m.work(128 + len(d.secs.Text()))
	}
	return z, m.work(128)
}

func isZero(x starlark.Value) bool { return !bool(x.Truth()) }

func zeroFault(op string) error {
	return faultf("test the divisor first", "division by zero in %s", op)
}

func (m *machine) divide(x, y starlark.Value) (starlark.Value, error) {
	if z, ok, err := divideDuration(x, y); ok || err != nil {
		return m.timed(z, err)
	}
	switch {
	case !isNumber(x) || !isNumber(y):
		return nil, m.operandFault("/", x, y)
	case isZero(y):
		return nil, zeroFault("/")
	}
	z, err := m.numbers(value.Decimal.Div, x, y)
	if err != nil {
		return nil, err
	}
	return wholeOr(z), nil
}

func (m *machine) floorDivide(x, y starlark.Value) (starlark.Value, error) {
	switch {
	case !isNumber(x) || !isNumber(y):
		return nil, m.operandFault("//", x, y)
	case isZero(y):
		return nil, zeroFault("//")
	}
	if a, ok := x.(starlark.Int); ok {
		if b, ok := y.(starlark.Int); ok {
			if _, err := m.workInts(a, b); err != nil {
				return nil, err
			}
			return m.checkInt(a.Div(b))
		}
	}
	return m.numbers(value.Decimal.FloorDiv, x, y)
}

func (m *machine) modulo(x, y starlark.Value) (starlark.Value, error) {
	if format, ok := x.(starlark.String); ok {
		return m.format(string(format), y)
	}
	switch {
	case !isNumber(x) || !isNumber(y):
		return nil, m.operandFault("%", x, y)
	case isZero(y):
		return nil, zeroFault("%")
	}
	if a, ok := x.(starlark.Int); ok {
		if b, ok := y.(starlark.Int); ok {
			if _, err := m.workInts(a, b); err != nil {
				return nil, err
			}
			return m.checkInt(a.Mod(b))
		}
	}
	return m.numbers(value.Decimal.Mod, x, y)
}

// kindOf names a value's kind as messages call it.
func kindOf(x starlark.Value) string {
	switch x := x.(type) {
	case starlark.NoneType:
		return "None"
	case starlark.String:
		return "text"
	case *decimal:
		return "number"
	case starlark.Int:
		return "number"
	case nil:
		return "nothing"
	default:
		return fmt.Sprint(x.Type())
	}
}
