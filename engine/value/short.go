package value

import (
	"math"
	"math/bits"
	"strconv"
)

// Most numbers of logs have few digits: a price, a balance, a count. Those are computed with in 64 bits, and nothing is allocated.
// What does not fit is left to the long form, which has the same answers.

// maxScale is how many digits a short number may have behind the point.
const maxScale = 18

// tens are the powers of ten that fit into 64 bits.
var tens = func() (list [maxScale + 1]int64) {
	list[0] = 1
	for i := 1; i < len(list); i++ {
		list[i] = 10 * list[i-1]
	}
	return list
}()

// parseShort reads a JSON number of up to 18 digits that has no exponent.
func parseShort(text string) (d Decimal, ok bool) {
	digits, point := 0, -1
	neg := len(text) > 0 && text[0] == '-'
	first := 0
	if neg {
		first = 1
	}
	if len(text) > maxScale+2 {
		return d, false
	}
	for i := first; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			d.small = d.small*10 + int64(c-'0')
			digits++
		case c == '.' && point < 0:
			point = i
		default:
			return Decimal{}, false
		}
	}
	whole := len(text) - first
	if point >= 0 {
		whole = point - first
		d.scale = uint8(len(text) - point - 1)
	}
	switch {
	case whole == 0, digits > maxScale, point >= 0 && d.scale == 0, whole > 1 && text[first] == '0':
		return Decimal{}, false // no number, or a long one
	case neg:
		d.small = -d.small
	}
	return d, true
}

// shortText is the text of a short number, but for a fraction that begins far behind the point.
func (d Decimal) shortText() (string, bool) {
	if d.scale == 0 {
		return strconv.FormatInt(d.small, 10), true
	}
	var room [24]byte
	size := d.size()
	digits := strconv.AppendUint(room[:0], size, 10)
	scale := int(d.scale)
	if len(digits)-scale <= -6 {
		return "", false
	}
	text := make([]byte, 0, len(digits)+scale+3)
	if d.small < 0 {
		text = append(text, '-')
	}
	if len(digits) <= scale {
		text = append(text, "0."...)
		for range scale - len(digits) {
			text = append(text, '0')
		}
		return string(append(text, digits...)), true
	}
	text = append(append(text, digits[:len(digits)-scale]...), '.')
	return string(append(text, digits[len(digits)-scale:]...)), true
}

// size is the number's digits without its sign.
func (d Decimal) size() uint64 {
	if d.small < 0 {
		return -uint64(d.small)
	}
	return uint64(d.small)
}

// level gives two short numbers as many digits behind the point; not ok if that needs more than 64 bits.
func level(d, e Decimal) (a, b int64, scale uint8, ok bool) {
	if d.large != nil || e.large != nil {
		return 0, 0, 0, false
	}
	a, b, ok = d.small, e.small, true
	if d.scale < e.scale {
		a, ok = multiplied(a, tens[e.scale-d.scale])
	} else if d.scale > e.scale {
		b, ok = multiplied(b, tens[d.scale-e.scale])
	}
	return a, b, max(d.scale, e.scale), ok
}

// multiplied is a × b, if that fits into 64 bits.
func multiplied(a, b int64) (int64, bool) {
	high, low := bits.Mul64(Decimal{small: a}.size(), Decimal{small: b}.size())
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

// shortDiv is d / e, if that ends within 18 digits.
func (d Decimal) shortDiv(e Decimal) (Decimal, bool) {
	a, b, _, ok := level(d, e)
	if !ok || a == math.MinInt64 || b == math.MinInt64 {
		return Decimal{}, false
	}
	q := Decimal{small: a / b}
	for r := a % b; r != 0; r %= b {
		r, ok = multiplied(r, 10)
		if !ok || q.scale == maxScale {
			return Decimal{}, false
		}
		q.scale++
		if q.small, ok = multiplied(q.small, 10); !ok || q.size() > math.MaxInt64-10 {
			return Decimal{}, false
		}
		q.small += r / b
	}
	return q, true
}

// shortFloor is the quotient of two short numbers rounded down, and the rest with its scale.
func (d Decimal) shortFloor(e Decimal) (q, r int64, scale uint8, ok bool) {
	a, b, scale, ok := level(d, e)
	if !ok || b == 0 || a == math.MinInt64 {
		return 0, 0, 0, false
	}
	if q, r = a/b, a%b; r != 0 && (r < 0) != (b < 0) {
		q, r = q-1, r+b
	}
	return q, r, scale, true
}
