package external

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// answer is what a line of the program's output says, its parts still as they were written; nil where it does not name one.
type answer struct{ position, state, patch, failure []byte }

// readAnswer takes a line apart. What is in the parts is looked at when they are used.
func readAnswer(line []byte) (answer, error) {
	var a answer
	s := skimmer{src: line}
	err := s.members(func(name, part []byte) {
		switch string(name) {
		case `"position"`:
			a.position = part
		case `"state"`:
			a.state = part
		case `"patch"`:
			a.patch = part
		case `"error"`:
			a.failure = part
		}
	})
	if err != nil {
		return a, err
	}
	if said := len(a.state) + len(a.patch) + len(a.failure); said == 0 {
		return a, fmt.Errorf("the answer %s has no state, patch or error: did the reducer return nothing? To remove the document, answer {\"state\":null}", clip(line))
	}
	return a, nil
}

// isFor checks the position that an answer may name.
func (a answer) isFor(at event.Position) bool {
	return a.position == nil || string(a.position) == strconv.FormatUint(uint64(at), 10)
}

// text is the error that an answer tells.
func (a answer) text() string {
	n, err := value.Parse(a.failure)
	if err != nil || n.Kind() != value.String || n.Text() == "" {
		return "the reducer failed: " + clip(a.failure)
	}
	return n.Text()
}

// clip is the beginning of a line, for an error.
func clip(line []byte) string {
	const most = 200
	text := strings.ToValidUTF8(string(line[:min(len(line), most)]), "\uFFFD")
	if len(line) > most {
		text += "…"
	}
	return strconv.Quote(text)
}

// named is what stands where a number should, for an error: a number without quotes.
func named(text []byte) string {
	if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return clip(text)
}

// skimmer walks over JSON text by its brackets and quotes.
type skimmer struct {
	src []byte
	pos int
}

func (s *skimmer) space() {
	for s.pos < len(s.src) && (s.src[s.pos] == ' ' || s.src[s.pos] == '\t' || s.src[s.pos] == '\r') {
		s.pos++
	}
}

func (s *skimmer) next(c byte) bool {
	s.space()
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// members visits the members of the object that the text is, in their order.
func (s *skimmer) members(visit func(name, part []byte)) error {
	if !s.next('{') {
		return s.wrong()
	}
	for more := !s.next('}'); more; {
		s.space()
		name := s.value()
		if len(name) < 2 || name[0] != '"' || !s.next(':') {
			return s.wrong()
		}
		s.space()
		part := s.value()
		if len(part) == 0 {
			return s.wrong()
		}
		visit(name, part)
		if more = s.next(','); !more && !s.next('}') {
			return s.wrong()
		}
	}
	if s.space(); s.pos < len(s.src) {
		return s.wrong()
	}
	return nil
}

func (s *skimmer) wrong() error {
	return fmt.Errorf("the answer %s is not one JSON object", clip(s.src))
}

// value cuts off the value that starts here; "" if there is none.
func (s *skimmer) value() []byte {
	start, depth := s.pos, 0
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; c {
		case '"':
			if !s.text() {
				return nil
			}
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			if depth == 0 {
				return s.src[start:s.pos]
			}
			depth--
			s.pos++
		case ',', ':', ' ', '\t', '\r':
			if depth == 0 {
				return s.src[start:s.pos]
			}
			s.pos++
		default:
			s.pos++
			continue
		}
		if depth == 0 {
			return s.src[start:s.pos]
		}
	}
	if depth > 0 {
		return nil
	}
	return s.src[start:s.pos]
}

// text moves behind the string that starts here.
func (s *skimmer) text() bool {
	for from := s.pos + 1; ; {
		i := bytes.IndexByte(s.src[from:], '"')
		if i < 0 {
			return false
		}
		end := from + i
		slashes := 0
		for end-1-slashes > s.pos && s.src[end-1-slashes] == '\\' {
			slashes++
		}
		if from = end + 1; slashes%2 == 0 {
			s.pos = from
			return true
		}
	}
}
