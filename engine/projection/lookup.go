package projection

import (
	"bytes"

	"asof/engine/value"
)

// lookup finds the value at a path in JSON text without parsing the rest. Where an object names a member twice the last
// one counts, as everywhere. Text that is not JSON gives false or a part of it, never a panic: the caller parses what it gets.
func lookup(src []byte, tokens []string) ([]byte, bool) {
	s := skimmer{src: src}
	for _, t := range tokens {
		s.space()
		var ok bool
		switch s.peek() {
		case '{':
			ok = s.member(t)
		case '[':
			ok = s.element(t)
		}
		if !ok {
			return nil, false
		}
	}
	s.space()
	start := s.pos
	s.value()
	if s.bad || s.pos == start {
		return nil, false
	}
	return s.src[start:s.pos], true
}

// skimmer walks over JSON text by its brackets and quotes.
type skimmer struct {
	src []byte
	pos int
	bad bool
}

func (s *skimmer) peek() byte {
	if s.pos >= len(s.src) {
		s.bad = true
		return 0
	}
	return s.src[s.pos]
}

func (s *skimmer) space() {
	for s.pos < len(s.src) && s.src[s.pos] <= ' ' {
		s.pos++
	}
}

// member stands on '{' and moves to the value of the last member of that name.
func (s *skimmer) member(name string) bool {
	found := -1
	s.pos++
	for !s.bad {
		s.space()
		if s.peek() != '"' {
			break
		}
		start := s.pos
		s.str()
		if s.bad {
			break
		}
		hit := sameName(s.src[start:s.pos], name)
		s.space()
		if s.peek() != ':' {
			break
		}
		s.pos++
		s.space()
		if hit {
			found = s.pos
		}
		s.value()
		s.space()
		if s.peek() != ',' {
			break
		}
		s.pos++
	}
	if found < 0 {
		return false
	}
	s.pos, s.bad = found, false
	return true
}

// element stands on '[' and moves to the item of that index.
func (s *skimmer) element(token string) bool {
	index := 0
	for _, c := range []byte(token) {
		if c < '0' || c > '9' || index > len(s.src) {
			return false
		}
		index = index*10 + int(c-'0')
	}
	if token == "" || (token[0] == '0' && len(token) > 1) {
		return false
	}
	s.pos++
	for i := 0; !s.bad; i++ {
		s.space()
		if s.peek() == ']' {
			return false
		}
		if i == index {
			return !s.bad
		}
		s.value()
		s.space()
		if s.peek() != ',' {
			return false
		}
		s.pos++
	}
	return false
}

// value moves behind the value that starts here.
func (s *skimmer) value() {
	switch s.peek() {
	case '"':
		s.str()
	case '{', '[':
		s.container()
	default:
		for s.pos < len(s.src) && !isEnd(s.src[s.pos]) {
			s.pos++
		}
	}
}

func (s *skimmer) container() {
	depth := 0
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case '"':
			s.str()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				s.pos++
				return
			}
		}
		s.pos++
	}
	s.bad = true
}

func (s *skimmer) str() {
	s.pos++
	for {
		i := bytes.IndexByte(s.src[s.pos:], '"')
		if i < 0 {
			s.pos, s.bad = len(s.src), true
			return
		}
		end := s.pos + i
		slashes := 0
		for end-1-slashes >= s.pos && s.src[end-1-slashes] == '\\' {
			slashes++
		}
		s.pos = end + 1
		if slashes%2 == 0 {
			return
		}
	}
}

func isEnd(c byte) bool { return c <= ' ' || c == ',' || c == '}' || c == ']' }

// sameName compares a quoted member name with plain text.
func sameName(quoted []byte, name string) bool {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner) == name
	}
	n, err := value.Parse(quoted)
	return err == nil && n.Text() == name
}
