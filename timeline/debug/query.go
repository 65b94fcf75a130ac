package debug

import (
	"errors"
	"regexp"
	"strings"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/value"
)

// Interval is where something holds: for the key, after every event from From up to the one before To. To is 0 while it still
// holds at the end of what was searched.
type Interval struct {
	Key      string // "" where only events were asked
	From, To event.Position
	Path     value.Pointer // of the value that a text was found in
	Text     string        // the text around the match
	Field    string        // of the event that a text was found in: type, stream, id, data, metadata
}

// Violation is a rule that does not hold for a key: where it was first broken, what the event did to the document, and how often
// it was broken.
type Violation struct {
	Rule          string
	OK            bool           // the rule was never broken; then nothing but Rule is set
	Key           string         // "" for a rule about events alone that have no stream
	Position      event.Position // of the event that broke it first
	Before, After *value.Node    // the document before and after it; nil = absent
	Count         int            // how often it was broken for the key: how many events it turned from holding to broken
	Still         bool           // it is broken at the end
}

// Problem is something that is wrong at an event: a broken rule or a failed fold.
type Problem struct {
	Position event.Position
	Key      string
	Kind     string // "rule" or "fold"
	Name     string // of the rule; of a fold error its place "orders.star:7:3"
	Text     string // what is wrong
	Count    int    // how often, for a rule
}

// Rule is something that is to hold at every event; see [asof/engine/expr.Rule].
type Rule = expr.Rule

// Kinds of what is looked for, by the prefix that says so.
const (
	ByCondition = ""       // a condition (package expr)
	ByText      = "text:"  // a literal text in events; case counts if it has a capital letter
	ByPattern   = "re:"    // a regular expression in events
	ByValue     = "value:" // a literal text in the values of the state; between slashes, a regular expression
)

// SplitWhat cuts the prefix off what is to be found.
func SplitWhat(text string) (kind, rest string) {
	for _, kind := range []string{ByText, ByPattern, ByValue} {
		if rest, ok := strings.CutPrefix(text, kind); ok {
			return kind, rest
		}
	}
	return ByCondition, text
}

// CheckWhat reports what is wrong with a text that is to be found; a condition's error names its column.
func CheckWhat(text string) error {
	kind, rest := SplitWhat(text)
	switch {
	case kind == ByCondition:
		_, err := expr.Compile(rest)
		return err
	case rest == "":
		return errors.New("there is nothing to look for behind " + kind)
	}
	pattern := rest
	if kind != ByPattern {
		if pattern = ""; len(rest) > 2 && strings.HasPrefix(rest, "/") && strings.HasSuffix(rest, "/") {
			pattern = rest[1 : len(rest)-1]
		}
	}
	_, err := regexp.Compile(pattern)
	return err
}
