package eventlog

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"path/filepath"
	"strings"
	"sync"

	"asof/engine/event"
	"asof/engine/store"

	"go.etcd.io/bbolt"
)

// Writer adds events in bulk. While one is open, no other process and no Append can write to the log; readers go on. It is
// for one goroutine; encoding, hashing, compression and commits run beside it.
//
// Adding costs memory until a commit: ask Due after each batch of records, and commit when it says so.
type Writer struct {
	log  *Log
	lock *store.Lock
	err  error // the first one; nothing is written after it

	head  event.Position // the last one added
	state head           // as of the last event collected
	tail  tail
	queue []*job // handed to the workers, in order
	jobs  chan *job
	work  sync.WaitGroup
	free  [][]event.Event

	streams known
	ids     seenIDs
	window  window
	batch   *batch
	commit  chan error // of the checkpoint at work; nil if there is none
	durable event.Position
	closed  bool
}

// tail is the block that is being filled.
type tail struct {
	number   int // of the block in the log, from 0
	before   link
	events   []event.Event
	linked   int // events that are in the chain and in the postings already
	rawBytes int
}

// known is what the writer remembers of streams.
type known struct {
	seed    [2]maphash.Seed
	last    map[[2]uint64]streamState
	whole   bool // last holds every stream of the log
	lookups int
}

type streamState struct {
	version   event.Version
	versioned bool
}

const (
	// mostKnown bounds the streams that a writer remembers; beyond it looks them up.
	mostKnown = 1 << 20
	// fewLookups is how many look-ups cost less than remembering all.
	fewLookups = 300
	dueBytes   = 8 << 20
	dueEvents  = 160_000
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
	w := &Writer{log: l, lock: lock, jobs: make(chan *job)}
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
	return w, nil
}

// resume takes up the log where it ends: the open block, and the last events that the clock may still decide about.
func (w *Writer) resume(ctx context.Context) error {
	if _, err := w.log.Refresh(ctx); err != nil {
		return err
	}
	now := *w.log.now.Load()
	w.state, w.head, w.durable = now, now.Head, now.Head
	w.batch = newBatch()
	w.window.changed = map[int]summary{}
	w.window.unsettled = 1<<64 - 1
	w.streams = known{seed: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, last: map[[2]uint64]streamState{}, whole: now.Head == 0}
	w.ids = seenIDs{seed: w.streams.seed[0]}
	w.ids.whole = now.Head == 0
	w.tail = tail{number: now.Blocks, before: now.Root}
	if now.Head == 0 {
		return nil
	}
	return w.log.view(ctx, w.resumeIn)
}

func (w *Writer) resumeIn(tx *bbolt.Tx) error {
	number := w.state.Blocks - 1
	var blocks []*block
	for at := w.state.Head; ; {
		b, err := w.log.readBlock(tx, at)
		if err != nil {
			return err
		}
		blocks = append(blocks, b)
		if b.first == 1 || b.first+outlierReach <= w.state.Head {
			break
		}
		at = b.first - 1
	}
	before, err := summaryOf(tx, number-len(blocks))
	if err != nil {
		return err
	}
	w.window.before = before
	for i := len(blocks) - 1; i >= 0; i-- {
		b := blocks[i]
		w.window.open(number-i, b.first)
		for _, e := range b.events {
			w.window.add(e.Position, e.Time, e.Recorded, e.Marks.Has(event.Outlier))
			if !e.Time.IsZero() {
				w.window.lastTime = e.Time
			}
		}
	}
	w.window.settle()
	clear(w.window.changed)
	w.window.outliers, w.window.first = nil, w.state.Info.First
	last := blocks[0]
	if last.rawBytes >= w.log.opts.BlockBytes || w.state.Head%SegmentSize == 0 {
		return nil
	}
	w.tail = tail{number: number, events: append(w.room(), last.events...), linked: len(last.events), rawBytes: last.rawBytes}
	if last.first > 1 {
		b := last
		if len(blocks) > 1 {
			b = blocks[1]
		} else if b, err = w.log.readBlock(tx, last.first-1); err != nil {
			return err
		}
		w.tail.before = b.link
	} else {
		w.tail.before = link{}
	}
	return nil
}

// summaryOf is the summary of a block by its number; the zero summary before the first.
func summaryOf(tx *bbolt.Tx, number int) (summary, error) {
	if number < 0 {
		return summary{}, nil
	}
	list, err := readChunk(tx, nil, number/perChunk)
	if err == nil && number%perChunk >= len(list) {
		err = damaged("the clock ends before block %d", number)
	}
	if err != nil {
		return summary{}, err
	}
	return list[number%perChunk], nil
}

