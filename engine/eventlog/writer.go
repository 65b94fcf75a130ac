package eventlog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"

	"asof/engine/event"
	"asof/engine/store"
)

// Writer adds events in bulk. While one is open, no other process and no Append can write to the log; readers go on. It is
// for one goroutine; encoding, hashing, compression and commits run beside it: blocks go to some workers, and from these in order
// to the linker, which makes the chain and the clock.
//
// Adding costs memory until a commit: ask Due after each batch of records, and commit when it says so.
type Writer struct {
	log  *Log
	lock *store.Lock
	err  error // the first one; nothing is written after it

	head event.Position // the last one added
	tail tail
	jobs chan *job // for the workers
	line chan *job // the same in order, for the linker
	work sync.WaitGroup
	free chan []event.Event

	streams  known
	ids      seenIDs
	repeated uint64
	state    head // but for the chain's part of it, which the linker writes
	batch    *batch
	packed   atomic.Int64 // bytes of the batch's blocks
	done     atomic.Uint64
	window   window     // the linker's
	commit   chan error // of the checkpoint at work; nil if there is none
	writing  *batch     // that it writes
	spare    []segmentPosts
	touched  byte // see admit
	durable  event.Position
	closed   bool
}

// tail is the block that is being filled.
type tail struct {
	number   int // of the block in the log, from 0
	before   link
	events   []event.Event
	linked   int // events that are in the chain and in the postings already
	admitted int // events whose ids and names were seen
	rawBytes int
}

const (
	// A commit is due where a segment has just ended, so that its postings are written once; or when it grows too large.
	dueBytes  = 16 << 20
	dueEvents = 3 * SegmentSize
	fewEvents = 2*SegmentSize - justEnded
	justEnded = 1024
)

// Writer opens a writer, or returns a *store.HeldError that names who has one.
func (l *Log) Writer(ctx context.Context) (*Writer, error) {
	if l.opts.ReadOnly {
		return nil, fmt.Errorf("log: %w", store.ErrReadOnly)
	}
	lock, err := store.Acquire(ctx, filepath.Join(l.dir, FileName+".writer"))
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	ahead := 4 * l.opts.Workers
	w := &Writer{log: l, lock: lock, jobs: make(chan *job, ahead), line: make(chan *job, ahead), free: make(chan []event.Event, 2*ahead)}
	if err := w.resume(ctx); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	for range l.opts.Workers {
		n, err := newEncoder()
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		w.work.Go(func() {
			for j := range w.jobs {
				j.run(n)
			}
		})
	}
	w.work.Go(w.link)
	return w, nil
}

// Add appends an event and sets its Position. In the log, an Unnumbered event has a version, and one whose id stands before it
// the mark RepeatedID. The log keeps e's bytes and strings: nobody may write to them before Done says so.
func (w *Writer) Add(e *event.Event) error {
	if w.err != nil {
		return w.err
	}
	if err := checkEvent(e); err != nil {
		return err
	}
	n := len(w.tail.events)
	same := n > 0 && sameRecord(e, &w.tail.events[n-1])
	if n > 0 && (w.full() && !same || w.head%SegmentSize == 0) {
		if err := w.dispatch(); err != nil {
			return w.fail(err)
		}
		same = false
	}
	w.head++
	e.Position = w.head
	e.Marks &^= event.RepeatedID | event.Outlier
	w.batch.late += b2u(e.Marks.Has(event.Late))
	if !same {
		w.tail.rawBytes += len(e.Raw)
		w.batch.rawBytes += uint64(len(e.Raw))
	}
	if w.tail.events == nil {
		w.tail.events = w.room()
	}
	w.tail.events = append(w.tail.events, *e)
	w.batch.events++
	return nil
}

// Repeated is how many of the events that were added have an id that stands before them, as far as is known yet: it is known of all
// of them after a commit.
func (w *Writer) Repeated() uint64 { return w.repeated }

// checkEvent refuses what the format cannot hold.
func checkEvent(e *event.Event) error {
	if len(e.Raw) > maxBlock/2 {
		return fmt.Errorf("a record of %d bytes", len(e.Raw))
	}
	for _, part := range []*event.Part{&e.Payload, &e.Meta} {
		for _, s := range part.Spans {
			if uint64(s.Off)+uint64(s.Len) > uint64(len(e.Raw)) {
				return fmt.Errorf("a payload at %d+%d of a record of %d bytes", s.Off, s.Len, len(e.Raw))
			}
		}
	}
	return nil
}

func (w *Writer) full() bool {
	return w.tail.rawBytes >= w.log.opts.BlockBytes || len(w.tail.events) >= SegmentSize
}

func (w *Writer) room() []event.Event {
	select {
	case events := <-w.free:
		return events
	default:
		return make([]event.Event, 0, 256)
	}
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}
