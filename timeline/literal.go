package timeline

import (
	"regexp/syntax"
	"strings"
	"unsafe"

	"asof/engine/event"
	"asof/engine/eventlog"
)

// jsonNames are the characters that JSON may write with a backslash, by what follows it. A slash may be written either way.
var jsonNames = map[rune]string{'\b': `b`, '\f': `f`, '\n': `n`, '\r': `r`, '\t': `t`, '"': `"`, '\\': `\`, '/': `/`}

// mostVariants bounds the ways of writing a text that are looked for one by one.
const mostVariants = 8

// variants are an ASCII text and the other ways in which JSON may write it; nil if those are too many.
func variants(text string, folded bool) []*eventlog.Literal {
	ways := []string{""}
	for _, c := range text {
		more := ways
		if c == '/' {
			if more = append([]string{}, ways...); 2*len(ways) > mostVariants {
				return nil
			}
			for i := range more {
				more[i] += "/"
			}
		} else {
			more = nil
		}
		for i := range ways {
			if name, ok := jsonNames[c]; ok {
				ways[i] += `\` + name
			} else {
				ways[i] += string(c)
			}
		}
		ways = append(ways, more...)
	}
	list := []*eventlog.Literal{eventlog.NewLiteral(text, folded)}
	for _, way := range ways {
		if way != text {
			list = append(list, eventlog.NewLiteral(way, folded))
		}
	}
	return list
}

// piece is the longest part of a text that JSON writes as it is, and in whose case there are ASCII letters only; nil if there is none.
func piece(text string, folded bool) []*eventlog.Literal {
	return longest(strings.FieldsFunc(text, func(r rune) bool {
		_, escaped := jsonNames[r]
		return escaped || beyond(r, folded)
	}), folded)
}

// beyond reports whether a character is no ASCII, or has letters beyond ASCII in its case, where that counts.
func beyond(r rune, folded bool) bool { return r >= 128 || folded && strings.ContainsRune("kKsS", r) }

func longest(parts []string, folded bool) []*eventlog.Literal {
	text := ""
	for _, part := range parts {
		if len(part) > len(text) {
			text = part
		}
	}
	if text == "" {
		return nil
	}
	return []*eventlog.Literal{eventlog.NewLiteral(text, folded)}
}

// needed is the longest text that whatever matches a pattern holds; nil if there is none.
func needed(pattern string) []*eventlog.Literal {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	text, folded := required(re)
	return longest([]string{text}, folded)
}

func required(re *syntax.Regexp) (text string, folded bool) {
	switch re.Op {
	case syntax.OpLiteral:
		folded = re.Flags&syntax.FoldCase != 0
		for _, part := range strings.FieldsFunc(string(re.Rune), func(r rune) bool { return beyond(r, folded) }) {
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

// sieve drops the events that hold none of some literals, mostly by one look at all their bytes. It serves one goroutine.
type sieve struct {
	literals []*eventlog.Literal
	joins    bool   // one may go over the end of a member of a payload that is put together
	kind     string // the last type that was looked at
	typed    bool   // it holds one
}

func newSieve(literals []*eventlog.Literal) *sieve {
	s := &sieve{literals: literals}
	for _, l := range literals {
		s.joins = s.joins || l.ContainsAny(",{}")
	}
	return s
}

func (s *sieve) holds(text []byte) bool {
	for _, l := range s.literals {
		if l.Index(text) >= 0 {
			return true
		}
	}
	return false
}

// drops reports whether neither payload, metadata, type, stream nor id of an event holds one of the texts.
func (s *sieve) drops(e *event.Event) bool {
	if s.holds(e.Raw) {
		return false
	}
	if e.Type != s.kind {
		s.kind, s.typed = strings.Clone(e.Type), s.holds(textBytes(e.Type))
	}
	return !s.typed && !s.apart(e.Raw, string(e.Stream)) && !s.apart(e.Raw, e.ID) && !s.part(e.Payload) && !s.part(e.Meta)
}

// apart reports whether a text that does not lie in the record may hold what is looked for.
func (s *sieve) apart(raw []byte, text string) bool {
	return text != "" && !within(raw, text) && s.holds(textBytes(text))
}

func (s *sieve) part(p event.Part) bool {
	return p.Own != nil && s.holds(p.Own) || p.Members && s.joins
}

// within reports whether a text is a part of bytes, and not only like one.
func within(in []byte, text string) bool {
	from, at := uintptr(unsafe.Pointer(unsafe.SliceData(in))), uintptr(unsafe.Pointer(unsafe.StringData(text)))
	return at >= from && at+uintptr(len(text)) <= from+uintptr(len(in))
}

// textBytes are the bytes of a text, to be read.
func textBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
