package asof

import "asof/engine/value"

// maxExponent bounds the powers of ten that hashNumber takes apart itself.
const maxExponent = 1_000_000

// hashNumber is a canonical hash of a number: of its significant digits, as an integer without zeros at its end, and the power
// of ten of the last one. Both are a matter of the value and not of how it is written, and so is the choice to leave numbers of
// more than 18 significant digits and vast exponents to value.Hash.
func hashNumber(n *value.Node) uint64 {
	digits, exp, ok := takeApart(n.Text())
	if !ok {
		return value.Hash(n)
	}
	return mix(uint64(digits)^mixA, uint64(exp)^mixC)
}

// takeApart reads text as digits × 10^exp, where digits is 0 or no multiple of ten.
func takeApart(text string) (digits int64, exp int, ok bool) {
	i, negative := 0, false
	if len(text) > 0 && text[0] == '-' {
		i, negative = 1, true
	}
	zeros, significant, point := 0, 0, false // zeros are those read since the last other digit
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if point {
			exp--
		}
		if c == '0' {
			zeros++
			continue
		}
		if digits != 0 {
			for ; zeros > 0 && significant < 19; zeros-- {
				digits *= 10
				significant++
			}
		}
		if significant++; significant > 18 {
			return 0, 0, false
		}
		zeros = 0
		digits = digits*10 + int64(c-'0')
	}
	if digits == 0 {
		return 0, 0, true
	}
	power, ok := exponent(text[i:])
	exp += zeros + power
	if negative {
		digits = -digits
	}
	return digits, exp, ok && exp <= maxExponent && exp >= -maxExponent
}

// exponent reads "", or e and a whole number of at most nine digits beside zeros in front.
func exponent(text string) (int, bool) {
	if text == "" {
		return 0, true
	}
	text = text[1:]
	negative := false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	n := 0
	for _, c := range []byte(text) {
		if n = n*10 + int(c-'0'); n > 999_999_999 {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, true
}
