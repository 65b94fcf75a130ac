package eventlog

import (
	"slices"
	"sync"

	"asof/engine/event"
)

// job is one block on its way through the workers.
type job struct {
	events []event.Event
	from   int // events before it were in the chain already: they were only written anew
	number int
	whole  bool // nothing is added to the block any more
	before link // where from is not 0; else the linker sets it
	value  []byte
	*workroom
	done chan struct{}
	last chan struct{} // closed by the linker; such a job is no block
}

// fewInBlock is less than the events that a block of usual records has.
const fewInBlock = 64

// workroom is what a worker makes of a block for the linker, which gives it back.
type workroom struct {
	hashes []digests
	posts  [kindCount][]posting
}

var workrooms = sync.Pool{New: func() any { return new(workroom) }}

// run does what needs no other block.
func (j *job) run(n *encoder) {
	j.workroom = workrooms.Get().(*workroom)
	j.hashes = slices.Grow(j.hashes[:0], len(j.events))[:len(j.events)]
	digestAll(j.events, j.hashes)
	j.value = n.encode(j.events)
	j.post(j.events[j.from:])
	close(j.done)
}

// dispatch hands the tail to the workers and begins the next block.
func (w *Writer) dispatch() error {
	_, err := w.hand(true)
	w.tail = tail{number: w.tail.number + 1}
	return err
}

// hand gives the events of the tail, if there are new ones, to the workers. Whole says that it takes no more.
func (w *Writer) hand(whole bool) (*job, error) {
	t := &w.tail
	if len(t.events) == t.linked {
		return nil, nil
	}
	if err := w.admit(); err != nil {
		return nil, err
	}
	j := &job{events: t.events, from: t.linked, number: t.number, whole: whole, before: t.before, done: make(chan struct{})}
	w.line <- j
	w.jobs <- j
	return j, nil
}

// gather waits until all that was added is in the batch. The tail stays open.
func (w *Writer) gather() error {
	if w.err != nil {
		return w.err
	}
	j, err := w.hand(false)
	if err != nil {
		return w.fail(err)
	}
	w.drain()
	if j != nil {
		w.tail.before, w.tail.linked = j.before, len(j.events)
	}
	return nil
}

// drain waits until the linker is through with all that was handed over. What it writes may be read until the next job.
func (w *Writer) drain() {
	j := &job{done: make(chan struct{}), last: make(chan struct{})}
	close(j.done)
	w.line <- j
	<-j.last
}

// link takes jobs in order as they are finished.
func (w *Writer) link() {
	for j := range w.line {
		<-j.done
		if j.last != nil {
			close(j.last)
			continue
		}
		w.take(j)
	}
}

// take puts a finished block into the chain and into the batch.
func (w *Writer) take(j *job) {
	if j.from == 0 {
		j.before = w.state.Root
	}
	first := j.events[0].Position
	w.state.Root = setLinks(j.value, j.hashes, j.before)
	w.state.Head = first + event.Position(len(j.events)) - 1
	w.state.Blocks, w.state.Tail = j.number+1, first
	w.window.open(j.number, first)
	for i := range j.events[j.from:] {
		e := &j.events[j.from+i]
		w.window.count(e.Time)
		w.window.add(e.Position, e.Time, e.Recorded, false)
	}
	w.window.settle()
	w.batch.addBlock(first, j.value)
	w.packed.Add(int64(len(j.value)))
	segment, off := segmentOf(j.events[j.from].Position)
	w.batch.addPosts(segment, off, w.state.Head, &j.posts)
	workrooms.Put(j.workroom)
	j.workroom = nil
	if j.whole {
		if len(j.events) < fewInBlock { // of long records, which are not to wait for the next block here
			clear(j.events)
		}
		w.done.Store(uint64(w.state.Head))
		select {
		case w.free <- j.events[:0]:
		default:
		}
	}
}
