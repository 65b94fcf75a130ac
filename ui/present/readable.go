package present

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Readable is a JSON text in which letters that are written as \u00e9, as many a program does with all that is no ASCII, are the
// letters themselves. All else stays as it was written, and so it is the same JSON.
func Readable(json string) string {
	at := strings.Index(json, `\u`)
	if at < 0 {
		return json
	}
	var b strings.Builder
	b.Grow(len(json))
	for at = strings.IndexByte(json, '\\'); at >= 0 && at+1 < len(json); at = strings.IndexByte(json, '\\') {
		b.WriteString(json[:at])
		json = json[at:]
		r, size := unescaped(json)
		if r >= utf8.RuneSelf && unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(json[:size])
		}
		json = json[size:]
	}
	b.WriteString(json)
	return b.String()
}

// unescaped is the character of the escape that s begins with, and its length; 0 for one that is no \u or no character.
func unescaped(s string) (r rune, size int) {
	r = unit(s)
	switch {
	case r < 0:
		return 0, 2
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	if both := utf16.DecodeRune(r, unit(s[6:])); both != unicode.ReplacementChar {
		return both, 12
	}
	return 0, 6
}

// unit is the number of the \uXXXX that s begins with, or -1.
func unit(s string) rune {
	if len(s) < 6 || s[:2] != `\u` {
		return -1
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
