package timeline

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"asof/engine/eventlog"
)

// Matcher is what a search looks for: a text, or a regular expression between slashes. It is smart about case: without an
// upper-case letter, case does not matter. A Matcher is immutable.
type Matcher struct {
	text     string
	re       *regexp.Regexp
	escaped  *regexp.Regexp      // the same in JSON text that writes some characters as escapes; nil where none would be
	literals []*eventlog.Literal // a plain ASCII text needs no expression: as it is, and in JSON
	needs    []*eventlog.Literal // texts of which whatever matches holds one; nil if none are known
	folded   bool
}

// NewMatcher reads what was typed: /regexp/ or plain text.
func NewMatcher(text string) (*Matcher, error) {
	m := &Matcher{text: text, folded: !hasUpper(text)}
	pattern := regexp.QuoteMeta(text)
	if len(text) > 2 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		pattern = text[1 : len(text)-1]
		m.folded = !hasUpper(unescaped(pattern))
	} else {
		m.plain(text)
	}
	if pattern == "" {
		return nil, errors.New("search: nothing to look for")
	}
	var err error
	if m.re, err = m.compile(pattern); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if m.needs == nil && m.escaped == nil {
		m.needs = needed(m.re.String())
	}
	return m, nil
}

// newLiteral looks for a text that would read as a regular expression.
func newLiteral(text string) (*Matcher, error) {
	m := &Matcher{text: text, folded: !hasUpper(text)}
	m.plain(text)
	var err error
	m.re, err = m.compile(regexp.QuoteMeta(text))
	return m, err
}

// plain prepares the search for a text that is no pattern.
func (m *Matcher) plain(text string) {
	if text != "" && isASCII(text) {
		m.literals = variants(text, m.folded)
	}
	if m.needs = m.literals; m.literals == nil {
		m.needs = piece(text, m.folded)
		if escaped := jsonEscaped(text); escaped != "" {
			m.escaped, _ = m.compile(escaped) // a quoted text always compiles
		}
	}
}

func (m *Matcher) compile(pattern string) (*regexp.Regexp, error) {
	if m.folded {
		pattern = "(?i:" + pattern + ")"
	}
	return regexp.Compile(pattern)
}

// BothCases reports whether case does not matter.
func (m *Matcher) BothCases() bool { return m.folded }

// String is what was typed.
func (m *Matcher) String() string { return m.text }

// Spans are the byte ranges of text that match, for highlighting.
func (m *Matcher) Spans(text string) [][]int { return m.re.FindAllStringIndex(text, -1) }

// find is where the first match in a text lies; nil = nowhere. JSON says that the text is JSON, with its escapes.
func (m *Matcher) find(text []byte, json bool) []int {
	if m.literals != nil {
		return m.findLiteral(text, json)
	}
	if at := m.re.FindIndex(text); at != nil || m.escaped == nil || !json {
		return at
	}
	return m.escaped.FindIndex(text)
}

// findLiteral is find for a plain ASCII text: where it is as it was typed, else the first of the ways to write it.
func (m *Matcher) findLiteral(text []byte, json bool) (at []int) {
	for i, l := range m.literals {
		if i > 0 && !json {
			break
		}
		if from := l.Index(text); from >= 0 && (at == nil || from < at[0]) {
			if at = []int{from, from + l.Len()}; i == 0 {
				break
			}
		}
	}
	return at
}

// jsonEscaped is a pattern for the text as JSON may write it: with \", \\, \/, \n …, \u00e9. It is "" where JSON writes the
// text only as it is.
func jsonEscaped(text string) string {
	if isASCII(text) && !strings.ContainsAny(text, "\"\\/\b\f\n\r\t") {
		return ""
	}
	var b strings.Builder
	for _, r := range text {
		switch name, ok := jsonNames[r]; {
		case r == '/':
			b.WriteString(`\\?/`)
		case ok:
			b.WriteString(`\\` + regexp.QuoteMeta(name))
		case r < 128:
			b.WriteString(regexp.QuoteMeta(string(r)))
		default:
			b.WriteString(`(?:` + regexp.QuoteMeta(string(r)))
			b.WriteString(`|(?i:`)
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\\u%04x`, unit)
			}
			b.WriteString(`))`)
		}
	}
	return b.String()
}

// unescaped is a pattern without its escapes, whose capital letters (\S, \D) say nothing about case.
func unescaped(pattern string) string {
	var b strings.Builder
	skip := false
	for _, r := range pattern {
		if !skip && r != '\\' {
			b.WriteRune(r)
		}
		skip = r == '\\' && !skip
	}
	return b.String()
}

func isASCII(text string) bool {
	for _, c := range []byte(text) {
		if c >= 128 {
			return false
		}
	}
	return true
}

func hasUpper(text string) bool { return strings.IndexFunc(text, unicode.IsUpper) >= 0 }
