package scan

import (
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// AppendUnquoted appends to dst what the inside of a valid JSON string means. Bytes that are not UTF-8 stay as they are; half
// of a surrogate pair becomes U+FFFD.
func AppendUnquoted(dst, inside []byte) []byte {
	for i := 0; i < len(inside); i++ {
		c := inside[i]
		if c != '\\' || i+1 >= len(inside) {
			dst = append(dst, c)
			continue
		}
		i++
		switch c = inside[i]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, size := unquoteRune(inside[i-1:])
			dst = utf8.AppendRune(dst, r)
			i += size - 2
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// unquoteRune reads \uXXXX, or two of them if they are a pair, at the start of text.
func unquoteRune(text []byte) (rune, int) {
	first := hex4(text)
	if !utf16.IsSurrogate(first) {
		return max(first, 0), min(6, len(text))
	}
	if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
		if r := utf16.DecodeRune(first, hex4(text[6:])); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(text []byte) rune {
	if len(text) < 6 {
		return utf8.RuneError
	}
	r := 0
	for _, c := range text[2:6] {
		r = r<<4 | unhex(c)
	}
	return rune(r)
}

// view is b as a string without a copy, for bytes that nobody writes to again.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
