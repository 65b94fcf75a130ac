package eventlog

import (
	"context"
	"hash/maphash"
	"slices"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// seenIDs answers whether an id is in the log already. Few questions are answered from the postings; when many come, a
// filter that is kept in memory says "no" to nearly all new ids at once.
type seenIDs struct {
	seed    maphash.Seed
	fresh   freshIDs // of events since the last checkpoint
	older   freshIDs // of those in the checkpoint at work
	filter  bloom
	whole   bool // the filter holds every id of the log
	posted  bool // by what postings know of it: it is filled from them
	lookups int
	asked   []askedID
}

// askedID is a question about an id.
type askedID struct {
	event int    // which has it
	hash  uint64 // among the fresh ones
	known uint64 // in the filter
}

// known is an id's hash in the filter. That of a log which was begun here knows all of a hash, and confuses fewer ids.
func (s *seenIDs) known(id string, hash uint64) uint64 {
	if s.posted {
		return byID.hash(id)
	}
	return hash
}

// freshIDs are the ids of events that are not committed, by a hash that nobody can foresee. Nearly all questions are about
// new ids, which the filter of all ids answers, so the list is gone through; a set is made only when many are asked.
type freshIDs struct {
	list   []uint64
	set    map[uint64]struct{}
	synced int // how many of the list are in the set
	asked  int
}

// fewAsked is how many questions cost less than a set.
const fewAsked = 100

func (f *freshIDs) add(hash uint64) { f.list = append(f.list, hash) }

// clear forgets all, and keeps the memory.
func (f *freshIDs) clear() { *f = freshIDs{list: f.list[:0]} }

func (f *freshIDs) has(hash uint64) bool {
	if f.asked++; f.asked < fewAsked {
		return slices.Contains(f.list, hash)
	}
	if f.set == nil {
		f.set = make(map[uint64]struct{}, len(f.list))
	}
	for _, h := range f.list[f.synced:] {
		f.set[h] = struct{}{}
	}
	f.synced = len(f.list)
	_, ok := f.set[hash]
	return ok
}

// seeAll marks the events whose id was seen before, and remembers the ids.
func (w *Writer) seeAll(events []event.Event) error {
	s := &w.ids
	s.asked = s.asked[:0]
	for i := range events {
		e := &events[i]
		if e.ID == "" || e.Marks.Has(event.DerivedID) {
			continue
		}
		hash := maphash.String(s.seed, e.ID)
		s.asked = append(s.asked, askedID{i, hash, s.known(e.ID, hash)})
	}
	for i := range s.asked {
		s.filter.touch(s.asked[i].known)
	}
	for i := range s.asked {
		a := &s.asked[i]
		if !s.whole || s.filter.add(a.known) {
			seen, err := w.lookUpID(events[a.event].ID, a.hash)
			if err != nil {
				return err
			}
			if seen {
				events[a.event].Marks |= event.RepeatedID
				w.batch.repeated++
				w.repeated++
			}
		}
		s.fresh.add(a.hash)
	}
	return nil
}

// HasID reports whether an event with that id is in the log or was added. Ids that asof made up (event.DerivedID) do not
// count among those added since the last commit.
func (w *Writer) HasID(id string) (bool, error) {
	if err := w.admit(); err != nil {
		return false, w.fail(err)
	}
	s := &w.ids
	hash := maphash.String(s.seed, id)
	if s.whole && !s.filter.has(s.known(id, hash)) {
		return false, nil
	}
	return w.lookUpID(id, hash)
}

// lookUpID is HasID without the filter. Fresh is the id's hash among the fresh ones.
func (w *Writer) lookUpID(id string, fresh uint64) (bool, error) {
	s := &w.ids
	if s.fresh.has(fresh) || s.older.has(fresh) {
		return true, nil
	}
	if s.lookups++; !s.whole && s.lookups == worthLearning(uint64(w.durable), idsPerLookUp) {
		if err := w.learnIDs(); err != nil {
			return false, err
		}
	}
	if w.durable == 0 && w.commit == nil {
		return false, nil
	}
	_, found, err := w.log.Next(context.Background(), Filter{ID: id}, 0)
	return found, err
}

// learnIDs fills the filter from the postings of the log, and from what is not committed.
func (w *Writer) learnIDs() error {
	if err := w.await(); err != nil {
		return err
	}
	w.ids.filter = bloom{first: linesFor(uint64(w.durable))}
	err := w.log.view(context.Background(), func(tx *bbolt.Tx) error {
		c, err := cursor(tx, bucketPostings)
		if err != nil {
			return err
		}
		var list []posting
		for k, v := c.Seek([]byte{byte(byID)}); len(k) > 0 && k[0] == byte(byID); k, v = c.Next() {
			r, err := openRun(byID, k, v)
			if err != nil {
				return err
			}
			if list, err = r.appendPostings(list[:0]); err != nil {
				return err
			}
			w.ids.filter.addAll(list)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range w.tail.events[w.tail.linked:] {
		w.ids.filter.add(byID.hash(e.ID))
	}
	w.drain()
	for _, s := range w.batch.segments {
		w.ids.filter.addAll(s.lists[byID])
	}
	w.ids.whole = true
	return nil
}

// bloom is a Bloom filter in layers, each eight times as large as the one before, up to a bound. A question costs one cache
// line a layer.
type bloom struct {
	layers  []bloomLayer
	first   int // lines of the first layer
	touched uint64
}

type bloomLayer struct {
	lines [][8]uint64
	room  int // how many more hashes it takes
}

const (
	wholeLines = 1 << 16 // 4 MiB for a million and a quarter of ids
	mostLines  = 1 << 20 // 64 MiB: beyond it the filter grows worse instead of larger
	perLine    = 20      // hashes a line, 26 bits each
	perHash    = 7       // bits that it sets: of a full layer, one in twenty thousand new ids looks known
)

// add adds a hash and reports whether it, or one that looks alike, was there.
func (b *bloom) add(hash uint64) (seen bool) {
	n := len(b.layers)
	if n == 0 || b.layers[n-1].room == 0 && len(b.layers[n-1].lines) < mostLines {
		lines := b.first
		if n > 0 {
			lines = min(8*len(b.layers[n-1].lines), mostLines)
		}
		b.layers = append(b.layers, bloomLayer{lines: make([][8]uint64, lines), room: lines * perLine})
		n++
	}
	for i := range n - 1 {
		seen = seen || b.layers[i].has(hash)
	}
	layer := &b.layers[n-1]
	layer.room = max(0, layer.room-1)
	line, bits := layer.at(hash)
	missing := uint64(0) // no branch waits for the line, so that many are fetched at a time
	for range perHash {
		word, bit := &line[bits>>6&7], uint64(1)<<(bits&63)
		missing |= bit &^ *word
		*word |= bit
		bits >>= 9
	}
	return seen || missing == 0
}

// linesFor is how many lines the first layer has for so many hashes.
func linesFor(n uint64) int {
	lines := uint64(wholeLines)
	for lines < mostLines && lines*perLine < n {
		lines *= 2
	}
	return int(lines)
}

// addAll is add of many, whose lines are fetched some at a time.
func (b *bloom) addAll(list []posting) {
	for chunk := range slices.Chunk(list, touchAhead) {
		for i := range chunk {
			b.touch(chunk[i].hash())
		}
		for i := range chunk {
			b.add(chunk[i].hash())
		}
	}
}

// touchAhead is of how many entries the memory is touched before they are used: so few are still near when it is their turn.
const touchAhead = 64

// touch brings the lines of a hash near.
func (b *bloom) touch(hash uint64) {
	for i := range b.layers {
		line, _ := b.layers[i].at(hash)
		b.touched += line[0]
	}
}

func (b *bloom) has(hash uint64) bool {
	for i := range b.layers {
		if b.layers[i].has(hash) {
			return true
		}
	}
	return false
}

func (l *bloomLayer) has(hash uint64) bool {
	line, bits := l.at(hash)
	for range perHash {
		if line[bits>>6&7]&(1<<(bits&63)) == 0 {
			return false
		}
		bits >>= 9
	}
	return true
}

// at is the line of a hash and the bits that choose within it. The hash is spread first: only its top bits are set.
func (l *bloomLayer) at(hash uint64) (*[8]uint64, uint64) {
	hash = (hash ^ hash>>29) * 0xbf58476d1ce4e5b9
	bits := (hash ^ hash>>32) * 0x94d049bb133111eb
	return &l.lines[hash>>44&uint64(len(l.lines)-1)], bits
}
