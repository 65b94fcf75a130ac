package value

import (
	"strconv"
	"unsafe"
)

// sumDigits and sumScale are how many digits the short way of adding takes, so that no int64 overflows, and how many behind
// the point, so that no sum is written with an exponent.
const (
	sumDigits = 17
	sumScale  = 6
)

// Sum is the exact sum of two numbers' texts, as Decimals give it; a may be "", which is nothing. The node is good until the
// pen is used again.
func (w *Pen) Sum(a, b string) (*Node, error) {
	x, scaleX, okX := scaled(a)
	y, scaleY, okY := scaled(b)
	if !okX && a != "" || !okY {
		return slowSum(a, b)
	}
	for ; scaleX < scaleY; scaleX++ {
		if x *= 10; x >= 1e17 || x <= -1e17 {
			return slowSum(a, b)
		}
	}
	for ; scaleY < scaleX; scaleY++ {
		if y *= 10; y >= 1e17 || y <= -1e17 {
			return slowSum(a, b)
		}
	}
	w.digits = appendScaled(w.digits[:0], x+y, scaleX)
	w.word = Node{kind: Number, text: unsafe.String(unsafe.SliceData(w.digits), len(w.digits))}
	return &w.word, nil
}

func slowSum(a, b string) (*Node, error) {
	sum, err := ParseNumber(b)
	if err != nil {
		return nil, err
	}
	if a != "" {
		before, err := ParseNumber(a)
		if err != nil {
			return nil, err
		}
		if sum, err = before.Add(sum); err != nil {
			return nil, err
		}
	}
	return Num(sum.Text()), nil
}

// scaled is a short number without an exponent as a whole number, and how many of its digits stand behind the point.
func scaled(token string) (n int64, scale int, ok bool) {
	digits, point := 0, -1
	for i := 0; i < len(token); i++ {
		switch c := token[i]; {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			if digits++; digits > sumDigits {
				return 0, 0, false
			}
		case c == '.':
			point = i
		case c != '-':
			return 0, 0, false
		}
	}
	if digits == 0 {
		return 0, 0, false
	}
	if point >= 0 {
		scale = len(token) - 1 - point
	}
	if scale > sumScale {
		return 0, 0, false
	}
	if token[0] == '-' {
		n = -n
	}
	return n, scale, true
}

func appendScaled(dst []byte, n int64, scale int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	from := len(dst)
	dst = strconv.AppendInt(dst, n, 10)
	if scale == 0 {
		return dst
	}
	var zeros [sumDigits + 1]byte
	if short := scale + 1 - (len(dst) - from); short > 0 { // 0.05 is 5 in two digits behind the point
		for i := range zeros[:short] {
			zeros[i] = '0'
		}
		dst = append(dst, zeros[:short]...)
		copy(dst[from+short:], dst[from:len(dst)-short])
		copy(dst[from:], zeros[:short])
	}
	dst = append(dst, 0)
	point := len(dst) - 1 - scale
	copy(dst[point+1:], dst[point:])
	dst[point] = '.'
	return dst
}
