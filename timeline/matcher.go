package timeline

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Matcher is what a search looks for: a text, or a regular expression between slashes. It is smart about case: without an
// upper-case letter, case does not matter.
type Matcher struct {
	text string
	re   *regexp.Regexp
}

// NewMatcher reads what was typed: /regexp/ or plain text.
func NewMatcher(text string) (*Matcher, error) {
	pattern := regexp.QuoteMeta(text)
	if len(text) > 1 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		pattern = text[1 : len(text)-1]
	}
	if pattern == "" {
		return nil, fmt.Errorf("search: nothing to look for")
	}
	if !hasUpper(text) {
		pattern = "(?i:" + pattern + ")"
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return &Matcher{text: text, re: re}, nil
}

// String is what was typed.
func (m *Matcher) String() string { return m.text }

// Spans are the byte ranges of text that match, for highlighting.
func (m *Matcher) Spans(text string) [][]int { return m.re.FindAllStringIndex(text, -1) }

func hasUpper(text string) bool {
	for _, r := range text {
		if unicode.IsUpper(r) {
			return true
		}
	}
	return false
}
