package tui

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

// valueCells is how much of a value is prepared for a row; the pane cuts it to its own width.
const valueCells = 160

// stateView is the document as it is drawn.
func (m *Model) stateView() pane.State {
	sc := &m.scene
	v := pane.State{
		Title: "State · " + present.Clip(m.projectionName(), 40) + " @ " + present.Position(sc.at), Key: m.keyLabel(),
		Focused: m.focus() == layout.State, Stale: m.stale(),
	}
	v.Note, v.Bad = m.stateNote()
	first, end := m.fields.list.Window()
	rows := sc.document.Rows
	end = min(end, len(rows))
	v.Cursor = m.fields.list.Cursor() - first
	if _, ok := m.selected(); !ok {
		v.Cursor = -1
	}
	for i := first; i < end; i++ {
		v.Rows = append(v.Rows, m.stateRow(&rows[i], sc))
	}
	if len(rows) == 0 {
		empty, bad := m.stateEmpty()
		v.Empty, v.Bad = empty, bad || v.Bad
	}
	if failed := m.failedHere(); failed != nil {
		v.Note, v.More = failedHead(failed), m.failedLines(failed, len(rows))
	}
	if len(rows) > len(v.Rows) {
		v.Scroll = m.fields.list.Scroll()
	}
	return v
}

// keyLabel is whose document is shown, how it came to be that one.
func (m *Model) keyLabel() present.Safe {
	key := present.Clip(m.scene.document.Key, 60)
	switch {
	case m.cursor.Pinned:
		return m.look.style.Glyph.Pin + " " + present.Clip(m.cursor.Key, 60)
	case len(m.scene.keys) > 1:
		return key + " · 1 of " + present.Count(len(m.scene.keys)) + " keys"
	}
	return key
}

func (m *Model) stateRow(r *timeline.Row, sc *scene) pane.StateRow {
	row := pane.StateRow{
		Depth: r.Depth, Name: fieldName(r.Label, r.Element), Kind: present.KindOf(r.Kind), By: present.Position(r.Changed),
		Age: age(r, sc.at), Watch: m.watching(r.Path), Match: m.search.hits(r.Label) || r.Text != "" && m.search.hits(r.Text),
	}
	switch r.Kind {
	case value.Array, value.Object:
		row.Value = present.Summary(r.Kind, r.Len)
		row.Fold = pane.Open
		if r.Folded {
			row.Fold = pane.Closed
			row.Value = present.Preview(sc.document.Root.At(r.Path), valueCells)
		}
		if r.Len == 0 {
			row.Fold = pane.Leaf
		}
	case value.Absent, value.Null, value.Bool, value.Number, value.String:
		row.Value = present.Scalar(r.Kind, r.Text, valueCells)
	}
	switch r.Effect {
	case timeline.Added:
		row.Mark = pane.Added
	case timeline.Changed:
		row.Mark = pane.Changed
		row.Old = present.Scalar(r.OldKind, r.Old, valueCells)
	case timeline.Removed:
		row.Mark = pane.Removed
		row.Value, row.Kind, row.Fold = present.Scalar(r.OldKind, r.Old, valueCells), present.KindOf(r.OldKind), pane.Leaf
		row.By, row.Age = present.Position(sc.at), "now"
	case timeline.Same:
		row.Mark = pane.Rewritten
	case timeline.Inside:
		row.Mark = pane.Inside
	case timeline.Untouched:
	}
	return row
}

func fieldName(label string, element bool) present.Safe {
	if element {
		return present.Clip("["+label+"]", 40)
	}
	return present.Clip(label, 60)
}

// age is how long before the cursor a field was last changed; in events where the log has no times.
func age(r *timeline.Row, at event.Position) present.Safe {
	switch {
	case r.Changed == 0:
		return ""
	case r.Changed >= at:
		return "now"
	case r.Time.IsZero():
		return present.Counted(at-r.Changed, "event") + " ago"
	case r.Age == 0:
		return "0s ago"
	}
	return present.Age(r.Age)
}

// stateNote is a line above the fields about what is not usual, and whether it is a problem.
func (m *Model) stateNote() (present.Safe, bool) {
	sc := &m.scene
	doc := &sc.document
	switch {
	case doc.Failed != nil:
		return failedText(doc.Failed), true
	case m.problems.of(sc.at, doc.Key) != nil:
		return "rule broken here: " + ruleName(*m.problems.of(sc.at, doc.Key)), true
	case doc.Tainted > 0:
		return "tainted: the fold failed at " + present.Position(doc.Tainted) + "; what follows builds on less than the log says", true
	case len(doc.Rows) > 0 && !doc.Exists:
		return "removed by this event", false
	case m.cursor.Pinned && sc.hasEvent() && len(doc.Rows) > 0 && !doc.Touched:
		return "pinned; this event does not touch it", false
	}
	return "", false
}

