package scan

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// text reads a string from its opening quote on, eight bytes at a time.
func (s *Scanner) text(src []byte, i int) (int, error) {
	i++
	s.esc = false
	for {
		for i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			quote, slash := w^(ones*'"'), w^(ones*'\\')
			stop := ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & highs
			s.high |= w & highs
			if stop != 0 {
				i += bits.TrailingZeros64(stop) >> 3
				break
			}
			i += 8
		}
		for i < len(src) && src[i] >= ' ' && src[i] != '"' && src[i] != '\\' {
			s.high |= uint64(src[i] & 0x80)
			i++
		}
		if i >= len(src) {
			return i, ErrShort
		}
		switch src[i] {
		case '"':
			return i + 1, nil
		case '\\':
			s.esc = true
			next, err := escape(src, i)
			if err != nil {
				return next, err
			}
			i = next
		default:
			return i, &SyntaxError{i, "a string holds a control character"}
		}
	}
}

// plainText is the index of the quote that ends the text from src[i] on, and the high bits of the bytes before it. The index is -1 if
// there is more to it: an escape, a fault, or src's end close by.
func plainText(src []byte, i int) (end int, high uint64) {
	for ; i+8 <= len(src); i += 8 {
		w := binary.LittleEndian.Uint64(src[i:])
		quote, slash := w^(ones*2), w^(ones*'\\') // of the quote and the blank, the quote is now next to the control characters
		stop := ((quote-ones*(' '+1))&^quote | (slash-ones)&^slash) & highs
		high |= w
		if stop != 0 {
			if i += bits.TrailingZeros64(stop) >> 3; src[i] != '"' {
				break
			}
			return i, high & highs
		}
	}
	return -1, 0
}

// plainNumber is the index after the number at src[i], or -1 if it is none of digits with at most a point among them.
func plainNumber(src []byte, i int) int {
	from := i
	if i = digits(src, i); i == from || src[from] == '0' && i > from+1 {
		return -1
	}
	if i+1 < len(src) && src[i] == '.' {
		point := i
		if i = digits(src, i+1); i == point+1 {
			return -1
		}
	}
	if i >= len(src) || src[i] == '.' || src[i]|0x20 == 'e' {
		return -1
	}
	return i
}

func escape(src []byte, i int) (int, error) {
	if i+1 >= len(src) {
		return i, ErrShort
	}
	switch src[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, nil
	case 'u':
		for j := i + 2; j < i+6; j++ {
			if j >= len(src) {
				return j, ErrShort
			}
			if unhex(src[j]) < 0 {
				return j, &SyntaxError{j, "\\u needs four hexadecimal digits"}
			}
		}
		return i + 6, nil
	}
	return i, &SyntaxError{i, "a string holds an unknown escape"}
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func literal(src []byte, i int, word string) (int, error) {
	for j := range len(word) {
		if i+j >= len(src) {
			return i + j, ErrShort
		}
		if src[i+j] != word[j] {
			return i + j, &SyntaxError{i + j, "an unknown word"}
		}
	}
	return i + len(word), nil
}

func number(src []byte, i int) (int, error) {
	if src[i] == '-' {
		i++
	}
	switch {
	case i >= len(src):
		return i, ErrShort
	case src[i] == '0':
		i++
	case src[i] >= '1' && src[i] <= '9':
		i = digits(src, i)
	default:
		return i, &SyntaxError{i, "a number has no digits"}
	}
	if i < len(src) && src[i] == '.' {
		from := i + 1
		if i = digits(src, from); i == from {
			return missing(src, i, "a number has no digits after its point")
		}
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		if i++; i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		from := i
		if i = digits(src, from); i == from {
			return missing(src, i, "a number has no digits in its exponent")
		}
	}
	return i, nil
}

// missing is an error that more text might still cure, if src ends here.
func missing(src []byte, i int, what string) (int, error) {
	if i >= len(src) {
		return i, ErrShort
	}
	return i, &SyntaxError{i, what}
}

func digits(src []byte, i int) int {
	for i < len(src) && src[i] >= '0' && src[i] <= '9' {
		i++
	}
	return i
}

// space is the index of the first byte from i on that is not white space.
func space(src []byte, i int) int {
	for i < len(src) && src[i] <= ' ' && (src[i] == ' ' || src[i] == '\n' || src[i] == '\r' || src[i] == '\t') {
		i++
	}
	return i
}

// wholeNumber is strconv.ParseInt, faster for what is usual.
func wholeNumber(text string) (int64, bool) {
	if len(text) <= 18 && text != "" && allDigits(text) {
		return integer(text), true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
