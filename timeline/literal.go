package timeline

import (
	"bytes"
	"regexp/syntax"
	"strings"
	"unsafe"

	"asof/engine/event"
)

// literal is a plain ASCII text that is looked for as it is, or in any case.
type literal struct {
	text    []byte // in lower case if folded
	folded  bool
	rare    int  // where in it a character stands that texts seldom have
	low, up byte // that character in both cases
}

func literalOf(text string, folded bool) *literal {
	if text == "" {
		return nil
	}
	l := &literal{text: []byte(text), folded: folded}
	if folded {
		l.text = bytes.ToLower(l.text)
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

// common are the characters of JSON texts, the most frequent ones last.
const common = "zqjxkvwfgybphmucdlsrniotae9876543210:,\" "

func commonness(c byte) int { return strings.IndexByte(common, c) }

// index is where the text begins in another; -1 = nowhere.
func (l *literal) index(in []byte) int {
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
		if foldedEqual(in[from:from+len(l.text)], l.text) {
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

func foldedEqual(text, lower []byte) bool {
	for i, c := range lower {
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

// needed is the longest text that whatever matches a pattern holds; nil if there is none.
func needed(pattern string) *literal {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	text, folded := required(re)
	return literalOf(text, folded)
}

func required(re *syntax.Regexp) (text string, folded bool) {
	switch re.Op {
	case syntax.OpLiteral:
		folded = re.Flags&syntax.FoldCase != 0
		for _, part := range strings.FieldsFunc(string(re.Rune), func(r rune) bool {
			return r >= 128 || folded && strings.ContainsRune("kKsS", r) // which have letters beyond ASCII in their case
		}) {
			if len(part) > len(text) {
				text = part
			}
		}
		return text, folded
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if part, fold := required(sub); len(part) > len(text) {
				text, folded = part, fold
			}
		}
		return text, folded
	}
	return "", false
}

// sieve drops the events that do not hold a literal, mostly by one look at all their bytes. It serves one goroutine.
type sieve struct {
	*literal
	joins bool   // the text may go over the end of a member of a payload that is put together
	kind  string // the last type that was looked at
	typed bool   // it holds the text
}

func (l *literal) sieve() *sieve { return &sieve{literal: l, joins: bytes.ContainsAny(l.text, ",{}")} }

// drops reports whether neither payload, metadata, type, stream nor id of an event holds the text.
func (s *sieve) drops(e *event.Event) bool {
	if s.index(e.Raw) >= 0 {
		return false
	}
	if e.Type != s.kind {
		s.kind, s.typed = strings.Clone(e.Type), s.index(textBytes(e.Type)) >= 0
	}
	return !s.typed && !s.apart(e.Raw, string(e.Stream)) && !s.apart(e.Raw, e.ID) && !s.part(e.Payload) && !s.part(e.Meta)
}

// apart reports whether a text that does not lie in the record may hold what is looked for.
func (s *sieve) apart(raw []byte, text string) bool {
	if text == "" || within(raw, text) {
		return false
	}
	return s.index(textBytes(text)) >= 0
}

func (s *sieve) part(p event.Part) bool {
	return p.Own != nil && s.index(p.Own) >= 0 || p.Members && s.joins
}

// within reports whether a text is a part of bytes, and not only like one.
func within(in []byte, text string) bool {
	from, at := uintptr(unsafe.Pointer(unsafe.SliceData(in))), uintptr(unsafe.Pointer(unsafe.StringData(text)))
	return at >= from && at+uintptr(len(text)) <= from+uintptr(len(in))
}

// textBytes are the bytes of a text, to be read.
func textBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
