package timeline

import (
	"context"
	"fmt"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/value"
)

// BlameRow says who last changed a field.
type BlameRow struct {
	Path     value.Pointer
	Value    *value.Node
	Position event.Position // last change at or below Path
	Type     string
	Stream   string
	Time     event.Time
	Changes  int // how often it changed up to the asked position
}

// Blame is who last changed what stands at path and each field below it, down to the scalars and empty containers, in the
// order of the document. The first row is the one of path itself, unless path is the whole document. A path where nothing
// stands gives one row without a value if something stood there before, else none.
func (s *Session) Blame(ctx context.Context, p Point, path value.Pointer) ([]BlameRow, error) {
	l, err := s.ready(p.Projection, p.At)
	if err != nil {
		return nil, err
	}
	node, err := l.ix.Part(ctx, p.Key, path, p.At)
	if err != nil {
		return nil, fmt.Errorf("state of %s at %d: %w", p.Key, p.At, err)
	}
	var rows []BlameRow
	if node != nil {
		rows = blameRows(rows, node, path, path != "" || !node.IsContainer())
	} else if last, ok, err := l.ix.Prev(ctx, p.Key, path, p.At+1); err != nil {
		return nil, fmt.Errorf("last change of %s: %w", path, err)
	} else if ok {
		rows = []BlameRow{{Path: path, Position: last.Position}}
	}
	if err := s.tallyChanges(ctx, l, p, path, rows); err != nil {
		return nil, err
	}
	for i := range rows {
		e, err := s.log.Event(ctx, rows[i].Position)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", rows[i].Position, err)
		}
		rows[i].Type, rows[i].Stream, rows[i].Time = e.Type, string(e.Stream), e.Time
	}
	return rows, nil
}

func blameRows(rows []BlameRow, n *value.Node, path value.Pointer, always bool) []BlameRow {
	if always || n.Len() == 0 {
		rows = append(rows, BlameRow{Path: path, Value: n, Position: event.Position(n.Changed())})
	}
	for name, child := range n.Members() {
		rows = blameRows(rows, child, path.Child(name), !child.IsContainer())
	}
	for i, child := range n.Items() {
		rows = blameRows(rows, child, path.Elem(i), !child.IsContainer())
	}
	return rows
}

// tallyChanges counts for each row the events that changed what stands at its path, going through the history once.
func (s *Session) tallyChanges(ctx context.Context, l *lens, p Point, path value.Pointer, rows []BlameRow) error {
	index := map[value.Pointer]int{}
	for i, r := range rows {
		index[r.Path] = i
	}
	counted := make([]event.Position, len(rows))
	count := func(i int, at event.Position) {
		if counted[i] != at {
			counted[i] = at
			rows[i].Changes++
		}
	}
	for c, err := range l.ix.History(ctx, p.Key, path, asof.HistoryOptions{To: p.At}) {
		if err != nil {
			return fmt.Errorf("history of %s: %w", p.Key, err)
		}
		for at := c.Path; ; at = at.Parent() {
			if i, ok := index[at]; ok {
				count(i, c.Position)
			}
			if at == "" {
				break
			}
		}
		if !c.Old.IsContainer() && !c.New.IsContainer() && c.Path.HasPrefix(path) {
			continue
		}
		for i, r := range rows {
			if r.Path != c.Path && r.Path.HasPrefix(c.Path) && differBelow(c, r.Path) {
				count(i, c.Position)
			}
		}
	}
	return nil
}

// differBelow reports whether a change altered what stands at a path at or below its own.
func differBelow(c asof.Change, path value.Pointer) bool {
	below := path[len(c.Path):]
	return !value.Equal(c.Old.At(below), c.New.At(below))
}
