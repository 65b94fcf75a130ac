package asof

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/projection"

	"golang.org/x/sync/errgroup"
)

// gather reads the log in windows. Upcast and key run in parallel, block by block; ids are given out in order, so that they do
// not depend on how.
func (b *builder) gather(ctx context.Context, first event.Position, drop int, windows chan<- *window) error {
	blocks := make(chan chan *block, runtime.GOMAXPROCS(0))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(blocks)
		return b.readBlocks(ctx, group, first, blocks)
	})
	group.Go(func() error {
		w, err := b.newWindow(ctx, first)
		if err != nil {
			return err
		}
		w.drop = drop
		for slot := range blocks {
			k, ok := take(ctx, slot)
			if !ok {
				return ctx.Err()
			}
			for i := range k.events {
				if i%fetchAhead == 0 {
					b.fetched += b.keys.fetch(k.keysOf(i, i+fetchAhead))
				}
				w.add(b, k, i)
				if len(w.events) < b.ix.segmentSize() && w.bytes < b.windowBytes() {
					continue
				}
				next := w.last() + 1
				w.closed, w.goesOn = true, i+1 < len(k.events)
				w.seeKeys(b.keys)
				if err := send(ctx, windows, w); err != nil {
					return err
				}
				if w, err = b.newWindow(ctx, next); err != nil {
					return err
				}
			}
			b.spare.block(k)
		}
		if len(w.events) > 0 && ctx.Err() == nil {
			w.seeKeys(b.keys)
			return send(ctx, windows, w)
		}
		return ctx.Err()
	})
	return group.Wait()
}

// newWindow begins a window, once there is room for one more.
func (b *builder) newWindow(ctx context.Context, first event.Position) (*window, error) {
	if err := send(ctx, b.inHand, struct{}{}); err != nil {
		return nil, err
	}
	w := b.spare.window(len(b.workers))
	w.first, w.firstID, w.ordinal = first, uint32(len(b.keys.names)), b.ordinal
	b.ordinal++
	return w, nil
}

// seeKeys gives the window the keys up to its end.
func (w *window) seeKeys(t *keyTable) { w.names, w.hashes, w.keyBytes = t.names, t.hashes, t.bytes() }

// forget takes back the ids that segments to be replaced have given out; they are given out again in the same order.
func (b *builder) forget(drop int) {
	if drop == 0 {
		return
	}
	b.keys.cut(b.extents[len(b.extents)-drop].firstID)
}

// block is a run of prepared events with their keys.
type block struct {
	lent   eventlog.Lent
	kept   bool           // a window has some of the events, so that they are not given back
	events []*event.Event // nil where upcast or key failed
	raw    []int          // bytes of the original
	keys   []string       // of all events, one behind the other
	hashes []uint64       // of keys
	ends   []int          // per event: where its keys end
	briefs []byte         // of all events
	places []uint32       // per event: where its brief begins, or noBrief; nil if the projection has none
	room   []uint32       // for places
	errors []FoldError
}

// noBrief stands for an event that has to be folded into a document.
const noBrief = 1<<32 - 1

// preparer is what one goroutine prepares events with.
type preparer struct {
	folder projection.Folder
	briefs projection.Briefer // or nil
}

func (b *builder) newPreparer() preparer {
	p := preparer{folder: b.ix.newFolder()}
	if b.places != nil {
		p.briefs = b.ix.proj.(projection.Briefing).NewBriefer(b.places)
	}
	return p
}

// readBlocks starts a goroutine per block of the log, a few at a time, and passes on the places of their results in order.
func (b *builder) readBlocks(ctx context.Context, group *errgroup.Group, first event.Position, blocks chan<- chan *block) error {
	preparers := make(chan preparer, runtime.GOMAXPROCS(0))
	for range cap(preparers) {
		preparers <- b.newPreparer()
	}
	next := first
	for lent, err := range b.events(ctx, first) {
		if err != nil {
			return &logError{err}
		}
		events := lent.Events
		if len(events) > 0 && events[0].Position != next {
			return fmt.Errorf("change index: the log went on at %d, not %d", events[0].Position, next)
		}
		next += event.Position(len(events))
		slot := make(chan *block, 1)
		select {
		case blocks <- slot:
		case <-ctx.Done():
			return ctx.Err()
		}
		var p preparer
		select {
		case p = <-preparers:
		case <-ctx.Done():
			return ctx.Err()
		}
		group.Go(func() error {
			k := b.spare.takeBlock()
			k.lent = lent
			k.briefs = b.spare.arena()
			slot <- p.block(k, events)
			preparers <- p
			return nil
		})
	}
	if head := event.Position(b.head.Load()); next != head+1 && ctx.Err() == nil {
		return fmt.Errorf("change index: the log ended at %d, not %d", next-1, head)
	}
	return ctx.Err()
}

