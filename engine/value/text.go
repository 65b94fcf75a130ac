package value

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// isOdd reports whether a byte in a string needs a look.
func isOdd(c byte) bool { return c == '"' || c == '\\' || c < 0x20 || c >= utf8.RuneSelf }

// isPlain reports whether s stands for itself between quotes. It asks for valid UTF-8.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c < 0x20 {
			return false
		}
	}
	return utf8.ValidString(s)
}

// firstOdd is where the first odd byte from i on stands, or the length of s. It looks at eight bytes at once.
func firstOdd(s string, i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(s) {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, slash := w^ones*'"', w^ones*'\\'
		// The lowest top bit set is true; those above it may be borrows.
		if odd := (w | (w-ones*0x20)&^w | (quote-ones)&^quote | (slash-ones)&^slash) & tops; odd != 0 {
			return i + bits.TrailingZeros64(odd)>>3
		}
		i += 8
	}
	for i < len(s) && !isOdd(s[i]) {
		i++
	}
	return i
}

// str reads the string that begins at the position.
func (p *parser) str() (text string, flags nodeFlags, err error) {
	start := p.pos + 1
	i := firstOdd(p.src, start)
	if i < len(p.src) && p.src[i] == '"' {
		p.pos = i + 1
		return p.src[start:i], flagPlain, nil
	}
	escaped := false
	for ; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '"':
			p.pos = i + 1
			return p.decode(p.src[start:i], escaped)
		case c == '\\':
			n := escapeLen(p.src[i:])
			if n == 0 {
				p.pos = i
				return "", 0, p.fault("no such escape in a string")
			}
			escaped = true
			i += n - 1
		case c < 0x20:
			p.pos = i
			return "", 0, p.fault("a control character in a string")
		}
	}
	p.pos = i
	return "", 0, p.fault("the text ends within a string")
}

// escapeLen is the length of the escape that s begins with; 0 if it is none.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	if s[1] == 'u' {
		if len(s) < 6 || hex4(s[2:6]) < 0 {
			return 0
		}
		return 6
	}
	if strings.IndexByte(`"\/bfnrt`, s[1]) < 0 {
		return 0
	}
	return 2
}

// hex4 is the value of four hexadecimal digits, or -1.
func hex4(s string) rune {
	r := rune(0)
	for _, c := range []byte(s[:4]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// decode makes the text of a string's inside, whose escapes have been checked.
func (p *parser) decode(raw string, escaped bool) (string, nodeFlags, error) {
	flags := flagPlain
	if !utf8.ValidString(raw) {
		p.notes |= InvalidUTF8
		raw = string([]rune(raw)) // one U+FFFD for each bad byte
	}
	if !escaped {
		return raw, flags, nil
	}
	text, lone := unescapeText(raw)
	if lone {
		p.notes |= LoneSurrogate
	}
	if lone || !isPlain(text) {
		flags = 0
	}
	return text, flags, nil
}

// unescapeText is raw without its escapes, and whether half of a surrogate pair stands in it.
func unescapeText(raw string) (text string, lone bool) {
	out := make([]byte, 0, len(raw))
	for raw != "" {
		next := strings.IndexByte(raw, '\\')
		if next < 0 {
			return string(append(out, raw...)), lone
		}
		out, raw = append(out, raw[:next]...), raw[next:]
		if raw[1] != 'u' {
			out, raw = append(out, unescaped(raw[1])), raw[2:]
			continue
		}
		r := hex4(raw[2:])
		raw = raw[6:]
		if pair := secondHalf(r, raw); utf16.IsSurrogate(r) && pair != utf8.RuneError {
			out, raw = utf8.AppendRune(out, pair), raw[6:]
		} else if utf16.IsSurrogate(r) {
			out, lone = appendSurrogate(out, r), true
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out), lone
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// secondHalf is the character of the surrogate r and the escape that rest begins with; U+FFFD if they are no pair.
func secondHalf(r rune, rest string) rune {
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return utf8.RuneError
	}
	return utf16.DecodeRune(r, hex4(rest[2:]))
}

// appendSurrogate appends half of a surrogate pair in the three-byte form that UTF-8 forbids.
func appendSurrogate(dst []byte, r rune) []byte {
	return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
}

// surrogateAt is the surrogate in its three-byte form at the start of s, or -1.
func surrogateAt(s string) rune {
	if len(s) < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || s[2] < 0x80 || s[2] > 0xBF {
		return -1
	}
	return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
}

// repair replaces bytes of s that are not UTF-8, keeps lone surrogates, and joins surrogates that have met.
func repair(s string) (string, bool) {
	out, lone := make([]byte, 0, len(s)), false
	for i := 0; i < len(s); {
		if r := surrogateAt(s[i:]); r >= 0 {
			i += 3
			if low := surrogateAt(s[i:]); low >= 0 && utf16.DecodeRune(r, low) != utf8.RuneError {
				out = utf8.AppendRune(out, utf16.DecodeRune(r, low))
				i += 3
				continue
			}
			lone = true
			out = appendSurrogate(out, r)
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		out = utf8.AppendRune(out, r)
		i += size
	}
	return string(out), lone
}

// numberEnd is where the JSON number that begins at pos ends, or -1 if there is none.
func numberEnd(s string, pos int) int {
	if pos < len(s) && s[pos] == '-' {
		pos++
	}
	start := pos
	if pos = digits(s, pos); pos == start || s[start] == '0' && pos > start+1 {
		return -1
	}
	if pos < len(s) && s[pos] == '.' {
		start = pos + 1
		if pos = digits(s, start); pos == start {
			return -1
		}
	}
	if pos < len(s) && s[pos]|0x20 == 'e' {
		pos++
		if pos < len(s) && (s[pos] == '+' || s[pos] == '-') {
			pos++
		}
		start = pos
		if pos = digits(s, start); pos == start {
			return -1
		}
	}
	return pos
}

// digits is where the run of digits from pos on ends.
func digits(s string, pos int) int {
	for pos < len(s) && s[pos] >= '0' && s[pos] <= '9' {
		pos++
	}
	return pos
}
