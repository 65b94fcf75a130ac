package timeline

import (
	"context"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
)

// Options say what to open. Only Dir or Log is needed.
type Options struct {
	// Dir is the store's folder.
	Dir string
	// Log is an open log, shared with who imports into it. The session does not close it. Nil = the session opens Dir's.
	Log *eventlog.Log
	// Projections are taken into use at once, in this order: built-ins' names or paths of .star files. The first one is the
	// default. Empty = as the case file remembers, else "merge".
	Projections []string
	// By regroups the projections by a path of the event (JSON Pointer); empty = each projection's own key.
	By string
	// NoIndex opens no index at all, for commands that only read the log. Use still can.
	NoIndex bool
	// ReadOnly builds no index and writes no case file.
	ReadOnly bool
	// Zone is where times without a zone are read; nil = UTC.
	Zone *time.Location
	// ReadFile reads a script; nil = os.ReadFile.
	ReadFile func(name string) ([]byte, error)
	// Memory bounds what building an index may hold, in bytes; 0 = the engine's default.
	Memory int64
}

// Cursor is where somebody stands. The zero Cursor is before everything.
type Cursor struct {
	Position   event.Position
	Projection string // name of a projection in use; "" = the default
	Branch     string // "" = the trunk
	Key        string // key whose document is shown, where it is pinned
	Pinned     bool   // Key stays while stepping
	Path       string // JSON Pointer of the selected field
}

// Direction is a way through time.
type Direction int8

// The two directions.
const (
	Forward  Direction = 1
	Backward Direction = -1
)

// Open opens a store for questions and starts building what is missing of the wanted projections' indexes.
func Open(ctx context.Context, o Options) (*Session, error) { return nil, nil }

// Close ends the background work, saves the case file and closes what the session opened.
func (s *Session) Close() error { return nil }

// Session is a store that answers questions.
type Session struct {
	log *eventlog.Log
}

// Head is the last position of the log, now.
func (s *Session) Head() event.Position { return 0 }

// Zone is where the session reads times without a zone; never nil.
func (s *Session) Zone() *time.Location { return time.UTC }

// Dir is the store's folder.
func (s *Session) Dir() string { return "" }
