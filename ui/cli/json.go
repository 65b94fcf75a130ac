package cli

import (
	"encoding/hex"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"asof/engine/event"
	"asof/engine/value"
)

// object is one line of JSON, built member by member so that the members keep their order. What a terminal could obey is
// escaped also within strings: a JSON listing may be looked at, too.
type object struct{ buf []byte }

func (o *object) name(name string) {
	if len(o.buf) == 0 {
		o.buf = append(o.buf, '{')
	} else {
		o.buf = append(o.buf, ',')
	}
	o.buf = appendString(o.buf, name)
	o.buf = append(o.buf, ':')
}

func (o *object) text(name, value string) *object {
	o.name(name)
	o.buf = appendString(o.buf, value)
	return o
}

// some leaves an empty text out.
func (o *object) some(name, value string) *object {
	if value == "" {
		return o
	}
	return o.text(name, value)
}

func (o *object) int(name string, n int64) *object {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, n, 10)
	return o
}

func (o *object) bool(name string, b bool) *object {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, b)
	return o
}

func (o *object) float(name string, f float64) *object {
	o.name(name)
	o.buf = strconv.AppendFloat(o.buf, f, 'f', 3, 64)
	return o
}

func (o *object) position(name string, p event.Position) *object { return o.int(name, int64(p)) }

// time is RFC 3339 text, or null.
func (o *object) time(name string, t event.Time, a *app) *object {
	o.name(name)
	if t.IsZero() {
		o.buf = append(o.buf, "null"...)
		return o
	}
	o.buf = append(o.buf, '"')
	o.buf = t.Append(o.buf, a.zone)
	o.buf = append(o.buf, '"')
	return o
}

// raw is a JSON text, with its control and direction-changing characters escaped. An absent one leaves its member out.
func (o *object) raw(name string, json []byte) *object {
	if json == nil {
		return o
	}
	o.name(name)
	o.buf = appendHarmless(o.buf, json)
	return o
}

func (o *object) node(name string, n *value.Node) *object {
	if n == nil {
		return o
	}
	return o.raw(name, n.JSON())
}

func (o *object) hash(name string, sum []byte) *object { return o.text(name, hex.EncodeToString(sum)) }

// list is an array of texts.
func (o *object) list(name string, texts []string) *object {
	o.name(name)
	o.buf = append(o.buf, '[')
	for i, t := range texts {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = appendString(o.buf, t)
	}
	o.buf = append(o.buf, ']')
	return o
}

// objects is an array of objects.
func (o *object) objects(name string, items []*object) *object {
	o.name(name)
	o.buf = append(o.buf, '[')
	for i, item := range items {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = append(o.buf, item.bytes()...)
	}
	o.buf = append(o.buf, ']')
	return o
}

func (o *object) object(name string, inner *object) *object {
	o.name(name)
	o.buf = append(o.buf, inner.bytes()...)
	return o
}

func (o *object) bytes() []byte {
	if len(o.buf) == 0 {
		return []byte("{}")
	}
	return append(o.buf[:len(o.buf):len(o.buf)], '}')
}

func appendString(dst []byte, text string) []byte {
	return appendHarmless(dst, value.Str(text).JSON())
}

// appendHarmless copies a JSON text and writes what a terminal could obey, hide or turn around as \u escapes, and bytes that
// are not UTF-8 as U+FFFD. Outside of strings valid JSON has none of these but line ends and tabs, which become spaces.
func appendHarmless(dst, json []byte) []byte {
	for i := 0; i < len(json); {
		if c := json[i]; c < utf8.RuneSelf {
			switch {
			case c == '\n' || c == '\r' || c == '\t':
				dst = append(dst, ' ')
			case c == 0x7f:
				dst = append(dst, `\u007f`...)
			default:
				dst = append(dst, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(json[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, `\ufffd`...)
		case r < 0xa0 || r == 0xad || r == 0x61c || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff:
			dst = appendUnicode(dst, r)
		case r >= 0xe0000 && r <= 0xe007f: // tags, which nothing shows
			high, low := utf16.EncodeRune(r)
			dst = appendUnicode(appendUnicode(dst, high), low)
		default:
			dst = append(dst, json[i:i+size]...)
		}
		i += size
	}
	return dst
}

func appendUnicode(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
