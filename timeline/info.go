package timeline

import (
	"context"
	"iter"

	"asof/engine/event"
)

// Info is what is in a store.
type Info struct {
	Dir         string
	Events      event.Position
	Streams     int
	Types       []Tally // the most frequent first
	FirstTime   event.Time
	LastTime    event.Time
	Inversions  int // events whose time is earlier than the clock before them
	Outliers    int
	Rejected    int
	Records     int
	Format      string // of the sources; "" if they differ or there are none
	Order       string
	Root        [32]byte // the chain's link at the head
	Projections []Projection
	Sources     []Source
}

// Source is a source of the log.
type Source struct {
	Number    uint32
	Name      string
	Path      string
	Format    string
	Reason    string // of the detection
	Order     string
	OrderWhy  string
	Fields    []SourceField
	Zone      string
	Records   int
	Rejected  int
	Bytes     int64
	SHA256    string // hex; "" while it can grow
	Duplicate int
}

// SourceField says which path of a record became which field of the event.
type SourceField struct {
	Name, Path, Why string
	Guess           bool
}

// Info tells what is in the store.
func (s *Session) Info(ctx context.Context) (Info, error) { return Info{}, nil }

// Rejected is a record that is not an event.
type Rejected struct {
	Source string
	Line   uint64
	Offset uint64
	Reason string
	Bytes  []byte
}

// Rejected lists the rejected records, in the order of their sources.
func (s *Session) Rejected(ctx context.Context) iter.Seq2[Rejected, error] { return nil }

// Verification is what verify found.
type Verification struct {
	OK       bool
	Root     [32]byte
	Position event.Position // verified up to here, or the first bad position
	Checks   []Check
}

// Check is one thing that was verified.
type Check struct {
	Name     string // "chain", "sources", "index merge"
	OK       bool
	Position event.Position // first bad position; 0 = none, or it has none
	Detail   string
}

// VerifyProgress is how far a verification is.
type VerifyProgress struct {
	Check    string
	Done, Of event.Position
}

// Verify recomputes the chain over all events, and folds each projection in use again and compares it with its index.
func (s *Session) Verify(ctx context.Context, progress func(VerifyProgress)) (Verification, error) {
	return Verification{}, nil
}
