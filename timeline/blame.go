package timeline

import (
	"context"
	"iter"

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

// Blame is who last changed what stands at path and each field below it, down to the scalars and empty containers.
func (s *Session) Blame(ctx context.Context, p Point, path value.Pointer) ([]BlameRow, error) {
	return nil, nil
}

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

// History is every value that a field had, the first one first.
func (s *Session) History(ctx context.Context, q HistoryQuery) iter.Seq2[HistoryRow, error] {
	return nil
}

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
	Position event.Position // the last writer, in (From, To], or (To, From] when asked backwards
}

// Diff is what changed from one position to another, by key and then in the order of the document.
func (s *Session) Diff(ctx context.Context, q DiffQuery) iter.Seq2[DiffRow, error] { return nil }
