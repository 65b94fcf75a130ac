package expr

// short is a number as a whole number and how many places of it stand behind the point: most numbers that logs hold, read and
// compared without allocating. Everything else is left to exact decimals.
type short struct {
	whole int64
	scale int
}

// mostDigits is how many digits a short number has, so that it and its multiples by small powers of ten stay exact.
const mostDigits = 17

var tens = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// shortOf reads a JSON number without an exponent.
func shortOf(text string) (n short, ok bool) {
	i, point := 0, -1
	if len(text) > 0 && text[0] == '-' {
		i = 1
	}
	first := i
	if len(text)-first > mostDigits+1 || len(text) == first {
		return n, false
	}
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' && point < 0 {
			point = i
			continue
		}
		if c < '0' || c > '9' {
			return n, false
		}
		n.whole = n.whole*10 + int64(c-'0')
	}
	if point >= 0 {
		n.scale = len(text) - point - 1
	}
	if first == 1 {
		n.whole = -n.whole
	}
	return n, true
}

// compare is -1, 0 or 1; not ok where that would leave 64 bits.
func (n short) compare(m short) (c int, ok bool) {
	a, b := n.whole, m.whole
	if d := n.scale - m.scale; d > 0 {
		b, ok = times(b, d)
	} else {
		a, ok = times(a, -d)
	}
	switch {
	case !ok:
		return 0, false
	case a < b:
		return -1, true
	case a > b:
		return 1, true
	}
	return 0, true
}

// times is n × 10^d, if that stays within 64 bits.
func times(n int64, d int) (int64, bool) {
	if d >= len(tens) {
		return 0, n == 0
	}
	most := (1<<63 - 1) / tens[d]
	return n * tens[d], n <= most && n >= -most
}
