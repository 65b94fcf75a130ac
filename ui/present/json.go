package present

import (
	"strings"
	"unicode/utf8"
)

// Span is a run of text of one kind.
type Span struct {
	Text Safe
	Kind Kind
}

// JSON is a JSON text laid out for reading, one line per member, at most limit lines. Containers of scalars that fit into
// width columns stay on one line. Numbers and strings stand as they were written, but that they are Readable; text that is no JSON is laid out as far as it
// goes. The last line says so where more would follow.
func JSON(src []byte, width, limit int) [][]Span {
	l := layouter{src: string(src), width: width, limit: limit}
	for l.skip(); l.at < len(l.src) && !l.full(); l.skip() {
		l.value(0)
	}
	l.flush()
	if len(l.lines) > limit {
		l.lines = append(l.lines[:max(limit-1, 0)], []Span{{Ellipsis, Punct}})
	}
	return l.lines
}

// Lines is a text as escaped lines, broken where it is broken.
func Lines(text string) []Safe {
	var lines []Safe
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, Text(strings.TrimSuffix(line, "\r")))
	}
	return lines
}

type layouter struct {
	src   string
	at    int
	width int
	limit int
	line  []Span
	lines [][]Span
}

// jsonDepth is how deep containers are laid out; what lies deeper stays on its line.
const jsonDepth = 200

func (l *layouter) full() bool { return len(l.lines) > l.limit }

func (l *layouter) put(kind Kind, text Safe) {
	if n := len(l.line); n > 0 && l.line[n-1].Kind == kind {
		l.line[n-1].Text += text
		return
	}
	l.line = append(l.line, Span{text, kind})
}

func (l *layouter) flush() {
	if len(l.line) > 0 {
		l.lines = append(l.lines, l.line)
	}
	l.line = nil
}

func (l *layouter) indent(depth int) {
	l.flush()
	if depth > 0 {
		l.put(Punct, spaces(2*depth))
	}
}

func (l *layouter) skip() {
	for l.at < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.at]) >= 0 {
		l.at++
	}
}

// value lays out the value, or the stray character, that begins here.
func (l *layouter) value(depth int) {
	switch c := l.src[l.at]; {
	case c == '{' || c == '[':
		l.container(depth)
	case c == '"':
		l.put(String, l.token())
	default:
		token := l.token()
		l.put(scalarKind(token), token)
	}
}

func scalarKind(token Safe) Kind {
	switch {
	case token == "null":
		return Null
	case token == "true" || token == "false":
		return Bool
	case token != "" && (token[0] == '-' || token[0] >= '0' && token[0] <= '9'):
		return Number
	}
	return Punct
}

// token is the string or bare word that begins here.
func (l *layouter) token() Safe {
	start := l.at
	if l.src[l.at] == '"' {
		for l.at++; l.at < len(l.src) && l.src[l.at] != '"'; l.at++ {
			if l.src[l.at] == '\\' {
				l.at++
			}
		}
		l.at = min(l.at+1, len(l.src))
		return Clip(Readable(l.src[start:l.at]), max(16*l.width, 1024))
	}
	for l.at < len(l.src) && strings.IndexByte(" \t\r\n,:[]{}\"", l.src[l.at]) < 0 {
		l.at++
	}
	if l.at == start { // a stray character
		_, size := utf8.DecodeRuneInString(l.src[l.at:])
		l.at += size
	}
	return Clip(l.src[start:l.at], max(16*l.width, 1024))
}

func (l *layouter) container(depth int) {
	closing := byte('}')
	if l.src[l.at] == '[' {
		closing = ']'
	}
	flat := depth >= jsonDepth || l.fits(2*depth)
	l.put(Punct, Safe(l.src[l.at:l.at+1]))
	l.at++
	for n := 0; !l.full(); n++ {
		l.skip()
		if l.at >= len(l.src) {
			return
		}
		if l.src[l.at] == closing {
			if n > 0 && !flat {
				l.indent(depth)
			}
			l.put(Punct, Safe(closing))
			l.at++
			return
		}
		l.member(depth, flat, closing)
	}
}

// member lays out one member or element with the comma after it.
func (l *layouter) member(depth int, flat bool, closing byte) {
	if !flat {
		l.indent(depth + 1)
	}
	if closing == '}' && l.src[l.at] == '"' {
		l.put(Name, l.token())
		l.skip()
		if l.at < len(l.src) && l.src[l.at] == ':' {
			l.put(Punct, ": ")
			l.at++
			l.skip()
		}
	}
	if l.at < len(l.src) && l.src[l.at] != closing {
		l.value(depth + 1)
	}
	l.skip()
	if l.at < len(l.src) && l.src[l.at] == ',' {
		comma := Safe(",")
		if flat {
			comma = ", "
		}
		l.put(Punct, comma)
		l.at++
	}
}

// fits reports whether the container that begins here holds scalars only and is short enough for the rest of a line.
func (l *layouter) fits(used int) bool {
	room := min(l.width-used-8, 100)
	quoted := false
	for i := l.at + 1; i < len(l.src); i++ {
		if room--; room < 0 {
			return false
		}
		switch c := l.src[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			return false
		case c == '}' || c == ']':
			return true
		}
	}
	return false
}
