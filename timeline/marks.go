package timeline

import (
	"context"

	"asof/engine/event"
	"asof/timeline/casefile"
)

// SetMark puts a mark at a position, or moves the mark of that name there. An empty name takes the first free one of
// a … z, then m1, m2 …; the mark as set is returned.
func (s *Session) SetMark(ctx context.Context, name string, pos event.Position, note string) (casefile.Mark, error) {
	return casefile.Mark{}, nil
}

// DeleteMark removes a mark; removing one that is not there is no error.
func (s *Session) DeleteMark(ctx context.Context, name string) error { return nil }

// Marks lists the marks by position.
func (s *Session) Marks(ctx context.Context) ([]casefile.Mark, error) { return nil, nil }

// AddNote writes a note at a position.
func (s *Session) AddNote(ctx context.Context, pos event.Position, text string) (casefile.Note, error) {
	return casefile.Note{}, nil
}

// DeleteNote removes a note by its number.
func (s *Session) DeleteNote(ctx context.Context, number uint64) error { return nil }

// Notes lists the notes by position.
func (s *Session) Notes(ctx context.Context) ([]casefile.Note, error) { return nil, nil }

// Visit says where the cursor stands now. It is saved within a second and is where the store opens next time. A jump goes
// on the trail: the place that was left can be had back.
func (s *Session) Visit(c Cursor, jump bool) {}

// Restored is the cursor that the case file remembered when the session was opened.
func (s *Session) Restored() (Cursor, bool) { return Cursor{}, false }

// Back takes the last place off the trail.
func (s *Session) Back() (Cursor, bool) { return Cursor{}, false }

// Trail lists the places that Back would give, the latest last.
func (s *Session) Trail() []Cursor { return nil }
