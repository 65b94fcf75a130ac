package asof

import (
	"context"
	"errors"
	"runtime"

	"asof/engine/event"
	"asof/engine/value"

	"golang.org/x/sync/errgroup"
)

// Moment is one event of one key: what a condition is asked about. The documents and writes are on loan until the visit returns.
type Moment struct {
	Position event.Position
	Key      string
	ID       uint32        // the key's number: keys are numbered from 0 in the order in which they were first seen
	Before   *value.Node   // the document before the event, where asked for; nil = absent
	State    *value.Node   // the document after the event; nil = absent
	Wrote    bool          // the event wrote to the document, or its fold failed
	Writes   []value.Write // what it wrote, where asked for; an identical write has no New
	Answer   bool          // what a sieve says of State, if it is sure
	Sure     bool
}

// WalkOptions say which moments are visited.
type WalkOptions struct {
	From, To event.Position // both included
	Key      string         // of this key alone; "" = of all, for no key has an empty name that somebody looks for
	Before   bool           // Moment.Before is wanted
	Quiet    bool           // also the events of a key that wrote nothing
	Writes   bool           // Moment.Writes is wanted; not together with Fields

	// Fields, if not nil, are all that is read of the documents, which then hold nothing else; none lies below another.
	Fields []value.Pointer
	// Names says that documents are read for the names of their members alone, or for how many items they have: they hold no more
	// then, but what is neither an object nor an array. It does nothing with Before or Writes.
	Names bool
	// Changes leaves out events that did not write at, below or above one of the Fields.
	Changes bool
	// Carry, if not nil, remembers the fields from one walk to the next.
	Carry *Carry
	// Only, if not nil, chooses positions; it is called from several goroutines.
	Only func(event.Position) bool
	// Frames, if not nil, holds what is read for walks of parts of the same segments.
	Frames *Frames
	// KeyName, if not nil, is a key's name by its number where that is known, else "": names that are known are not looked up.
	// It is called from several goroutines.
	KeyName func(id uint32) string
	// Sieve, if not nil, makes what spares visits in a walk of Changes to Fields without Before, one for each goroutine.
	Sieve func() Sieve
}

// errMoved says that the open end of the index was taken up again while it was read.
var errMoved = errors.New("the index has grown meanwhile")

// Walk visits moments, in parallel: worker makes a visitor for one goroutine, which sees a key's moments in their order. What
// the visitors keep is returned sorted by position, then in the order in which the event's keys were numbered. Once ctx has ended
// no visit begins.
func Walk[T any](ctx context.Context, ix *Index, o WalkOptions, worker func() func(*Moment) (T, bool, error)) ([]T, error) {
	return gatherUnits(ctx, ix, o, func(u walkUnit, keep func(event.Position, uint32, T)) unit {
		visit := worker()
		u.visit = func(m *Moment) error {
			what, ok, err := visit(m)
			if ok {
				keep(m.Position, m.ID, what)
			}
			return err
		}
		return &u
	})
}

// unit is a part of a walk that one goroutine does.
type unit interface {
	run(ctx context.Context, ix *Index) error
}

// gatherUnits does the units of a walk in parallel, and sorts what they keep. It begins anew where the open end of the index has
// been taken up again meanwhile.
func gatherUnits[T any](ctx context.Context, ix *Index, o WalkOptions, start func(u walkUnit, keep func(event.Position, uint32, T)) unit) ([]T, error) {
	for {
		kept, err := gatherOnce(ctx, ix, o, start)
		if !errors.Is(err, errMoved) {
			return kept, err
		}
		if o.Carry != nil {
			o.Carry.lose() // it may be ahead of what is walked again
		}
	}
}

func gatherOnce[T any](ctx context.Context, ix *Index, o WalkOptions, start func(u walkUnit, keep func(event.Position, uint32, T)) unit) ([]T, error) {
	units, err := ix.walkUnits(ctx, o)
	if err != nil {
		return nil, err
	}
	results := make([]pile[T], len(units))
	do := func(ctx context.Context, i int) error {
		return start(units[i], func(at event.Position, id uint32, what T) {
			results[i].add(found[T]{at, id, what})
		}).run(ctx, ix)
	}
	if o.To-o.From < alone {
		for i := range units {
			if err := do(ctx, i); err != nil {
				return nil, err
			}
		}
	} else {
		group, inner := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range units {
			group.Go(func() error { return do(inner, i) })
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	return inOrder(units, results), nil
}

// Extent is a run of positions that the index keeps together.
type Extent struct{ First, Last event.Position }

// Extents lists the segments that meet from … to, in order.
func (ix *Index) Extents(ctx context.Context, from, to event.Position) (all []Extent, err error) {
	err = ix.read(ctx, func(r *reader) error {
		all = nil
		for _, e := range r.extents {
			if e.last >= from && e.first <= to {
				all = append(all, Extent{e.first, e.last})
			}
		}
		return nil
	})
	return all, err
}
