package timeline

import (
	"context"
	"fmt"
	"iter"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/value"
)

// HistoryQuery asks for the values that a field had.
type HistoryQuery struct {
	Projection, Key string
	Path            value.Pointer
	Writes          bool           // also writes of an equal value
	From, To        event.Position // both included; To 0 = as far as is indexed
	Reverse         bool
}

// HistoryRow is one change of a field.
type HistoryRow struct {
	Position event.Position
	Time     event.Time
	Type     string
	Op       value.Op
	Path     value.Pointer // where the write was; above or below the asked path, or that path
	Old, New *value.Node   // what stood at the asked path before and after; nil = nothing
}

// History is every value that a field had, the first one first. One event gives at most one row.
func (s *Session) History(ctx context.Context, q HistoryQuery) iter.Seq2[HistoryRow, error] {
	return func(yield func(HistoryRow, error) bool) {
		l, err := s.lens(q.Projection)
		if err == nil {
			err = s.history(ctx, l, q, yield)
		}
		if err != nil {
			yield(HistoryRow{}, err)
		}
	}
}

func (s *Session) history(ctx context.Context, l *lens, q HistoryQuery, yield func(HistoryRow, error) bool) error {
	o := asof.HistoryOptions{From: q.From, To: bound(q.To, l.ix.Built()), Reverse: q.Reverse, Writes: q.Writes}
	var at []asof.Change // the changes of one event
	flush := func() (bool, error) {
		rows, err := s.historyRows(ctx, l, q, at)
		at = at[:0]
		for _, row := range rows {
			if !yield(row, nil) {
				return false, err
			}
		}
		return true, err
	}
	for c, err := range l.ix.History(ctx, q.Key, q.Path, o) {
		if err != nil {
			return fmt.Errorf("history of %s: %w", q.Key, err)
		}
		if len(at) > 0 && at[0].Position != c.Position {
			if more, err := flush(); !more || err != nil {
				return err
			}
		}
		at = append(at, c)
	}
	_, err := flush()
	return err
}

// historyRows makes of one event's writes around the asked path the change of what stands at that path; none if nothing changed.
func (s *Session) historyRows(ctx context.Context, l *lens, q HistoryQuery, writes []asof.Change) ([]HistoryRow, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	first := writes[0]
	e, err := s.log.Event(ctx, first.Position)
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", first.Position, err)
	}
	row := HistoryRow{Position: e.Position, Time: e.Time, Type: e.Type, Path: first.Path}
	if len(writes) == 1 && q.Path.HasPrefix(first.Path) {
		below := q.Path[len(first.Path):]
		row.Old, row.New = first.Old.At(below), first.New.At(below)
	} else {
		if row.Old, err = l.valueAt(ctx, q, row.Position-1); err == nil {
			row.New, err = l.valueAt(ctx, q, row.Position)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case value.Equal(row.Old, row.New):
		row.Op = value.Same
		if !q.Writes {
			return nil, nil
		}
	case row.Old == nil:
		row.Op = value.Add
	case row.New == nil:
		row.Op = value.Remove
	default:
		row.Op = value.Replace
	}
	return []HistoryRow{row}, nil
}

func (l *lens) valueAt(ctx context.Context, q HistoryQuery, at event.Position) (*value.Node, error) {
	doc, err := l.ix.State(ctx, q.Key, at)
	if err != nil {
		return nil, fmt.Errorf("state of %s at %d: %w", q.Key, at, err)
	}
	return doc.Root.At(q.Path), nil
}
