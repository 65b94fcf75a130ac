package value

import (
	"math"
	"math/big"

	"github.com/cockroachdb/apd/v3"
)

// Neg is -d.
func (d Decimal) Neg() Decimal {
	if d.large == nil && d.small != math.MinInt64 {
		return Decimal{small: -d.small, scale: d.scale}
	}
	n, err := fromAPD(new(apd.Decimal).Neg(d.apd()))
	if err != nil {
		return d // the limits do not know a sign
	}
	return n
}

// Abs is d without its sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Add is d + e, exactly.
func (d Decimal) Add(e Decimal) (Decimal, error) {
	if x, y, scale, ok := level(d, e); ok {
		if s := x + y; (s > x) == (y > 0) {
			return Decimal{small: s, scale: scale}, nil
		}
	}
	a, b, exp, err := align(d, e)
	if err != nil {
		return Decimal{}, err
	}
	return fromBig(a.Add(a, b), exp)
}

// Sub is d - e, exactly.
func (d Decimal) Sub(e Decimal) (Decimal, error) { return d.Add(e.Neg()) }

// Mul is d times e, exactly.
func (d Decimal) Mul(e Decimal) (Decimal, error) {
	if d.large == nil && e.large == nil && d.scale+e.scale <= maxScale {
		if product, ok := multiplied(d.small, e.small); ok {
			return Decimal{small: product, scale: d.scale + e.scale}, nil
		}
	}
	x, y := d.apd(), e.apd()
	a := coefficient(x)
	exp := int64(x.Exponent) + int64(y.Exponent)
	return fromBig(a.Mul(a, coefficient(y)), int32(exp))
}

// Div is d / e, rounded half to even at DivPrecision digits, without trailing zeros behind the point.
func (d Decimal) Div(e Decimal) (Decimal, error) {
	if e.Sign() == 0 {
		return Decimal{}, ErrDivideByZero
	}
	if q, ok := d.shortDiv(e); ok {
		return q, nil
	}
	ctx := apd.BaseContext.WithPrecision(DivPrecision)
	ctx.Rounding = apd.RoundHalfEven
	q := new(apd.Decimal)
	if cond, err := ctx.Quo(q, d.apd(), e.apd()); err != nil || cond.Overflow() || cond.Underflow() {
		return Decimal{}, ErrNumberTooLarge
	}
	q.Reduce(q)
	if q.Exponent > 0 && q.NumDigits()+int64(q.Exponent) <= MaxDigits {
		return fromBig(coefficient(q).Mul(coefficient(q), pow10(int64(q.Exponent))), 0)
	}
	return fromAPD(q)
}

// FloorDiv is d / e, rounded down to a whole number.
func (d Decimal) FloorDiv(e Decimal) (Decimal, error) {
	if q, _, _, ok := d.shortFloor(e); ok {
		return Decimal{small: q}, nil
	}
	q, _, _, err := floorDivMod(d, e)
	if err != nil {
		return Decimal{}, err
	}
	return fromBig(q, 0)
}

// Mod is d - e * FloorDiv(d, e): the rest, with e's sign as in Python.
func (d Decimal) Mod(e Decimal) (Decimal, error) {
	if _, r, scale, ok := d.shortFloor(e); ok {
		return Decimal{small: r, scale: scale}, nil
	}
	_, r, exp, err := floorDivMod(d, e)
	if err != nil {
		return Decimal{}, err
	}
	return fromBig(r, exp)
}

func floorDivMod(d, e Decimal) (q, r *big.Int, exp int32, err error) {
	if e.Sign() == 0 {
		return nil, nil, 0, ErrDivideByZero
	}
	a, b, exp, err := align(d, e)
	if err != nil {
		return nil, nil, 0, err
	}
	q, r = a.QuoRem(a, b, new(big.Int))
	if r.Sign() != 0 && r.Sign() != b.Sign() {
		q.Sub(q, big.NewInt(1))
		r.Add(r, b)
	}
	return q, r, exp, nil
}

// align gives both numbers as whole ones times the same power of ten.
func align(d, e Decimal) (a, b *big.Int, exp int32, err error) {
	x, y := d.apd(), e.apd()
	a, b = coefficient(x), coefficient(y)
	exp = min(x.Exponent, y.Exponent)
	for _, part := range []struct {
		coeff *big.Int
		shift int64
	}{{a, int64(x.Exponent) - int64(exp)}, {b, int64(y.Exponent) - int64(exp)}} {
		if part.shift == 0 || part.coeff.Sign() == 0 {
			continue
		}
		if part.shift > MaxDigits {
			return nil, nil, 0, ErrNumberTooLarge
		}
		part.coeff.Mul(part.coeff, pow10(part.shift))
	}
	return a, b, exp, nil
}
