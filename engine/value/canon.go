package value

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"
)

// canon is a number's value: sign, significant digits without zeros at either end, and the power of ten of the last digit.
// Zero has no digits. No number is too large for it, since nothing is computed.
type canon struct {
	neg    bool
	digits string
	exp    int64
	far    *big.Int // the exponent in place of exp, where that may not hold it
}

func canonOf(token string) canon {
	var c canon
	c.neg = strings.HasPrefix(token, "-")
	token = strings.TrimPrefix(token, "-")
	mantissa, exp := token, ""
	if i := strings.IndexAny(token, "eE"); i >= 0 {
		mantissa, exp = token[:i], strings.TrimPrefix(token[i+1:], "+")
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	if frac != "" {
		mantissa = whole + frac
	}
	trimmed := strings.TrimRight(mantissa, "0")
	c.digits = strings.TrimLeft(trimmed, "0")
	if c.digits == "" {
		return canon{}
	}
	shift := int64(len(mantissa) - len(trimmed) - len(frac))
	if len(exp) <= 17 {
		e, _ := strconv.ParseInt("0"+strings.TrimPrefix(exp, "-"), 10, 64)
		if strings.HasPrefix(exp, "-") {
			e = -e
		}
		c.exp = e + shift
		return c
	}
	far, _ := new(big.Int).SetString(exp, 10)
	far.Add(far, big.NewInt(shift))
	if c.exp = far.Int64(); !far.IsInt64() || c.exp > 1e17 || c.exp < -1e17 {
		c.exp, c.far = 0, far
	}
	return c
}

// appendTo appends bytes that are equal exactly when the values are.
func (c canon) appendTo(dst []byte) []byte {
	if c.neg {
		dst = append(dst, '-')
	}
	dst = append(append(dst, c.digits...), 'e')
	if c.far != nil {
		return c.far.Append(dst, 10)
	}
	return strconv.AppendInt(dst, c.exp, 10)
}

// top is the power of ten above the first digit.
func (c canon) top() *big.Int {
	exp := c.far
	if exp == nil {
		exp = big.NewInt(c.exp)
	}
	return new(big.Int).Add(exp, big.NewInt(int64(len(c.digits))))
}

func (c canon) sign() int {
	switch {
	case c.digits == "":
		return 0
	case c.neg:
		return -1
	}
	return 1
}

func (c canon) compare(d canon) int {
	if r := cmp.Compare(c.sign(), d.sign()); r != 0 || c.digits == "" {
		return r
	}
	r := c.top().Cmp(d.top())
	if r == 0 {
		r = strings.Compare(c.digits, d.digits)
	}
	return r * c.sign()
}

// plain parts a token without an exponent into its sign, the digits before the point, and those behind it up to the last that
// is no zero.
func plain(token string) (neg bool, whole, frac string, ok bool) {
	if neg = token[0] == '-'; neg {
		token = token[1:]
	}
	point := len(token)
	for i := 0; i < len(token); i++ {
		if c := token[i]; c == '.' {
			point = i
		} else if c > '9' {
			return false, "", "", false
		}
	}
	if whole = token[:point]; point == len(token) {
		return neg, whole, "", true
	}
	end := len(token)
	for token[end-1] == '0' {
		end--
	}
	return neg, whole, token[point+1 : max(end, point+1)], true
}

func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	negA, wholeA, fracA, plainA := plain(a)
	negB, wholeB, fracB, plainB := plain(b)
	if plainA && plainB { // no zeros stand before the whole
		return wholeA == wholeB && fracA == fracB && (negA == negB || wholeA == "0" && fracA == "")
	}
	c, d := canonOf(a), canonOf(b)
	if c.far != nil || d.far != nil {
		return c.compare(d) == 0
	}
	return c.neg == d.neg && c.exp == d.exp && c.digits == d.digits
}
