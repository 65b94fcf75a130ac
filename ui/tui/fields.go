package tui

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/compare"
	"asof/ui/tui/pane"
	"asof/ui/tui/widget"
)

// fieldList is where the state pane stands: the selected field, and what is folded. Both outlive the documents they came from,
// so that stepping back finds them again.
type fieldList struct {
	list widget.List
	path value.Pointer          // the selected field
	open map[value.Pointer]bool // what was opened or closed by hand; never written to, but replaced
	all  fold
}

// fold is what applies to all containers.
type fold uint8

const (
	foldUsual fold = iota
	foldAll
	unfoldAll
)

// field is a row that can be selected, in a document or in a comparison.
type field struct {
	path  value.Pointer
	depth int
	fold  pane.Fold
	index int // of the document's row, or the comparison's
}

// opener says which containers are open. It may be called beside the event loop.
func (l *fieldList) opener() func(path value.Pointer, depth, length int) bool {
	open, all := l.open, l.all
	return func(path value.Pointer, depth, length int) bool {
		if is, ok := open[path]; ok {
			return is
		}
		switch all {
		case foldAll:
			return false
		case unfoldAll:
			return true
		case foldUsual:
		}
		return length <= usualLength[min(depth, len(usualLength)-1)]
	}
}

// usualLength is how many members a container may have, by its depth, to be open unasked.
var usualLength = [...]int{16, 6, 3, 0}

// set opens or closes a container.
func (l *fieldList) set(path value.Pointer, open bool) {
	next := maps.Clone(l.open)
	if next == nil {
		next = map[value.Pointer]bool{}
	}
	next[path] = open
	l.open = next
}

// setAll opens or closes all containers.
func (l *fieldList) setAll(f fold) { l.all, l.open = f, nil }

// settle puts the cursor on the selected field again, after the rows have changed.
func (l *fieldList) settle(rows []field) {
	l.list.SetTotal(len(rows))
	for i, r := range rows {
		if r.path == l.path {
			l.list.MoveTo(i)
			return
		}
	}
	for i, r := range rows { // the field is gone: the container that it was in
		if r.fold != pane.Leaf && l.path != "" && l.path.HasPrefix(r.path) {
			l.list.MoveTo(i)
		}
	}
}

// fieldRows lists the rows of the state pane that can be selected.
func (m *Model) fieldRows() []field {
	if m.compare.on {
		return m.comparedFields()
	}
	rows := m.scene.document.Rows
	out := make([]field, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = field{path: r.Path, depth: r.Depth, index: i}
		if (r.Kind == value.Array || r.Kind == value.Object) && r.Len > 0 && r.Effect != timeline.Removed {
			out[i].fold = pane.Open
			if r.Folded {
				out[i].fold = pane.Closed
			}
		}
	}
	return out
}

// comparedFields are the rows of the comparison that are not within a closed container.
func (m *Model) comparedFields() []field {
	rows := m.scene.comparison.Rows
	open := m.fields.opener()
	out := make([]field, 0, len(rows))
	for i := 0; i < len(rows); i++ {
		r := &rows[i]
		f := field{path: r.Path, depth: r.Depth, index: i}
		if n := max(r.Left.Node.Len(), r.Right.Node.Len()); isContainer(r) && n > 0 {
			f.fold = pane.Open
			_, byHand := m.fields.open[r.Path]
			if r.Folded || !open(r.Path, r.Depth, n) && (byHand || m.fields.all == foldAll || r.Mark == compare.Equal) {
				f.fold = pane.Closed
				i += r.Below
			}
		}
		out = append(out, f)
	}
	return out
}

func isContainer(r *compare.Row) bool { return r.Left.Node.IsContainer() || r.Right.Node.IsContainer() }

// selected is the field under the cursor. Where the one that was chosen is absent, it is the container that it was in, or none.
func (m *Model) selected() (field, bool) {
	f, ok := m.underCursor()
	return f, ok && m.fields.path.HasPrefix(f.path) || ok && m.fields.path == ""
}

// underCursor is the field in the row of the cursor, whatever was chosen.
func (m *Model) underCursor() (field, bool) {
	rows := m.fieldRows()
	if i := m.fields.list.Cursor(); i < len(rows) {
		return rows[i], true
	}
	return field{}, false
}

// chosenPath is the field that a step by changes is about: it may be absent here.
func (m *Model) chosenPath() value.Pointer {
	if f, ok := m.selected(); ok && m.fields.path == "" {
		return f.path
	}
	return m.fields.path
}

// selectRow moves the state pane's cursor.
func (m *Model) selectRow(i int) tea.Cmd {
	m.fields.list.MoveTo(i)
	return m.selectedRow()
}

// selectedRow remembers the field under the cursor, and asks for the ages of rows that came to sight.
func (m *Model) selectedRow() tea.Cmd {
	f, ok := m.underCursor()
	if !ok {
		return nil
	}
	m.fields.path = f.path
	m.cursor.Path = string(f.path)
	if m.compare.on {
		return nil
	}
	first, end := m.fields.list.Window()
	for _, r := range m.scene.document.Rows[first:min(end, len(m.scene.document.Rows))] {
		if r.Changed > 0 && r.Time.IsZero() && m.about.timed {
			return m.askScene()
		}
	}
	return nil
}

// setFold opens or closes the container under the cursor; closing within one goes to it first.
func (m *Model) setFold(open bool) tea.Cmd {
	f, ok := m.selected()
	if !ok {
		return nil
	}
	switch {
	case f.fold == pane.Closed && open, f.fold == pane.Open && !open:
		m.fields.set(f.path, open)
		m.fields.path = f.path
		return m.refold()
	case !open && f.depth > 0:
		rows := m.fieldRows()
		for i := m.fields.list.Cursor(); i >= 0; i-- {
			if rows[i].depth < f.depth {
				return m.selectRow(i)
			}
		}
	case open && f.fold == pane.Open:
		return m.selectRow(m.fields.list.Cursor() + 1)
	}
	return nil
}

// refold shows the folds: a comparison has all its rows, a document is asked again.
func (m *Model) refold() tea.Cmd {
	if m.compare.on {
		m.fitLists()
		return nil
	}
	return m.askScene()
}

func (m *Model) foldEverything() tea.Cmd {
	m.fields.setAll(foldAll)
	return m.refold()
}

func (m *Model) unfoldEverything() tea.Cmd {
	m.fields.setAll(unfoldAll)
	return m.refold()
}
