package eventlog

import (
	"bytes"
	"strings"
)

// Literal is a text that is looked for as it is, or in any case of its ASCII letters.
type Literal struct {
	text    []byte // in lower case if folded
	folded  bool
	rare    int  // where in it a character stands that texts seldom have
	low, up byte // that character in both cases
}

// NewLiteral is the literal of a text, which must not be empty.
func NewLiteral(text string, folded bool) *Literal {
	l := &Literal{text: []byte(text), folded: folded}
	if folded {
		lower(l.text)
	}
	for i, c := range l.text {
		if commonness(c) < commonness(l.text[l.rare]) {
			l.rare = i
		}
	}
	l.low = l.text[l.rare]
	l.up = bytes.ToUpper(l.text[l.rare : l.rare+1])[0]
	return l
}

// lower makes ASCII letters small.
func lower(text []byte) {
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
}

// Text is what is looked for, in lower case if case does not matter.
func (l *Literal) Text() string { return string(l.text) }

// Len is its length in bytes.
func (l *Literal) Len() int { return len(l.text) }

// ContainsAny reports whether one of some ASCII characters is in it.
func (l *Literal) ContainsAny(chars string) bool { return bytes.ContainsAny(l.text, chars) }

// common are the characters of JSON texts and of columns of values, the most frequent ones last.
const common = "zqjxkvwfgybphmucdlsrniotae9876543210:,\" \x00"

func commonness(c byte) int { return strings.IndexByte(common, c) }

// Index is where the text begins in another; -1 = nowhere.
func (l *Literal) Index(in []byte) int {
	if !l.folded {
		return bytes.Index(in, l.text)
	}
	low, up := -1, -1
	for at := l.rare; ; at++ {
		if low < at {
			low = seek(in, l.low, at)
		}
		if up < at {
			if up = low; l.up != l.low {
				up = seek(in, l.up, at)
			}
		}
		at = min(low, up)
		from := at - l.rare
		if from+len(l.text) > len(in) {
			return -1
		}
		if l.equal(in[from : from+len(l.text)]) {
			return from
		}
	}
}

// seek is the first place of c from at on; len(text) = nowhere.
func seek(text []byte, c byte, at int) int {
	if at < len(text) {
		if i := bytes.IndexByte(text[at:], c); i >= 0 {
			return at + i
		}
	}
	return len(text)
}

// equal reports whether a text of the literal's length is the literal.
func (l *Literal) equal(text []byte) bool { return l.same(text, l.text) }

// same compares a text with one of the literal's kind.
func (l *Literal) same(text, want []byte) bool {
	if !l.folded {
		return bytes.Equal(text, want)
	}
	if len(text) != len(want) {
		return false
	}
	for i, c := range want {
		b := text[i]
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != c {
			return false
		}
	}
	return true
}