// Add appends an event. It sets e's Position, gives an Unnumbered event its version, and adds the mark RepeatedID where an
// event with that id stands before it. The log keeps e's bytes and strings: nobody may write to them afterwards.
func (w *Writer) Add(e *event.Event) error {
	if w.err != nil {
		return w.err
	}
	if err := checkEvent(e); err != nil {
		return err
	}
	if n := len(w.tail.events); n > 0 && w.full() && !sameRecord(e, &w.tail.events[n-1]) || w.head > 0 && w.head%SegmentSize == 0 && n > 0 {
		if err := w.dispatch(); err != nil {
			return w.fail(err)
		}
	}
	e.Marks &^= event.RepeatedID | event.Outlier
	if e.ID != "" && !e.Marks.Has(event.DerivedID) {
		repeated, err := w.see(e.ID)
		if err != nil {
			return w.fail(err)
		}
		if repeated {
			e.Marks |= event.RepeatedID
			w.batch.repeated++
		}
	}
	e.Position = w.head + 1
	if err := w.name(e); err != nil {
		return w.fail(err)
	}
	w.head++
	if e.Marks.Has(event.Late) {
		w.batch.late++
	}
	w.window.count(e.Time)
	if n := len(w.tail.events); n == 0 || !sameRecord(e, &w.tail.events[n-1]) {
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
	if n := len(w.free); n > 0 {
		events := w.free[n-1]
		w.free = w.free[:n-1]
		return events
	}
	return make([]event.Event, 0, 256)
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}

// name counts the event under its streams and its type, and gives it a version if it has none.
func (w *Writer) name(e *event.Event) error {
	b := w.batch
	b.types.add(e.Type, e.Position)
	for _, s := range e.Others {
		if _, err := w.stream(string(s), e.Position); err != nil {
			return err
		}
	}
	t, err := w.stream(string(e.Stream), e.Position)
	if err != nil {
		return err
	}
	if e.Numbering == event.Unnumbered {
		e.Numbering, e.Version = event.ByAsof, 1
		if t.versioned {
			e.Version = t.Version + 1
		}
	}
	t.Version, t.versioned = e.Version, true
	return nil
}

// stream is the batch's tally of a stream, with its last version even where that is of an earlier commit.
func (w *Writer) stream(name string, at event.Position) (*tally, error) {
	t, fresh := w.batch.streams.add(name, at)
	if !fresh {
		return t, nil
	}
	state, exists, err := w.lastOf(name)
	if err != nil {
		return nil, err
	}
	if !exists {
		w.batch.newStreams++
	}
	t.Version, t.versioned = state.version, state.versioned
	return t, nil
}

func (w *Writer) streamKey(name string) [2]uint64 {
	return [2]uint64{maphash.String(w.streams.seed[0], name), maphash.String(w.streams.seed[1], name)}
}

// lastOf is what the log says of a stream that the batch has not met before.
func (w *Writer) lastOf(name string) (streamState, bool, error) {
	k := &w.streams
	if state, ok := k.last[w.streamKey(name)]; ok || k.whole {
		return state, ok, nil
	}
	if k.lookups++; k.lookups == fewLookups && w.state.Info.Streams <= mostKnown {
		if err := w.learn(); err != nil {
			return streamState{}, false, err
		}
		state, ok := k.last[w.streamKey(name)]
		return state, ok, nil
	}
	// What a checkpoint at work is about to write must be there first.
	if err := w.await(); err != nil {
		return streamState{}, false, err
	}
	var t *tally
	err := w.log.view(context.Background(), func(tx *bbolt.Tx) error {
		h, err := readHead(tx)
		if err != nil {
			return err
		}
		t, err = lookUp(tx, streamNames, h.Names[streamNames], name)
		return err
	})
	if err != nil || t == nil {
		return streamState{}, false, err
	}
	return streamState{t.Version, t.versioned}, true, nil
}

// learn remembers all streams of the log.
func (w *Writer) learn() error {
	if err := w.await(); err != nil {
		return err
	}
	err := w.log.view(context.Background(), func(tx *bbolt.Tx) error {
		h, err := readHead(tx)
		if err != nil {
			return err
		}
		d, err := openDirectory(tx, streamNames, h.Names[streamNames], "")
		if err != nil {
			return err
		}
		for {
			t, err := d.next()
			if err != nil || t == nil {
				return err
			}
			w.streams.last[w.streamKey(t.Text)] = streamState{t.Version, t.versioned}
		}
	})
	w.streams.whole = err == nil
	return err
}

// tallies are the names of one kind that a batch met.
type tallies struct {
	index map[string]int32
	list  []tally
}

// add counts one event under a name. Fresh says that the name is new to the batch.
func (t *tallies) add(name string, at event.Position) (entry *tally, fresh bool) {
	if i, ok := t.index[name]; ok {
		entry := &t.list[i]
		if entry.Last != at || entry.Count == 0 {
			entry.Count++
			entry.Last = at
		}
		return entry, false
	}
	name = strings.Clone(name) // it must not keep the importer's buffer alive
	t.index[name] = int32(len(t.list))
	t.list = append(t.list, tally{Name: Name{Text: name, Count: 1, First: at, Last: at}})
	return &t.list[len(t.list)-1], true
}
