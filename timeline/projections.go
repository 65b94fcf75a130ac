package timeline

import (
	"context"
	"fmt"

	"asof/engine/event"
)

// Projection is a projection of this store: in use, or only built.
type Projection struct {
	Name     string // what every question calls it: "merge", "orders", "tally by /data/order_id"
	Ref      string // what it was opened by: a built-in's name or a script's path
	By       string
	Position event.Position // indexed up to here; state can be asked up to here
	Head     event.Position // the log's end when this was told
	Keys     int
	Bytes    int64 // of the index file
	Errors   int   // fold errors
	InUse    bool
	Building bool
	Err      error  // why the build stopped, if it did
	Identity string // hash of source, by and runtime version
}

// Done is the indexed share of the log, 0 … 1.
func (p Projection) Done() float64 {
	if p.Head == 0 {
		return 1
	}
	return min(1, float64(p.Position)/float64(p.Head))
}

// NotIndexedError: state was asked beyond what is indexed so far.
type NotIndexedError struct {
	Projection      string
	Position, Built event.Position
}

// Error says how far the index is.
func (e *NotIndexedError) Error() string {
	return fmt.Sprintf("%s is indexed up to position %d, not yet to %d", e.Projection, e.Built, e.Position)
}

// NoProjectionError: no projection of that name is in use.
type NoProjectionError struct {
	Name  string
	InUse []string
}

// Error names those in use.
func (e *NoProjectionError) Error() string {
	return fmt.Sprintf("projection %q is not in use; in use are %q", e.Name, e.InUse)
}

// Use takes a projection into use and starts building its index behind. Using it twice is harmless. By is as in Options.
func (s *Session) Use(ctx context.Context, ref, by string) (Projection, error) {
	return Projection{}, nil
}

// Projections lists the projections in use, in their order, and then those that only have an index in the store.
func (s *Session) Projections(ctx context.Context) ([]Projection, error) { return nil, nil }

// Projection tells of one projection in use.
func (s *Session) Projection(ctx context.Context, name string) (Projection, error) {
	return Projection{}, nil
}

// Builtins lists the projections that need no script.
func (s *Session) Builtins() []Builtin { return nil }

// Builtin is a projection that needs no script.
type Builtin struct{ Name, Title string }

// Indexed is the position up to which the projection's state can be asked. It costs nothing.
func (s *Session) Indexed(name string) event.Position { return 0 }

// Await waits until the projection is indexed up to a position. Progress, if not nil, is called some times a second.
func (s *Session) Await(ctx context.Context, name string, to event.Position, progress func(Projection)) error {
	return nil
}

// Rebuild builds the index anew from the log, beside the old one, and swaps them. A script is read again from its file.
func (s *Session) Rebuild(ctx context.Context, name string, progress func(Projection)) error {
	return nil
}

// Drop deletes the projection's index, in use or not. The log is not touched.
func (s *Session) Drop(ctx context.Context, name string) error { return nil }