// failedHere is what failed at the cursor's event; nil = nothing, or nothing that is not said in place of the fields.
func (m *Model) failedHere() *timeline.FoldError {
	if m.scene.broken != nil || m.scene.behind != nil || m.scene.err != nil {
		return nil
	}
	if m.scene.fold != nil && len(m.scene.document.Rows) == 0 {
		return m.scene.fold
	}
	return m.scene.document.Failed
}

// failedHead is the first line about a failed fold: where in the script.
func failedHead(e *timeline.FoldError) present.Safe {
	text := present.Safe("the fold failed here")
	if e.File != "" {
		text += ": " + present.Clip(filepath.Base(e.File), 60) + place(e.Line, e.Col)
	}
	return text
}

// failedLines say why a fold failed, in as many lines as the pane has to spare beside its fields. The reader of the event has all.
func (m *Model) failedLines(e *timeline.FoldError, fields int) []present.Safe {
	h := m.look.frame.State.H - 3
	h = max(h/3, h-fields)
	width := max(m.look.frame.State.W-6, 20)
	lines := wrapped(e.Message, width)
	if h = max(h, 1); len(lines) > h {
		lines = wrapped(withoutInternals(e.Message), width)
	}
	if len(lines) <= h {
		return lines
	}
	if h < 3 {
		return append(slices.Clip(lines[:h-1]), present.Truncate(lines[h-1], max(m.look.frame.State.W-10, 10))+" …")
	}
	tail := (h - 1) / 2 // Python says at the end what is wrong
	return slices.Concat(lines[:h-1-tail], []present.Safe{"…"}, lines[len(lines)-tail:])
}

// withoutInternals leaves out the lines of a stack that lie within the interpreter: they take the room of the line that matters.
func withoutInternals(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.HasPrefix(strings.TrimSpace(line), "at ") && strings.Contains(line, "node:")
	})
	return strings.Join(lines, "\n")
}

// failedText is a failed fold on one line: where in the script, and why.
func failedText(e *timeline.FoldError) present.Safe {
	text := present.Safe("the fold failed here: ")
	if e.File != "" {
		text += present.Clip(filepath.Base(e.File), 60) + ":" + present.Safe(present.Count(e.Line)) + ":" + present.Count(e.Col) + ": "
	}
	return text + present.Clip(e.Message, 200)
}

// stateEmpty is said where there is no field to show, and whether that is a problem.
func (m *Model) stateEmpty() (present.Safe, bool) {
	sc := &m.scene
	var missing *timeline.NoProjectionError
	switch {
	case sc.broken != nil:
		return "the log could not be read here", true
	case m.head() == 0 && m.load.running():
		return "nothing has been read yet", false
	case m.head() == 0:
		return "the log is empty: there is no state", false
	case sc.behind != nil && m.about.stopped == nil:
		return m.indexing(), false
	case errors.As(sc.err, &missing):
		return "no projection " + present.Clip(missing.Name, 40) + " is in use; P chooses one", true
	case m.about.stopped != nil && (sc.err != nil || sc.behind != nil):
		return "the index stopped at " + present.Position(m.about.built) + ": no state here; :reload says why", true
	case sc.err != nil:
		return present.Clip(sc.err.Error(), 300), true
	case sc.at == 0:
		return "before the first event: nothing exists yet", false
	case sc.fold != nil:
		return failedText(sc.fold), true
	case sc.document.Key == "" && len(sc.keys) == 0:
		return "this event belongs to no key of " + present.Clip(m.projectionName(), 40) + "; K picks a key", false
	case !sc.document.Exists && sc.document.Changed > 0:
		return present.Clip(sc.document.Key, 60) + " was removed at " + present.Position(sc.document.Changed), false
	case !sc.document.Exists:
		return present.Clip(sc.document.Key, 60) + " does not exist yet at " + present.Position(sc.at) + ": * goes to where it begins", false
	case sc.document.Root.IsContainer():
		return present.Clip(sc.document.Key, 60) + " is empty", false
	}
	return present.Preview(sc.document.Root, valueCells), false
}

// indexing says how far the index is behind the cursor.
func (m *Model) indexing() present.Safe {
	built, head := m.about.built, m.head()
	return "indexing " + present.Clip(m.projectionName(), 40) + ": " + present.Position(built) + " of " + present.Position(head) +
		" (" + present.Percent(uint64(built), uint64(max(head, 1))) + "); the state here follows"
}
