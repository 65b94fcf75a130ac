package tui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

const askHistory dialog.Purpose = "history"

// read opens a reader over the screen.
func (m *Model) read(title, right present.Safe, text string) tea.Cmd {
	m.dialogs.Push(dialog.NewReader(title, right, text))
	return nil
}

// open does what enter means where the focus is: a fold, a value, an event.
func (m *Model) open() tea.Cmd {
	if m.focus() != layout.State {
		return m.readEvent()
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
	for _, part := range []struct {
		name string
		json []byte
	}{{"data", e.Data()}, {"metadata", e.Metadata()}} {
		if len(part.json) > 0 {
			fmt.Fprintf(&b, "\n%s\n%s\n", part.name, laidOut(part.json))
		}
	}
	fmt.Fprintf(&b, "\nas it came, %s\n%s\n", present.Counted(len(e.Raw), "byte"), e.Raw)
	return m.read("Event "+present.Position(m.scene.at)+" · "+present.Clip(e.Type, 60), streamLabel(e), b.String())
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

// toRead is a text that had to be asked for first.
type toRead struct {
	title, right present.Safe
	text         string
}

func (r toRead) apply(m *Model) tea.Cmd { return m.read(r.title, r.right, r.text) }

// readDiff reads what changed between two wheres; the second one is the cursor if it is empty.
func (m *Model) readDiff(args string) tea.Cmd {
	words := strings.Fields(args)
	if len(words) == 0 {
		words = []string{"-1"}
	}
	base := timeline.Base{At: m.cursor.Position, Zone: m.zone()}
	q := timeline.DiffQuery{Projection: m.cursor.Projection, Key: m.scene.document.Key, To: m.cursor.Position}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		from, err := m.session.Resolve(ctx, words[0], base)
		if err != nil {
			return failure{"", err}
		}
		q.From = from.Position
		if len(words) > 1 {
			to, err := m.session.Resolve(ctx, words[1], base)
			if err != nil {
				return failure{"", err}
			}
			q.To = to.Position
		}
		text, err := diffText(m.session.Diff(ctx, q))
		if err != nil {
			return failure{"diff", err}
		}
		return toRead{"Diff · " + present.Clip(q.Key, 40), present.Position(q.From) + " to " + present.Position(q.To), text}
	})
}

// mostLines bounds what a reader is filled with.
const mostLines = 20_000

func diffText(rows iter.Seq2[timeline.DiffRow, error]) (string, error) {
	var b strings.Builder
	n := 0
	for r, err := range rows {
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s   at %s\n", present.Difference(r.Op, r.Path, r.Old, r.New, 4000), present.Position(r.Position))
		if n++; n == mostLines {
			b.WriteString("…\n")
			break
		}
	}
	if n == 0 {
		return "nothing changed\n", nil
	}
	return b.String(), nil
}

// readBlame reads who last changed each field.
func (m *Model) readBlame(path string) tea.Cmd {
	p := timeline.Point{Projection: m.cursor.Projection, Key: m.scene.document.Key, At: m.cursor.Position}
	room := max(m.look.frame.W-90, 16) // what path, position, type and count leave for the value
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		rows, err := m.session.Blame(ctx, p, value.Pointer(path))
		if err != nil {
			return failure{"blame", err}
		}
		var b strings.Builder
		for _, r := range rows {
			fmt.Fprintf(&b, "%s  %s  %s  %s  %s\n", present.PadRight(present.Path(r.Path), 28), present.PadRight(present.Preview(r.Value, room), room),
				present.PadLeft(present.Position(r.Position), 10), present.PadRight(present.Clip(r.Type, 22), 22), present.Counted(r.Changes, "change"))
		}
		return toRead{"Blame · " + present.Clip(p.Key, 40) + " @ " + present.Position(p.At), present.Counted(len(rows), "field"), b.String()}
	})
}

// mostHistory is how many changes the list of a field's history holds.
const mostHistory = 2000

