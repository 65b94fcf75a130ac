package timeline

import (
	"context"

	"asof/engine/event"
	"asof/timeline/casefile"
)

// SetMark puts a mark at a position, or moves the mark of that name there. An empty name takes the first free one of
// a … z, then m1, m2 …; the mark as set is returned.
func (s *Session) SetMark(ctx context.Context, name string, pos event.Position, note string) (casefile.Mark, error) {
	return s.cases.SetMark(ctx, casefile.Mark{Name: name, Position: pos, Note: note})
}

// DeleteMark removes a mark; removing one that is not there is no error.
func (s *Session) DeleteMark(ctx context.Context, name string) error {
	return s.cases.DeleteMark(ctx, name)
}

// Marks lists the marks by position.
func (s *Session) Marks(ctx context.Context) ([]casefile.Mark, error) { return s.cases.Marks(ctx) }

// AddNote writes a note at a position.
func (s *Session) AddNote(ctx context.Context, pos event.Position, text string) (casefile.Note, error) {
	return s.cases.AddNote(ctx, pos, text)
}

// DeleteNote removes a note by its number.
func (s *Session) DeleteNote(ctx context.Context, number uint64) error {
	return s.cases.DeleteNote(ctx, number)
}

// Notes lists the notes by position.
func (s *Session) Notes(ctx context.Context) ([]casefile.Note, error) { return s.cases.Notes(ctx) }

// besideMark is the nearest mark's position after a position, or before it.
func (s *Session) besideMark(ctx context.Context, at event.Position, back bool) (event.Position, bool, error) {
	marks, err := s.Marks(ctx)
	if err != nil {
		return 0, false, err
	}
	var best event.Position
	found := false
	for _, m := range marks {
		switch {
		case back && m.Position < at: // ascending: the last one is the nearest
			best, found = m.Position, true
		case !back && m.Position > at && !found:
			best, found = m.Position, true
		}
	}
	return best, found, nil
}
