package scan

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"asof/engine/event"
)

// MaxDepth is how deep a record may nest.
const MaxDepth = 1000

// ErrShort says that the text ends within a value.
var ErrShort = errors.New("the text ends within a value")

// ErrDepth is the root of the error for a value that nests deeper than MaxDepth.
var ErrDepth = fmt.Errorf("nested deeper than %d levels", MaxDepth)

// SyntaxError is a text that is not JSON.
type SyntaxError struct {
	At   int // index in the scanned text
	What string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.What, e.At) }

// Kind is what kind of JSON value stands somewhere: the byte it starts with, numbers as '0', booleans as 't'.
type Kind byte

// The kinds.
const (
	Absent Kind = 0
	Object Kind = '{'
	Array  Kind = '['
	String Kind = '"'
	Number Kind = '0'
	Bool   Kind = 't'
	Null   Kind = 'n'
)

// Member is one member of a record's top-level object: spans of the scanned text.
type Member struct {
	Key, KeyEnd  uint32 // the name, without its quotes
	Value, End   uint32
	Kind         Kind
	KeyEscaped   bool // the name holds a backslash
	ValueEscaped bool // the value is a string and holds a backslash
}

// Notes are what a scan noticed and JSON allows.
type Notes struct {
	RepeatedKey bool // an object names a key twice
	InvalidUTF8 bool // bytes that are not UTF-8
}

// Scanner checks JSON texts against RFC 8259 in one pass, as strictly as encoding/json.Valid, and keeps where the members of
// the outermost object stand. It allocates only for objects of very many members. The zero value is ready; a Scanner serves
// one goroutine.
type Scanner struct {
	Kind    Kind     // of the last value
	Members []Member // of the last value, if it is an object; valid until the next Scan
	Notes   Notes    // of the last value

	// Of the last record, if it is of a mould that a record before it was of; Values are valid until the next one.
	Mould  *event.Mould
	Values []event.Span

	// Few says that few records are to come: what they have in common is not worth to be learned.
	Few bool

	high   uint64 // has a bit set if a byte beyond ASCII was seen
	esc    bool   // the last string holds a backslash
	depth  int
	open   [MaxDepth]bool // per level: it is an object
	names  keyring
	moulds moulds
}

// Scan checks the one value that starts in src[at:], after white space, and returns the index after it. The error is ErrShort
// if src ends too early, wraps ErrDepth, or is a *SyntaxError. What follows the value is not looked at; a number ends where
// src does.
func (s *Scanner) Scan(src []byte, at int) (end int, err error) {
	s.Members, s.Notes, s.high, s.depth = s.Members[:0], Notes{}, 0, 0
	s.Mould, s.moulds.known = nil, nil
	s.names.reset()
	at = space(src, at)
	if at < len(src) {
		s.Kind = kindOf(src[at])
	}
	end, err = s.value(src, at)
	if err != nil {
		return end, err
	}
	s.Notes.RepeatedKey = s.names.repeated
	s.Notes.InvalidUTF8 = s.high != 0 && !utf8.Valid(src[at:end])
	return end, nil
}

func kindOf(c byte) Kind {
	switch {
	case c == '-' || c >= '0' && c <= '9':
		return Number
	case c == 't' || c == 'f':
		return Bool
	}
	return Kind(c)
}

// value is the loop over all values, containers included: the levels are on s.open, not on Go's stack.
func (s *Scanner) value(src []byte, i int) (end int, err error) {
	for {
		if i = space(src, i); i >= len(src) {
			return i, ErrShort
		}
		c := src[i]
		if s.depth == 1 && s.open[0] {
			m := &s.Members[len(s.Members)-1]
			m.Value, m.Kind = uint32(i), kindOf(c)
		}
		if c == '"' {
			i, err = s.text(src, i)
		} else if c == '{' || c == '[' {
			var opened bool
			opened, i, err = s.container(src, i)
			if opened && err == nil {
				continue
			}
		} else {
			i, err = scalar(src, i)
		}
		if err != nil {
			return i, err
		}
		more := false
		if more, i, err = s.after(src, i); err != nil || !more {
			return i, err
		}
	}
}

func scalar(src []byte, i int) (int, error) {
	switch c := src[i]; c {
	case 't':
		return literal(src, i, "true")
	case 'f':
		return literal(src, i, "false")
	case 'n':
		return literal(src, i, "null")
	default:
		if c != '-' && (c < '0' || c > '9') {
			return i, &SyntaxError{i, "a value is missing"}
		}
		return number(src, i)
	}
}

// container reads the opening of a list or object: all of it if it is empty, else up to its first value.
func (s *Scanner) container(src []byte, i int) (opened bool, end int, err error) {
	if s.depth == MaxDepth {
		return false, i, ErrDepth
	}
	object := src[i] == '{'
	s.open[s.depth] = object
	s.depth++
	if i = space(src, i+1); i >= len(src) {
		return false, i, ErrShort
	}
	if src[i] == ']' && !object || src[i] == '}' && object {
		s.depth--
		return false, i + 1, nil
	}
	if !object {
		return true, i, nil
	}
	s.names.enter()
	end, err = s.name(src, i)
	return true, end, err
}

// after reads what follows a value: the ends of the containers that it closes, and the comma (and name) before the next one.
func (s *Scanner) after(src []byte, i int) (more bool, end int, err error) {
	for s.depth > 0 {
		object := s.open[s.depth-1]
		if s.depth == 1 && object {
			m := &s.Members[len(s.Members)-1]
			m.End = uint32(i)
			m.ValueEscaped = m.Kind == String && s.esc
		}
		if i < len(src) && src[i] <= ' ' {
			i = space(src, i)
		}
		if i >= len(src) {
			return false, i, ErrShort
		}
		switch c := src[i]; {
		case c == ',' && object:
			if i = space(src, i+1); i >= len(src) {
				return false, i, ErrShort
			}
			end, err = s.name(src, i)
			return true, end, err
		case c == ',':
			return true, i + 1, nil
		case c == '}' && object:
			s.names.leave()
		case c != ']' || object:
			return false, i, &SyntaxError{i, "a comma or the end of a list or object is missing"}
		}
		s.depth--
		i++
	}
	return false, i, nil
}

// name reads a member's name and the colon.
func (s *Scanner) name(src []byte, i int) (int, error) {
	if src[i] != '"' {
		return i, &SyntaxError{i, "a name in quotes is missing"}
	}
	end, err := s.text(src, i)
	if err != nil {
		return end, err
	}
	s.names.add(src, i+1, end-1, s.esc)
	if s.depth == 1 {
		s.Members = append(s.Members, Member{Key: uint32(i + 1), KeyEnd: uint32(end - 1), KeyEscaped: s.esc})
	}
	if end < len(src) && src[end] == ':' {
		return end + 1, nil
	}
	if end = space(src, end); end >= len(src) {
		return end, ErrShort
	}
	if src[end] != ':' {
		return end, &SyntaxError{end, "a colon is missing"}
	}
	return end + 1, nil
}

// IsNumber reports whether text is a number by JSON's grammar.
func IsNumber(text string) bool {
	src := []byte(text)
	if len(src) == 0 {
		return false
	}
	end, err := number(src, 0)
	return err == nil && end == len(src)
}

// Valid reports whether src is one JSON value, by the same rules as Scan.
func Valid(src []byte) bool {
	var s Scanner
	end, err := s.Scan(src, 0)
	return err == nil && space(src, end) == len(src)
}