// openHistory lists every value that a field had; picking one goes to its event.
func (m *Model) openHistory(path value.Pointer) tea.Cmd {
	q := timeline.HistoryQuery{Projection: m.cursor.Projection, Key: m.scene.document.Key, Path: path, Reverse: true}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		h := history{path: path}
		for r, err := range m.session.History(ctx, q) {
			if err != nil {
				return failure{"history", err}
			}
			if h.rows = append(h.rows, r); len(h.rows) == mostHistory {
				break
			}
		}
		return h
	})
}

// history is every value that a field had, the latest first.
type history struct {
	path value.Pointer
	rows []timeline.HistoryRow
}

func (h history) apply(m *Model) tea.Cmd {
	choices := make([]dialog.Choice, len(h.rows))
	for i, r := range h.rows {
		note := present.Position(r.Position)
		if r.Position == m.cursor.Position {
			note = "here · " + note
		}
		choices[i] = dialog.Choice{
			ID: uintText(uint64(r.Position)), Text: string(present.Change(r.Old, r.New, 48)), Note: note,
			Help: present.Clip(r.Type, 40) + "  " + present.Time(r.Time, m.zone()),
		}
	}
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askHistory, Title: "History of " + present.Path(h.path), Label: "/", Ghost: "type to filter", Choices: choices,
		Foot: "enter goes there · esc leaves", Empty: "it never had a value",
	}))
	return nil
}

func (m *Model) historyPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	return m.goWhere(p.ID)
}

// readInfo reads what is in the log.
func (m *Model) readInfo() tea.Cmd {
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		info, err := m.session.Info(ctx)
		if err != nil {
			return failure{"info", err}
		}
		return toRead{"Log", present.Counted(info.Events, "event"), m.infoText(&info)}
	})
}

func (m *Model) infoText(info *timeline.Info) string {
	var b strings.Builder
	line := func(label string, text present.Safe) {
		if text != "" {
			fmt.Fprintf(&b, "%-12s %s\n", label, text)
		}
	}
	line("store", present.Text(info.Dir))
	line("events", present.Count(uint64(info.Events)))
	line("streams", present.Count(info.Streams))
	line("first", present.Time(info.FirstTime, m.options.Zone))
	line("last", present.Time(info.LastTime, m.options.Zone))
	line("backwards", present.Counted(info.Inversions, "event")+" earlier than the clock before them")
	line("outliers", present.Count(info.Outliers))
	line("rejected", present.Count(info.Rejected)+" of "+present.Counted(info.Records, "record"))
	line("order", present.Text(info.Order))
	line("root", present.Safe(fmt.Sprintf("%x", info.Root)))
	b.WriteString("\nTypes\n")
	for _, t := range info.Types {
		fmt.Fprintf(&b, "  %s  %s\n", present.PadLeft(present.Count(t.Count), 10), present.Text(t.Name))
	}
	b.WriteString("\nProjections\n")
	for _, p := range info.Projections {
		fmt.Fprintf(&b, "  %s  %s\n", present.PadRight(present.Clip(p.Name, 40), 24), builtNote(p))
	}
	b.WriteString("\nSources\n")
	for _, s := range info.Sources {
		fmt.Fprintf(&b, "  %s  %s · %s · %s\n", present.Text(s.Name), present.Text(s.Format), present.Counted(s.Records, "record"), present.Text(s.Reason))
	}
	return b.String()
}

// verify recomputes the chain and the folds, and shows what was found.
func (m *Model) verify() tea.Cmd {
	box := &atomic.Pointer[timeline.VerifyProgress]{}
	m.about.verify = box
	said := m.say("verifying the chain and the folds · esc stops")
	return tea.Batch(said, m.asks.ask(laneRead, func(ctx context.Context) result {
		v, err := m.session.Verify(ctx, func(p timeline.VerifyProgress) { box.Store(&p) })
		if err != nil {
			return failure{"verify", err}
		}
		var b strings.Builder
		for _, c := range v.Checks {
			state := "holds"
			if !c.OK {
				state = "BROKEN"
			}
			fmt.Fprintf(&b, "%-24s %-8s %s\n", present.Text(c.Name), state, present.Text(c.Detail))
		}
		fmt.Fprintf(&b, "\nroot %x\n", v.Root)
		right := present.Safe("everything holds")
		if !v.OK {
			right = "something is broken"
		}
		return toRead{"Verify", right, b.String()}
	}))
}
