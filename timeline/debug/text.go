package debug

import (
	"encoding/json"
	"fmt"
	"strings"
)

// String is the breakpoint in the words that Parse reads.
func (b Breakpoint) String() string {
	var out strings.Builder
	switch b.Kind {
	case Watch:
		out.WriteString("watch ")
		path := quote(string(b.Path), " \t\"")
		switch {
		case b.Path == "":
			out.WriteString(quote(b.Key, " /\t\""))
		case path[0] == '"': // two quotations stand beside each other
			out.WriteString(quoted(b.Key) + path)
		case b.Key == "":
			out.WriteString(path)
		default:
			out.WriteString(quote(b.Key, " /\t\"") + path)
		}
	case Display:
		return "display " + b.Print
	case Trace:
		out.WriteString("trace")
	default:
		out.WriteString("b")
	}
	if b.Type != "" {
		out.WriteString(" " + quote(b.Type, " \t\""))
	}
	if b.Stream != "" {
		out.WriteString(" stream " + quote(b.Stream, " \t\""))
	}
	if b.Ignore > 0 {
		fmt.Fprintf(&out, " ignore %d", b.Ignore)
	}
	if b.Print != "" {
		out.WriteString(" print " + b.Print)
	}
	if b.If != "" {
		out.WriteString(" if " + b.If)
	}
	return out.String()
}

// quote puts a word in quotes where it would not be read back without.
func quote(word, special string) string {
	if word != "" && !strings.ContainsAny(word, special) && !isOption(word) {
		return word
	}
	return quoted(word)
}

func quoted(word string) string {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(word) // a text always encodes
	return strings.TrimSpace(text.String())
}
