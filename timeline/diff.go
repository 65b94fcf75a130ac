package timeline

import (
	"context"
	"fmt"
	"iter"

	"asof/engine/event"
	"asof/engine/value"
)

// DiffQuery asks what changed between two positions.
type DiffQuery struct {
	Projection string
	Key        string // "" = of every key
	From, To   event.Position
}

// DiffRow is one field that differs between two positions.
type DiffRow struct {
	Key      string
	Path     value.Pointer
	Op       value.Op
	Old, New *value.Node
	Position event.Position // the last writer, between the two positions
}

// Diff is what changed from one position to another, by key and then in the order of the document. Asked backwards, it says
// what going back undoes.
func (s *Session) Diff(ctx context.Context, q DiffQuery) iter.Seq2[DiffRow, error] {
	return func(yield func(DiffRow, error) bool) {
		l, err := s.ready(q.Projection, max(q.From, q.To))
		if err != nil {
			yield(DiffRow{}, err)
			return
		}
		for d, err := range l.ix.Diff(ctx, min(q.From, q.To), max(q.From, q.To), q.Key) {
			if err != nil {
				yield(DiffRow{}, fmt.Errorf("diff: %w", err))
				return
			}
			row := DiffRow{d.Key, d.Path, d.Op, d.Old, d.New, d.Position}
			if q.From > q.To {
				row = row.undone()
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// undone is the row seen the other way round.
func (r DiffRow) undone() DiffRow {
	r.Old, r.New = r.New, r.Old
	switch r.Op {
	case value.Add:
		r.Op = value.Remove
	case value.Remove:
		r.Op = value.Add
	}
	return r
}
