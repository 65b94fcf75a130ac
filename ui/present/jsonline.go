package present

import (
	"fmt"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"asof/engine/event"
)

// Line is a JSON object on one line, as every listing of the command line prints it. Fields stand in the order in which they
// are added. Besides what JSON demands it escapes DEL, C1, direction-changing and invisible characters and piled-up marks, so that printing it
// on a terminal does no harm. The zero Line is an empty object.
type Line struct{ buf []byte }

// Str adds a string.
func (l *Line) Str(name, text string) *Line {
	l.name(name)
	l.buf = appendString(l.buf, text)
	return l
}

// Some adds a string unless it is empty.
func (l *Line) Some(name, text string) *Line {
	if text == "" {
		return l
	}
	return l.Str(name, text)
}

// Int adds an integer.
func (l *Line) Int(name string, n int64) *Line {
	l.name(name)
	l.buf = strconv.AppendInt(l.buf, n, 10)
	return l
}

// Position adds a position.
func (l *Line) Position(name string, p event.Position) *Line {
	l.name(name)
	l.buf = strconv.AppendUint(l.buf, uint64(p), 10)
	return l
}

// Bool adds true or false.
func (l *Line) Bool(name string, b bool) *Line {
	l.name(name)
	l.buf = strconv.AppendBool(l.buf, b)
	return l
}

// Seconds adds a number of seconds, to the millisecond.
func (l *Line) Seconds(name string, s float64) *Line {
	l.name(name)
	l.buf = strconv.AppendFloat(l.buf, s, 'f', 3, 64)
	return l
}

// Time adds a time as RFC 3339 text in its own zone, or null if it is missing.
func (l *Line) Time(name string, t event.Time) *Line {
	if t.IsZero() {
		return l.Raw(name, []byte("null"))
	}
	return l.Str(name, t.Text())
}

// Strs adds a list of strings.
func (l *Line) Strs(name string, texts []string) *Line {
	l.name(name)
	l.buf = append(l.buf, '[')
	for i, text := range texts {
		if i > 0 {
			l.buf = append(l.buf, ',')
		}
		l.buf = appendString(l.buf, text)
	}
	l.buf = append(l.buf, ']')
	return l
}

// Raw adds a JSON text, compacted; its numbers keep their digits. An empty one is left out. What is no JSON is added as a
// string.
func (l *Line) Raw(name string, json []byte) *Line {
	if len(json) == 0 {
		return l
	}
	l.name(name)
	l.buf = AppendJSON(l.buf, json)
	return l
}

// AppendJSON appends a JSON text, compacted and escaped as in a Line. What is no JSON is appended as a string.
func AppendJSON(dst, json []byte) []byte {
	out, ok := appendRaw(dst, json)
	if !ok {
		return appendString(dst, string(json))
	}
	return out
}

// Object adds a nested object.
func (l *Line) Object(name string, inner *Line) *Line {
	l.name(name)
	l.buf = append(append(l.buf, inner.open()...), '}')
	return l
}

// Objects adds a list of objects.
func (l *Line) Objects(name string, inner []*Line) *Line {
	l.name(name)
	l.buf = append(l.buf, '[')
	for i, o := range inner {
		if i > 0 {
			l.buf = append(l.buf, ',')
		}
		l.buf = append(append(l.buf, o.open()...), '}')
	}
	l.buf = append(l.buf, ']')
	return l
}

// WriteTo writes the object and a line feed, and empties the line for the next one.
func (l *Line) WriteTo(w io.Writer) (int64, error) {
	out := append(l.open(), '}', '\n')
	l.buf = out[:0]
	n, err := w.Write(out)
	if err != nil {
		return int64(n), fmt.Errorf("JSON line: %w", err)
	}
	return int64(n), nil
}

// String is the object's text.
func (l *Line) String() string { return string(l.open()) + "}" }

func (l *Line) open() []byte {
	if len(l.buf) == 0 {
		return []byte{'{'}
	}
	return l.buf
}

func (l *Line) name(name string) {
	sep := byte(',')
	if len(l.buf) == 0 {
		sep = '{'
	}
	l.buf = append(l.buf, sep)
	l.buf = append(appendString(l.buf, name), ':')
}

// appendString appends s as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		default:
			dst = appendRune(dst, r, s[i:i+size], &marks)
		}
		i += size
	}
	return append(dst, '"')
}

// appendRune appends a character of a JSON string, text being its bytes and marks how many combining marks came just before.
func appendRune(dst []byte, r rune, text string, marks *int) []byte {
	if r < 0x300 || !unicode.In(r, unicode.Mn, unicode.Me) {
		*marks = 0
	} else if *marks++; *marks > maxMarks {
		return appendUnit(dst, r)
	}
	switch {
	case r == utf8.RuneError && len(text) == 1:
		return append(dst, `\ufffd`...)
	case r >= 0x20 && r < 0x7f:
		return append(dst, byte(r))
	case r < 0xa0 || invisible(r) || r == 0x200d || r >= 0xfe00 && r <= 0xfe0f:
		return appendUnit(dst, r)
	}
	return append(dst, text...)
}

func appendUnit(dst []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(dst, `\n`...)
	case '\t':
		return append(dst, `\t`...)
	case '\r':
		return append(dst, `\r`...)
	}
	if r > 0xffff {
		r -= 0x10000
		return fmt.Appendf(dst, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// appendRaw appends a JSON text without the white space between its tokens. It reports false where the text holds bytes that
// cannot stand in JSON.
func appendRaw(dst, json []byte) ([]byte, bool) {
	inside, marks := false, 0
	for i := 0; i < len(json); {
		c := json[i]
		switch {
		case inside && c == '\\' && i+1 < len(json) && json[i+1] >= 0x20 && json[i+1] < 0x7f:
			dst = append(dst, c, json[i+1])
			i += 2
		case c == '"':
			inside = !inside
			dst = append(dst, c)
			i++
		case inside:
			r, size := utf8.DecodeRune(json[i:])
			dst = appendRune(dst, r, string(json[i:i+size]), &marks)
			i += size
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			i++
		case c <= 0x20 || c >= 0x7f:
			return dst, false
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst, !inside
}
