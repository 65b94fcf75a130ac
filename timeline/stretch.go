package timeline

import (
	"context"
	"fmt"
	"slices"

	"asof/engine/event"
)

// stretch is events at hand: all of a range, or some.
type stretch struct {
	first  event.Position
	blocks [][]event.Event // of first, first+1 …; nil if only some are at hand
	index  []uint32        // of every indexed'th position, the block that has it
	some   map[event.Position]*event.Event
	only   []event.Position // sorted; nil = all
}

// indexed is how many positions share a step of the index; a block has some hundreds.
const indexed = 64

func (w *stretch) picked(at event.Position) bool {
	_, ok := slices.BinarySearch(w.only, at)
	return ok
}

func (w *stretch) at(pos event.Position) *event.Event {
	switch {
	case w == nil:
		return nil
	case w.blocks == nil:
		return w.some[pos]
	}
	for b := w.index[(pos-w.first)/indexed]; ; b++ {
		block := w.blocks[b]
		if i := pos - block[0].Position; int(i) < len(block) {
			return &block[i]
		}
	}
}

// few is up to how many events of a stretch are read one by one; sparse, how many others must then stand between two of them.
const (
	few    = 64
	sparse = 500
)

// stretch reads the events of from … to, or of those the chosen ones.
func (s *Session) stretch(ctx context.Context, from, to event.Position, chosen *stretch) (*stretch, error) {
	w := &stretch{first: from}
	if chosen != nil {
		w.only = chosen.only
		if n := len(w.only); n < few || n < int(to-from)/sparse {
			w.some = make(map[event.Position]*event.Event, n)
			for _, at := range w.only {
				e, err := s.log.Event(ctx, at)
				if err != nil {
					return nil, fmt.Errorf("event %d: %w", at, err)
				}
				w.some[at] = e
			}
			return w, nil
		}
	}
	w.blocks = [][]event.Event{}
	for events, err := range s.log.Blocks(ctx, from, to) {
		if err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
		last := events[len(events)-1].Position
		for w.first+event.Position(len(w.index))*indexed <= last {
			w.index = append(w.index, uint32(len(w.blocks)))
		}
		w.blocks = append(w.blocks, events)
	}
	return w, nil
}

// guarded are the positions of a stretch outside of which a condition is known not to hold, since it asks first for something of the
// event that postings know; nil if that is not so.
func (s *Session) guarded(ctx context.Context, field, text string, from, to event.Position) (func(event.Position) bool, error) {
	filter := Filter{}
	switch field {
	case "type":
		filter.Type = text
	case "stream":
		filter.Stream = text
	default:
		return nil, nil
	}
	list, err := s.log.Candidates(ctx, filter.engine(), from, to)
	if err != nil {
		return nil, err
	}
	set := make(bits, (to-from)/64+1)
	for _, at := range list {
		set.add(uint32(at - from))
	}
	return func(at event.Position) bool { return set.has(uint32(at - from)) }, nil
}

// bits is a set of small numbers, as many as it has room for.
type bits []uint64

func (b bits) has(i uint32) bool { return int(i/64) < len(b) && b[i/64]>>(i%64)&1 != 0 }

func (b bits) add(i uint32) { b[i/64] |= 1 << (i % 64) }
