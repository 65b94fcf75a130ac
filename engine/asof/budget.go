package asof

import (
	"context"
	"fmt"
	"sync"
	"time"

	"asof/engine/event"
)

// A build divides Options.Memory: the garbage collector lets as much again as what stands, so that half of it is to be had. Of that,
// the dictionary of keys takes what it needs, the windows in hand and one that is committed are held to a part each, and parked documents
// get the rest.
const (
	windowShare = 20       // part of Memory that a window may take
	leastBuild  = 4        // part of Memory that a build takes, whatever others do
	leastParked = 16       // part of Memory that parked documents get in any case
	fixedRoom   = 56 << 20 // of the log read ahead, frames, pages of the file, layouts
)

// memory is what the build may take now.
func (b *builder) memory() int64 {
	memory := b.ix.opts.Memory
	if b.ix.opts.Beside != nil {
		memory = max(memory-b.ix.opts.Beside(), memory/leastBuild)
	}
	return memory
}

// windowBytes is how many bytes a window may take before it is closed, though it has fewer positions than a segment.
func (b *builder) windowBytes() int { return int(b.ix.opts.Memory / windowShare) }

// parkedBudget is what the partition may park, as long as so much stands beside. The last window is a small one, but those before it are
// still there.
func (k *worker) parkedBudget(w *window) int64 {
	k.widest = max(k.widest, w.bytes)
	memory := k.b.memory()
	beside := int64(w.keyBytes) + (windowsInHand+1)*int64(k.widest) + fixedRoom
	return max(memory*3/4-beside, memory/leastParked) / int64(len(k.b.workers))
}

// roomEvery is how often a build looks whether others need less of the memory.
const roomEvery = 50 * time.Millisecond

// awaitRoom waits while others of the process take memory and what is left has no room for the partition's documents: to read them back
// again and again costs more than to go on later.
func (k *worker) awaitRoom(ctx context.Context) error {
	beside := k.b.ix.opts.Beside
	for beside != nil && beside() > 0 && k.parked.crowded() {
		select {
		case <-time.After(roomEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// eventRoom is what an event takes in a window beside its bytes.
const (
	eventRoom = 400 // with its fields
	slotRoom  = 80  // without
)

// take decides whether the window keeps event i of a block, or its brief alone, and books what it takes.
func (w *window) take(b *builder, k *block, i int) {
	e := k.events[i]
	if k.places == nil || k.places[i] == noBrief || b.needsEvents.Load() {
		w.bytes += k.raw[i] + eventRoom
		k.kept = true
	} else {
		e = nil
	}
	w.events = append(w.events, e)
	if k.places == nil {
		return
	}
	end := len(k.briefs)
	for j := i + 1; j < len(k.places); j++ {
		if k.places[j] != noBrief {
			end = int(k.places[j])
			break
		}
	}
	if k.places[i] != noBrief {
		w.bytes += end - int(k.places[i])
	}
	w.bytes += slotRoom
}

// again is a window's events, read from the log once more.
type again struct {
	once   sync.Once
	events []event.Event
	err    error
}

// event is event i of the window. Where only its brief was kept, the events of the window are read again, and those of later
// windows are kept.
func (b *builder) event(ctx context.Context, w *window, i int) (*event.Event, error) {
	if w.events[i] != nil {
		return w.events[i], nil
	}
	w.again.once.Do(func() {
		b.needsEvents.Store(true)
		w.again.events, w.again.err = b.readAgain(ctx, w.first, w.last())
	})
	if w.again.err != nil {
		return nil, w.again.err
	}
	return &w.again.events[i], nil
}

func (b *builder) readAgain(ctx context.Context, first, last event.Position) ([]event.Event, error) {
	all := make([]event.Event, 0, last-first+1)
	for events, err := range b.ix.log.Blocks(ctx, first, last) {
		if err != nil {
			return nil, &logError{err}
		}
		all = append(all, events...)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(all) != cap(all) {
		return nil, fmt.Errorf("change index: the log has %d events from %d to %d", len(all), first, last)
	}
	return all, nil
}
