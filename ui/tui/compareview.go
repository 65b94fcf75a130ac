package tui

import (
	"asof/timeline"
	"asof/timeline/compare"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

// compareView is the comparison as it is drawn.
func (m *Model) compareView() pane.Compare {
	sc := &m.scene
	v := pane.Compare{
		Title: "Compare", Key: m.compareKey(), Focused: m.focus() == layout.State, Stale: m.stale(),
		Left: m.side(sc.comparison.Left), Right: m.side(sc.comparison.Right), Note: m.compareNote(),
	}
	if !sc.compared {
		v.Left = pane.CompareSide{Title: present.Clip(m.projectionName(), 40)}
		v.Empty, _ = m.stateEmpty()
		return v
	}
	fields := m.fieldRows()
	first, end := m.fields.list.Window()
	first, end = m.compareWindow(first, min(end, len(fields)), fields)
	for _, f := range fields[first:end] {
		v.Rows = append(v.Rows, compareRow(&sc.comparison.Rows[f.index], f.fold))
	}
	v.Cursor = m.fields.list.Cursor() - first
	if _, ok := m.selected(); !ok {
		v.Cursor = -1
	}
	v.Empty = "absent on both sides"
	if len(fields) > len(v.Rows) {
		v.Scroll = m.fields.list.Scroll()
	}
	return v
}

// compareWindow keeps the cursor in sight where a differing row takes two lines.
func (m *Model) compareWindow(first, end int, fields []field) (int, int) {
	w, h := m.look.frame.State.W, m.look.frame.State.H
	room := pane.Compare{}.Visible(h)
	cursor := m.fields.list.Cursor()
	lines := func(from, to int) int {
		n := 0
		for _, f := range fields[from:to] {
			n += pane.Compare{}.Lines(w, compareRow(&m.scene.comparison.Rows[f.index], f.fold))
		}
		return n
	}
	for first < cursor && cursor < len(fields) && lines(first, cursor+1) > room {
		first++
	}
	return first, max(end, first)
}

func (m *Model) compareKey() present.Safe {
	key := m.keyLabel()
	if m.compare.key != "" {
		key += " · " + present.Clip(m.compare.key, 40)
	}
	return key
}

func (m *Model) side(st timeline.State) pane.CompareSide {
	name := st.Projection
	if name == "" {
		name = m.projectionName()
	}
	s := pane.CompareSide{Title: present.Clip(name, 40) + " @ " + present.Position(st.At)}
	if m.compare.key != "" {
		s.Title += " · " + present.Clip(st.Key, 40)
	}
	switch {
	case !st.Exists:
		s.Note = "absent"
	case st.Tainted > 0:
		s.Note = "tainted since " + present.Position(st.Tainted)
	}
	return s
}

func (m *Model) compareNote() present.Safe {
	if !m.scene.compared {
		return ""
	}
	n := m.scene.comparison.Counts.Different()
	text := present.Counted(n, "difference")
	if n == 0 {
		text = "equal"
	}
	if m.compare.first.Found {
		text += " · first at " + present.Position(m.compare.first.Position())
	}
	return text
}

func compareRow(r *compare.Row, f pane.Fold) pane.CompareRow {
	row := pane.CompareRow{Depth: r.Depth, Fold: f, Name: fieldName(r.Label, r.Element), Left: compareCell(r.Left, f), Right: compareCell(r.Right, f)}
	switch r.Mark {
	case compare.Added:
		row.Mark = pane.Added
	case compare.Removed:
		row.Mark = pane.Removed
	case compare.Changed:
		row.Mark = pane.Changed
	case compare.Inside:
		row.Mark = pane.Inside
	case compare.Equal:
	}
	return row
}

func compareCell(c compare.Cell, f pane.Fold) pane.CompareCell {
	if c.Node == nil {
		return pane.CompareCell{Absent: true, Value: "absent"}
	}
	cell := pane.CompareCell{Kind: present.KindOf(c.Node.Kind()), By: present.Position(c.Changed)}
	switch {
	case c.Node.IsContainer() && f == pane.Open:
		cell.Value = present.Summary(c.Node.Kind(), c.Node.Len())
	default:
		cell.Value = present.Preview(c.Node, valueCells)
	}
	return cell
}
