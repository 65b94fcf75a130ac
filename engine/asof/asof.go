package asof

import (
	"context"
	"errors"
	"iter"

	"asof/engine/event"
	"asof/engine/store"
	"asof/engine/value"
)

// Errors that callers branch on.
var (
	// ErrNotBuilt is returned for a position that the index has not reached yet.
	ErrNotBuilt = errors.New("position not indexed yet")
	// ErrDamaged is the root of every error about bytes that are not an index, or no longer one.
	ErrDamaged = store.ErrDamaged
	// ErrVersion means that an index, whole as it may be, is of another format version than this program reads and writes.
	ErrVersion = errors.New("this index was made by another version of asof")
	// ErrMismatch is returned by Verify where the index and a fresh fold differ.
	ErrMismatch = errors.New("index differs from a fresh fold")
)

// Log is what an index is built from: a log's events in blocks. eventlog.Log is one.
type Log interface {
	// Head is the position of the last durable event.
	Head() event.Position
	// Blocks yields the events of from to to, both included, in order. The events stay valid and unchanged after the call.
	Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error]
}

// Document is one key's state at a position.
type Document struct {
	Key     string
	At      event.Position // the position that was asked for
	Changed event.Position // the last change of the document up to At, its deletion included; 0 if there was none
	Exists  bool           // false before the document's first write and after its deletion
	Tainted event.Position // the first event whose fold failed for this key, up to At; 0 if none
	Root    *value.Node    // nil if the document does not exist; Changed() of its nodes is blame
}

// Change is what one event did to one path of one key's document.
type Change struct {
	Position event.Position
	Key      string
	Path     value.Pointer
	Op       value.Op
	Old, New *value.Node // nil = absent
}

// FoldError is an error of a projection at an event.
type FoldError struct {
	Position  event.Position
	Key       string // "" if upcast or key itself failed
	File      string // of a script, else ""
	Line, Col int    // from 1; 0 if unknown
	Message   string
}

// Options shape an index when it is created; the zero value means the defaults. An index that exists keeps its own Segment.
type Options struct {
	Segment    int   // positions per segment; default 65,536; more make a smaller file and take more memory to build
	Partitions int   // of the keys of a segment, folded in parallel; default 4
	FrameBytes int   // of a frame before compression; default 6 KiB
	Members    int   // from how many members on those of an object have rows of their own; default 512
	Memory     int64 // bytes of anonymous memory that a build keeps to, about; default 512 MiB
	ReadOnly   bool  // never build

	// Beside is how many bytes of Memory others of the process take now, such as an import that the build follows. It is asked at every
	// window, from any goroutine. Nil = none.
	Beside func() int64

	// Notice is told, from any goroutine, that the index has proved to be damaged and is built anew now. Nil = nobody.
	Notice func(cause error)
}

// Progress tells how far a build is. Position is durable.
type Progress struct {
	Position event.Position
	Head     event.Position
	Keys     int
	Errors   int
	Reread   uint64 // documents that the build read back from the index, since its memory had no room for them; in one pass
}

// Info describes an index.
type Info struct {
	ID       string // the projection's identity
	Name, By string
	Source   []byte // the script's text, or nil
	Built    event.Position
	Keys     int
	Segments int
	Bytes    int64 // size of the file
	Errors   int
	Err      error // in a listing: why the file cannot be read
}

// KeysOptions narrow a listing of keys.
type KeysOptions struct {
	Prefix string
	After  string // list only names greater than this one, if not ""
	Limit  int    // 0 = all
	Alive  bool   // only keys whose document exists
}

// HistoryOptions narrow a history.
type HistoryOptions struct {
	From, To event.Position // From ≤ position ≤ To; 0 = no bound
	Reverse  bool           // latest first
	Writes   bool           // also writes that left the value as it was; their Op is value.Same
}

// Difference is one row of a diff between two positions.
type Difference struct {
	Position event.Position // the last writer: the last change of the path up to the later position
	Key      string
	Path     value.Pointer
	Op       value.Op
	Old, New *value.Node
}

// Divergence is the first place where two histories part.
type Divergence struct {
	Position    event.Position
	Key         string
	Path        value.Pointer
	Left, Right *value.Node // what stands at Path after the event at Position, on either side
}

// PathStat says what a segment wrote at one path over all keys.
type PathStat struct {
	Path     value.Pointer
	Count    uint64  // writes of this path's own value, those that a write of a whole container brings included
	Min, Max float64 // bounds of the numbers written: Min ≤ every number ≤ Max; meaningless if Kinds has no Number
	Kinds    uint16  // bit 1<<value.Kind of every kind written; bit of Absent for a removal
	Texts    TextSet // the texts written, and maybe others
}
