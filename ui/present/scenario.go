package present

import (
	"fmt"

	"asof/engine/value"
	"asof/timeline"
)

// Scenario tells a smallest failing log as given, when, then: the events that come before, the one that breaks the rule, and what
// that does to the document. Text says what the rule says.
func Scenario(m timeline.Minimized, text string) []Safe {
	var given, when []Safe
	for i, e := range m.Events {
		line := Text(fmt.Sprintf("  %d  %s  %s  %s", uint64(m.At[i]), timeText(e), e.Stream, e.Type)) + "  " + Clip(string(e.Data()), 160)
		if i+1 < int(m.Violation.Position) {
			given = append(given, line)
		} else {
			when = append(when, line)
		}
	}
	lines := []Safe{"Given"}
	if len(given) == 0 {
		given = []Safe{"  nothing"}
	}
	lines = append(append(append(lines, given...), "When"), when...)
	broken := "the rule " + m.Violation.Rule + " is broken"
	if m.Violation.Key != "" {
		broken += " for " + m.Violation.Key
	}
	lines = append(lines, "Then", Text("  "+broken))
	if text != "" && text != m.Violation.Rule {
		lines = append(lines, Text("  "+text))
	}
	if m.Violation.Before != nil || m.Violation.After != nil {
		lines = append(lines, "  before  "+document(m.Violation.Before), "  after   "+document(m.Violation.After))
	}
	return lines
}

func timeText(e timeline.Event) string {
	if e.Time.IsZero() {
		return "-"
	}
	return e.Time.Text()
}

func document(n *value.Node) Safe {
	if n == nil {
		return "no document"
	}
	return Clip(string(n.JSON()), 400)
}
