package eventlog

// memory is what a writer knew of the log that it left: which ids and streams are in it. The next writer would have to read them all
// again, which takes seconds of a log of millions.
type memory struct {
	commit  uint64
	root    link
	streams known
	ids     seenIDs
}

// Remember says whether what a Writer knows is kept for the next one, as who opens one after another wants it. It takes memory: about
// four bytes an id and 32 a stream. Saying no drops it.
func (l *Log) Remember(yes bool) {
	l.remembers.Store(yes)
	if !yes {
		l.memory.Store(nil)
	}
}

// remember keeps what the writer knows, if it leaves the log as it knows it.
func (w *Writer) remember() {
	if l := w.log; l.remembers.Load() && w.err == nil && w.batch.empty() {
		now := l.now.Load()
		l.memory.Store(&memory{now.Commit, now.Root, w.streams, w.ids})
	}
}

// recall takes up what the last writer knew, if nobody has written since.
func (w *Writer) recall() (ok bool) {
	m := w.log.memory.Swap(nil)
	if ok = m != nil && m.commit == w.state.Commit && m.root == w.state.Root; ok {
		w.streams, w.ids = m.streams, m.ids
	}
	return ok
}

// While little is asked, each question is looked up in the store. When so many have come that all of them took about as long as learning
// every id or stream of the log takes, that is done: whatever comes, no more than twice the time is spent that was needed.
const (
	fewLookUps       = 300
	idsPerLookUp     = 4000 // are learned in the time of one look-up
	streamsPerLookUp = 120
)

// worthLearning is after how many look-ups the n that there are of a kind are learned.
func worthLearning(n uint64, perLookUp uint64) int { return max(fewLookUps, int(n/perLookUp)) }
