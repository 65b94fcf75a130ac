package value

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// The limits of a Decimal. A JSON number beyond them is kept and compared as it is, but not computed with.
const (
	MaxDigits   = 10_000
	MaxExponent = 100_000
	// DivPrecision is how many digits a division keeps.
	DivPrecision = 34
)

// Errors of numbers.
var (
	ErrNotNumber      = errors.New("not a number")
	ErrNumberTooLarge = fmt.Errorf("a number over %d digits or with an exponent beyond ±%d", MaxDigits, MaxExponent)
	ErrDivideByZero   = errors.New("division by zero")
)

// Decimal is an exact decimal number within the limits. It is immutable, and its zero value is 0.
type Decimal struct {
	small int64
	scale uint8        // how many digits of small stand behind the point; up to maxScale
	large *apd.Decimal // in place of small, where that does not hold the number
}

// ParseNumber reads a JSON number.
func ParseNumber(text string) (Decimal, error) {
	if d, ok := parseShort(text); ok {
		return d, nil
	}
	if text == "" || numberEnd(text, 0) != len(text) {
		return Decimal{}, ErrNotNumber
	}
	if c := canonOf(text); c.far != nil || len(c.digits) > MaxDigits || c.exp > MaxExponent || c.exp < -2*MaxExponent {
		return Decimal{}, ErrNumberTooLarge
	}
	if len(text) > 2*MaxDigits {
		return Decimal{}, ErrNumberTooLarge
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return Decimal{}, ErrNumberTooLarge
	}
	return fromAPD(d)
}

// FromInt is the whole number i.
func FromInt(i int64) Decimal { return Decimal{small: i} }

// FromBig is the whole number i.
func FromBig(i *big.Int) (Decimal, error) {
	if i.IsInt64() {
		return Decimal{small: i.Int64()}, nil
	}
	return fromBig(i, 0)
}

func fromBig(coeff *big.Int, exp int32) (Decimal, error) {
	d := apd.New(0, exp)
	d.Coeff.SetMathBigInt(coeff)
	if d.Negative = coeff.Sign() < 0; d.Negative {
		d.Coeff.Neg(&d.Coeff)
	}
	return fromAPD(d)
}

// fromAPD checks the limits and takes the short form where the text stays the same.
func fromAPD(d *apd.Decimal) (Decimal, error) {
	if d.Form != apd.Finite {
		return Decimal{}, ErrNumberTooLarge
	}
	n := d.NumDigits()
	top := int64(d.Exponent) + n - 1
	if n > MaxDigits || top > MaxExponent || top < -MaxExponent || d.Exponent < -MaxExponent {
		return Decimal{}, ErrNumberTooLarge
	}
	if d.Coeff.Sign() == 0 {
		d.Negative = false
	}
	if d.Exponent <= 0 && d.Exponent >= -maxScale && n < 19 {
		i := d.Coeff.Int64()
		if d.Negative {
			i = -i
		}
		return Decimal{small: i, scale: uint8(-d.Exponent)}, nil
	}
	return Decimal{large: d}, nil
}

func (d Decimal) apd() *apd.Decimal {
	if d.large != nil {
		return d.large
	}
	return apd.New(d.small, -int32(d.scale))
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int {
	if d.large != nil {
		return d.large.Sign()
	}
	switch {
	case d.small < 0:
		return -1
	case d.small > 0:
		return 1
	}
	return 0
}

// Cmp is -1, 0 or 1 as d is less than, equal to or more than e.
func (d Decimal) Cmp(e Decimal) int {
	if a, b, _, ok := level(d, e); ok {
		return cmp.Compare(a, b)
	}
	return canonOf(d.Text()).compare(canonOf(e.Text()))
}

// IsInt reports whether d is whole: 1.0 and 1e3 are.
func (d Decimal) IsInt() bool {
	switch {
	case d.large == nil:
		return d.small%tens[d.scale] == 0
	case d.large.Exponent >= 0:
		return true
	}
	c := canonOf(d.Text())
	return c.digits == "" || c.exp >= 0
}

// Int64 is d as an int64, if it is whole and fits.
func (d Decimal) Int64() (int64, bool) {
	if d.large == nil {
		return d.small / tens[d.scale], d.IsInt()
	}
	if d.Sign() != 0 && int64(d.large.Exponent)+d.large.NumDigits() > 19 {
		return 0, false
	}
	i, ok := d.Big()
	if !ok || !i.IsInt64() {
		return 0, false
	}
	return i.Int64(), true
}

// Big is d as a big.Int, if it is whole and has no more than MaxDigits digits.
func (d Decimal) Big() (*big.Int, bool) {
	if d.large == nil {
		return big.NewInt(d.small / tens[d.scale]), d.IsInt()
	}
	if d.Sign() == 0 {
		return new(big.Int), true
	}
	if !d.IsInt() || int64(d.large.Exponent)+d.large.NumDigits() > MaxDigits {
		return nil, false
	}
	c := coefficient(d.large)
	if e := d.large.Exponent; e < 0 {
		return c.Quo(c, pow10(-int64(e))), true
	}
	return c.Mul(c, pow10(int64(d.large.Exponent))), true
}

// Float64 is the float64 nearest to d, for drawing only.
func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(d.Text(), 64)
	return f
}

// Text is d as a JSON number: without an exponent where that takes no more than MaxDigits digits and d is whole, or
// where d is a fraction that begins within six places of the point. Trailing zeros of a fraction stay.
func (d Decimal) Text() string {
	if d.large == nil {
		if text, ok := d.shortText(); ok {
			return text
		}
	}
	w := d.apd()
	n, exp := w.NumDigits(), int64(w.Exponent)
	switch {
	case w.Coeff.Sign() == 0 && exp > 0:
		return "0"
	case exp >= 0 && n+exp <= MaxDigits:
		return w.Text('f')
	case exp < 0 && n+exp > -6:
		return w.Text('f')
	}
	return w.Text('E')
}

// Node is d as a value.
func (d Decimal) Node() *Node { return &Node{kind: Number, text: d.Text()} }

func coefficient(d *apd.Decimal) *big.Int {
	c := new(big.Int).Set(d.Coeff.MathBigInt())
	if d.Negative {
		c.Neg(c)
	}
	return c
}

func pow10(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }
