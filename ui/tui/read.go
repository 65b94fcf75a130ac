package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

// read opens a reader over the screen.
func (m *Model) read(title, right present.Safe, text string) tea.Cmd {
	m.dialogs.Push(dialog.NewReader(title, right, text))
	return nil
}

// open does what enter means where the focus is: a fold, a value, an event.
func (m *Model) open() tea.Cmd {
	switch m.focus() {
	case layout.Watch:
		return m.watchHistory()
	case layout.Events, layout.Detail, layout.Timeline, layout.None:
		return m.readEvent()
	case layout.State:
	}
	f, ok := m.selected()
	switch {
	case !ok:
		return nil
	case f.fold != pane.Leaf:
		return m.setFold(f.fold == pane.Closed)
	}
	return m.readValue(f)
}

// readValue reads a value in full; text that is JSON itself is laid out as such.
func (m *Model) readValue(f field) tea.Cmd {
	n := m.valueAt(f.path)
	right := present.Counted(len(n.Text()), "byte")
	if n == nil {
		return m.say(present.Path(f.path) + " is absent here")
	}
	text := plainText(n)
	if inner, ok := nested(n.Text()); n.Kind() == value.String && ok {
		text, right = string(inner.AppendIndent(nil, "", "  ")), right+" · JSON within a string"
	}
	return m.read(present.Path(f.path)+" · "+present.Clip(m.scene.document.Key, 40)+" @ "+present.Position(m.scene.at), right, text)
}

// readEvent reads the event at the cursor in full.
func (m *Model) readEvent() tea.Cmd {
	e := m.scene.event
	if e.Event == nil {
		return m.say("there is no event here")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", e.Type)
	for _, f := range m.facts(e) {
		fmt.Fprintf(&b, "%-12s %s %s\n", f.Label, f.Value, f.Note)
	}
	if failed := m.failedHere(); failed != nil {
		fmt.Fprintf(&b, "\n%s\n%s\n", failedHead(failed), failed.Message)
	}
	for _, part := range []struct {
		name string
		json []byte
	}{{"data", e.Data()}, {"metadata", e.Metadata()}} {
		if len(part.json) > 0 {
			fmt.Fprintf(&b, "\n%s\n%s\n", part.name, laidOut(part.json))
		}
	}
	fmt.Fprintf(&b, "\nas it came, %s\n%s\n", present.Counted(len(e.Raw), "byte"), e.Raw)
	return m.read(eventTitle(m.scene.at, e.Type), streamLabel(e), b.String())
}

// laidOut is a JSON text over several lines, with the JSON within its strings; what is no JSON stays as it is.
func laidOut(text []byte) string {
	n, err := value.Parse(text)
	if err != nil {
		return string(text)
	}
	return string(unfold(n, 0).AppendIndent(nil, "", "  "))
}

// deepestNest is how many JSON texts within JSON texts are unfolded.
const deepestNest = 4

// unfold replaces strings that hold JSON objects or lists by these.
func unfold(n *value.Node, depth int) *value.Node {
	switch n.Kind() {
	case value.Object:
		members := make([]value.Member, 0, n.Len())
		for name, v := range n.Members() {
			members = append(members, value.Member{Name: name, Value: unfold(v, depth)})
		}
		return value.Obj(members...)
	case value.Array:
		items := make([]*value.Node, 0, n.Len())
		for _, v := range n.Items() {
			items = append(items, unfold(v, depth))
		}
		return value.Arr(items...)
	case value.String:
		if inner, ok := nested(n.Text()); ok && depth < deepestNest {
			return unfold(inner, depth+1)
		}
	case value.Absent, value.Null, value.Bool, value.Number:
	}
	return n
}

// nested is the object or list that a string holds.
func nested(text string) (*value.Node, bool) {
	trimmed := strings.TrimSpace(text)
	if len(trimmed) < 2 || trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, false
	}
	n, err := value.Parse([]byte(trimmed))
	return n, err == nil && n.IsContainer()
}
