package value

import (
	"unicode/utf8"
)

// JSON is the value as compact JSON text; nil for an absent value. Numbers have their own text.
func (n *Node) JSON() []byte {
	if n == nil {
		return nil
	}
	return n.AppendJSON(nil)
}

// AppendJSON appends what JSON gives to dst.
func (n *Node) AppendJSON(dst []byte) []byte {
	switch n.Kind() {
	case Absent:
		return dst
	case String:
		if n.flags&flagPlain != 0 {
			dst = append(dst, '"')
			dst = append(dst, n.text...)
			return append(dst, '"')
		}
		return AppendQuoted(dst, n.text)
	case Array:
		return n.appendParts(dst, '[', ']')
	case Object:
		return n.appendParts(dst, '{', '}')
	}
	return append(dst, n.text...)
}

func (n *Node) appendParts(dst []byte, opening, closing byte) []byte {
	dst = append(dst, opening)
	first := true
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if n.kind == Object {
			dst = append(AppendQuoted(dst, n.body.names[i]), ':')
		}
		dst = kid.AppendJSON(dst)
	}
	return append(dst, closing)
}

// AppendIndent appends the value as JSON text over several lines to dst: each line but the first begins with prefix, and with
// indent once for each level. Empty arrays and objects stay on their line.
func (n *Node) AppendIndent(dst []byte, prefix, indent string) []byte {
	return n.appendIndent(dst, prefix, indent, 0)
}

func (n *Node) appendIndent(dst []byte, prefix, indent string, level int) []byte {
	if n.Len() == 0 {
		return n.AppendJSON(dst)
	}
	line := func(level int) {
		dst = append(append(dst, '\n'), prefix...)
		for range level {
			dst = append(dst, indent...)
		}
	}
	opening, closing := byte('['), byte(']')
	if n.kind == Object {
		opening, closing = '{', '}'
	}
	dst = append(dst, opening)
	left := n.Len()
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		line(level + 1)
		if n.kind == Object {
			dst = append(AppendQuoted(dst, n.body.names[i]), ": "...)
		}
		dst = kid.appendIndent(dst, prefix, indent, level+1)
		if left--; left > 0 {
			dst = append(dst, ',')
		}
	}
	line(level)
	return append(dst, closing)
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string to dst. Bytes that are not UTF-8 become \ufffd, lone surrogates \udXXX.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0 // up to where s has been appended
	for i := firstOdd(s, 0); i < len(s); i = firstOdd(s, i) {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendEscape(append(dst, s[done:i]...), c)
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || size > 1 {
			i += size
			continue
		}
		if half := surrogateAt(s[i:]); half >= 0 {
			r, size = half, 3
		}
		dst = appendHex(append(dst, s[done:i]...), r)
		i += size
		done = i
	}
	return append(append(dst, s[done:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return appendHex(dst, rune(c))
}

func appendHex(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
