package eventlog

import (
	"asof/engine/event"
)

// job is one block on its way through the workers.
type job struct {
	events []event.Event
	from   int // events before it were in the chain already: they were only written anew
	number int
	before link // only for the first job after a resume or a commit; else the link that the job before left
	value  []byte
	hashes []digests
	posts  [kindCount][]posting
	done   chan struct{}
}

// run does what needs no other block.
func (j *job) run(n *encoder) {
	j.hashes = make([]digests, len(j.events))
	digestAll(j.events, j.hashes)
	j.value = n.encode(j.events)
	fresh := len(j.events) - j.from
	room := make([]posting, int(kindCount)*fresh)
	for k := range j.posts {
		j.posts[k] = room[k*fresh : k*fresh : (k+1)*fresh]
	}
	for i := range j.events[j.from:] {
		j.post(&j.events[j.from+i])
	}
	close(j.done)
}

// post makes the postings of one event, each text once.
func (j *job) post(e *event.Event) {
	_, off := segmentOf(e.Position)
	j.add(byType, e.Type, off)
	if e.Correlation != "" {
		j.add(byCorrelation, e.Correlation, off)
	}
	if e.ID != "" {
		j.add(byID, e.ID, off)
	}
	j.addStream(e.Stream, off)
	for _, s := range e.Others {
		j.addStream(s, off)
	}
}

func (j *job) addStream(s event.StreamID, off uint16) {
	if s == "" {
		return
	}
	j.add(byStream, string(s), off)
	if category := s.Category(); len(category) < len(s) {
		j.add(byCategory, category, off)
	}
}

func (j *job) add(k kind, text string, off uint16) {
	p := posting{k.hash(text), off}
	list := j.posts[k]
	for i := len(list) - 1; i >= 0 && list[i].off == off; i-- {
		if list[i].hash == p.hash {
			return
		}
	}
	j.posts[k] = append(list, p)
}

// dispatch hands the tail to the workers and begins the next block.
func (w *Writer) dispatch() error {
	t := &w.tail
	if len(t.events) > t.linked {
		w.hand()
	}
	*t = tail{number: t.number + 1, events: nil}
	return w.collect(4 * w.log.opts.Workers)
}

// hand queues the events of the tail as a job.
func (w *Writer) hand() {
	t := &w.tail
	j := &job{events: t.events, from: t.linked, number: t.number, before: t.before, done: make(chan struct{})}
	w.queue = append(w.queue, j)
	w.jobs <- j
}

// collect takes finished jobs, in order, until no more than `most` are at work.
func (w *Writer) collect(most int) error {
	for len(w.queue) > most {
		j := w.queue[0]
		w.queue = w.queue[1:]
		<-j.done
		if err := w.take(j); err != nil {
			return err
		}
	}
	return nil
}

// take puts a finished block into the chain and into the batch.
func (w *Writer) take(j *job) error {
	before := w.state.Root
	if j.from > 0 {
		before = j.before
	}
	first := j.events[0].Position
	w.state.Root = setLinks(j.value, j.hashes, before)
	w.state.Head = first + event.Position(len(j.events)) - 1
	w.state.Blocks, w.state.Tail = j.number+1, first
	w.window.open(j.number, first)
	for i := range j.events[j.from:] {
		e := &j.events[j.from+i]
		w.window.add(e.Position, e.Time, e.Recorded, false)
	}
	w.window.settle()
	w.batch.addBlock(first, j.value)
	segment, off := segmentOf(j.events[j.from].Position)
	w.batch.addPosts(segment, off, w.state.Head, &j.posts)
	if j.number < w.tail.number {
		clear(j.events)
		w.free = append(w.free, j.events[:0])
	} else {
		w.tail.before, w.tail.linked = before, len(j.events)
	}
	return nil
}