// rawSize is how many bytes an event takes beside itself, one of a block of so many.
func rawSize(e *event.Event, of int) int {
	if e.Raw == nil && e.Cast.Loose() {
		return len(e.Cast.Text) / of
	}
	return len(e.Raw)
}

func (p preparer) block(k *block, events []event.Event) *block {
	k.reset(len(events), p.briefs != nil)
	for i := range events {
		e, err := p.folder.Prepare(&events[i])
		if err == nil {
			k.events[i] = e
			before := len(k.keys)
			if k.keys, err = p.folder.Keys(e, k.keys); err != nil {
				k.keys = k.keys[:before]
			}
			for _, name := range k.keys[before:] {
				k.hashes = append(k.hashes, hashKey(name))
			}
			if p.briefs != nil {
				k.brief(p.briefs, i, len(k.keys) > before)
			}
		}
		if err != nil {
			k.errors = append(k.errors, foldError(events[i].Position, "", err))
		}
		k.ends = append(k.ends, len(k.keys))
		k.raw = append(k.raw, rawSize(&events[i], len(events)))
	}
	return k
}

// reset makes a block ready for n events; it keeps its room, but for that of briefs.
func (k *block) reset(n int, briefs bool) {
	k.keys, k.hashes, k.ends, k.raw, k.errors = k.keys[:0], k.hashes[:0], k.ends[:0], k.raw[:0], nil
	k.events = append(k.events[:0], make([]*event.Event, n)...)
	k.places, k.kept = nil, false
	if briefs {
		k.places = append(k.room[:0], make([]uint32, n)...)
		k.room = k.places
	}
}

// brief writes the brief of event i, if anybody is to fold it.
func (k *block) brief(b projection.Briefer, i int, wanted bool) {
	k.places[i] = noBrief
	if from := len(k.briefs); wanted && from < noBrief-1<<20 {
		var ok bool
		if k.briefs, ok = b.Brief(k.events[i], k.briefs); ok {
			k.places[i] = uint32(from)
		}
	}
}

// keysOf are the hashes of the keys of the events from one to before another.
func (k *block) keysOf(from, to int) []uint64 {
	low := 0
	if from > 0 {
		low = k.ends[from-1]
	}
	return k.hashes[low:k.ends[min(to, len(k.ends))-1]]
}

// add takes event i of a block into the window.
func (w *window) add(b *builder, k *block, i int) {
	from := 0
	if i > 0 {
		from = k.ends[i-1]
	}
	pos := w.first + event.Position(len(w.events))
	var few [8]uint32
	ids := few[:0]
	for n := from; n < k.ends[i]; n++ {
		id, ok := b.keys.find(k.keys[n], k.hashes[n])
		if !ok {
			id = b.keys.add(k.keys[n], k.hashes[n])
			w.newKeys = append(w.newKeys, newKey{b.keys.names[id], pos})
		}
		if slices.Contains(ids, id) {
			continue
		}
		ids = append(ids, id)
		part := int(id) % len(w.items)
		w.items[part] = append(w.items[part], uint64(id)<<32|uint64(len(w.events)))
	}
	w.keys.add(ids)
	w.take(b, k, i)
	w.bytes += max(len(ids)-1, 0) * k.raw[i] // what is folded of it, of each key
	w.brief(k, i)
	for len(k.errors) > 0 && k.errors[0].Position == pos {
		w.errors = append(w.errors, k.errors[0])
		k.errors = k.errors[1:]
	}
}

// brief takes the brief of event i over.
func (w *window) brief(k *block, i int) {
	if k.places == nil {
		return
	}
	if n := len(w.arenas); n == 0 || unsafe.SliceData(w.arenas[n-1]) != unsafe.SliceData(k.briefs) {
		w.arenas = append(w.arenas, k.briefs)
	}
	w.briefs = append(w.briefs, briefRef{uint32(len(w.arenas) - 1), k.places[i]})
}
