package timeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/projection"
)

// Projection is a projection of this store: in use, or only built.
type Projection struct {
	Name     string // what every question calls it: "merge", "orders", "tally by /data/order_id"
	Ref      string // what it was opened by: a built-in's name or a script's path
	By       string
	Position event.Position // indexed up to here; state can be asked up to here
	Head     event.Position // the log's end when this was told
	Keys     int
	Bytes    int64  // of the index file
	Errors   int    // fold errors
	Reread   uint64 // documents that this session's build read back, since its memory had no room for them
	InUse    bool
	Building bool
	Err      error  // why the build stopped, if it did, or why the index cannot be read
	Notice   string // what its user should know: that the index was damaged, or of another version, and is built anew
	Identity string // hash of source, by and runtime version
	Source   []byte // the script's text; nil for a built-in
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
	if e.Name == "" {
		return "no projection is in use"
	}
	if len(e.InUse) == 0 {
		return fmt.Sprintf("projection %q is not in use, nor is another", e.Name)
	}
	return fmt.Sprintf("projection %q is not in use; in use are %s", e.Name, strings.Join(e.InUse, ", "))
}

// Use takes a projection into use and starts building its index behind. Using it twice is harmless. By is as in Options.
// Two projections of one name are told apart by their references.
func (s *Session) Use(ctx context.Context, ref, by string) (Projection, error) {
	p, err := s.parse(ctx, ref, by)
	if err != nil {
		return Projection{}, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	name := nameOf(p)
	for _, l := range s.inUse() {
		if l.proj.Identity() == p.Identity() {
			return s.describe(l), nil
		}
		if l.name == name {
			name = ref
		}
	}
	l, err := s.openLens(ctx, p, name, ref, by)
	if err != nil {
		return Projection{}, fmt.Errorf("projection %s: %w", name, err)
	}
	s.mu.Lock()
	s.lenses = append(s.lenses, l)
	s.mu.Unlock()
	return s.describe(l), nil
}

// InUse describes a projection in use, by its name or what it was opened by; an empty name is the first one.
func (s *Session) InUse(name string) (Projection, error) {
	l, err := s.lens(name)
	if err != nil {
		return Projection{}, err
	}
	return s.describe(l), nil
}

func (s *Session) describe(l *lens) Projection {
	info := l.ix.Info()
	p := Projection{
		Name: l.name, Ref: l.ref, By: l.by, Position: l.ix.Built(), Head: s.log.Head(), Keys: info.Keys, Bytes: info.Bytes,
		Errors: info.Errors, Reread: l.reread.Load(), InUse: true, Identity: l.proj.Identity(), Source: l.proj.Source(),
	}
	p.Building, _, p.Err = l.now()
	p.Notice = l.noticed()
	return p
}

// Projections lists the projections in use, in their order, and then those that only have an index in the store.
func (s *Session) Projections(ctx context.Context) ([]Projection, error) {
	var list []Projection
	for _, l := range s.inUse() {
		list = append(list, s.describe(l))
	}
	built, err := asof.List(ctx, s.indexDir())
	if err != nil {
		return nil, fmt.Errorf("indexes: %w", err)
	}
	for _, info := range built {
		if slices.ContainsFunc(list, func(p Projection) bool { return p.Identity == info.ID }) || s.isRetired(info.ID) {
			continue
		}
		name := info.Name
		if info.By != "" {
			name += " by " + info.By
		}
		list = append(list, Projection{
			Name: cmp.Or(name, info.ID), Ref: info.Name, By: info.By, Position: info.Built, Head: s.log.Head(), Keys: info.Keys,
			Bytes: info.Bytes, Errors: info.Errors, Identity: info.ID, Source: info.Source, Err: info.Err,
		})
	}
	return list, nil
}

func (s *Session) isRetired(identity string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.retired[identity]
	return ok
}

// Projection tells of one projection in use.
func (s *Session) Projection(_ context.Context, name string) (Projection, error) {
	l, err := s.lens(name)
	if err != nil {
		return Projection{}, err
	}
	return s.describe(l), nil
}

// Builtin is a projection that needs no script.
type Builtin struct{ Name, Title string }

// Builtins lists the projections that need no script.
func (s *Session) Builtins() []Builtin {
	var list []Builtin
	for _, b := range projection.Builtins() {
		list = append(list, Builtin{b.Name, b.Short})
	}
	return list
}

// Indexed is the position up to which the projection's state can be asked; 0 if it is not in use. It costs nothing.
func (s *Session) Indexed(name string) event.Position {
	l, err := s.lens(name)
	if err != nil {
		return 0
	}
	return l.ix.Built()
}

// progressEvery is how often progress is told, at most.
const progressEvery = 100 * time.Millisecond

// Await waits until the projection is indexed up to a position. Progress, if not nil, is called some times a second. In a
// session that was opened ReadOnly it does not wait.
func (s *Session) Await(ctx context.Context, name string, to event.Position, progress func(Projection)) error {
	l, err := s.lens(name)
	if err != nil {
		return err
	}
	var told time.Time
	for {
		building, moved, err := l.now()
		switch {
		case l.ix.Built() >= to:
			return nil
		case err != nil:
			return fmt.Errorf("index %s: %w", l.name, err)
		case s.opts.ReadOnly, !building && to > s.log.Head():
			return &NotIndexedError{l.name, to, l.ix.Built()}
		}
		if progress != nil && time.Since(told) >= progressEvery {
			progress(s.describe(l))
			told = time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("index %s: %w", l.name, context.Cause(ctx))
		case <-moved:
		case <-l.done:
			if l.ix.Built() < to {
				_, _, err := l.now()
				return fmt.Errorf("index %s: %w", l.name, cmp.Or(err, context.Canceled))
			}
		}
	}
}

// Drop deletes the index of a projection, in use or only built, and takes it out of use. The log is not touched.
func (s *Session) Drop(ctx context.Context, name string) error {
	list, err := s.Projections(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(p Projection) bool { return p.Name == name || p.Identity == name })
	if at < 0 {
		return &NoProjectionError{Name: name}
	}
	if err := s.release(list[at].Identity); err != nil {
		return err
	}
	if err := asof.Drop(s.indexDir(), list[at].Identity); err != nil {
		return fmt.Errorf("drop %s: %w", name, err)
	}
	return nil
}

// release takes a projection out of use, if it is in use.
func (s *Session) release(identity string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	for _, l := range s.inUse() {
		if l.proj.Identity() == identity {
			s.replace(l, nil)
			return l.end()
		}
	}
	return nil
}
