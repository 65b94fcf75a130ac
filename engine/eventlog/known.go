package eventlog

import (
	"context"
	"hash/maphash"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// known is what the writer remembers of streams: the states of so many, and of all others whether they are there at all, which a
// filter of the others answers at once for nearly every new one.
type known struct {
	seed    [2]maphash.Seed
	last    remembered
	most    int  // how many of them there may be
	whole   bool // last holds every stream of the log
	filter  bloom
	sifted  bool // last and filter together hold every stream of the log
	lookups int
	hashes  []uint64
}

// streamKey stands for a stream's name; nobody can foresee two names that have the same.
type streamKey [2]uint64

// key is the key of a name whose first half is known.
func (k *known) key(name string, first uint64) streamKey {
	return streamKey{first, maphash.String(k.seed[1], name)}
}

// learnAll takes down the states that a batch's streams have behind it. Their slots are touched ahead, for so many at a time that they
// are still near when it is their turn.
func (k *known) learnAll(b *batch) {
	for from := 0; from < len(b.keys); from += touchAhead {
		keys := b.keys[from:min(from+touchAhead, len(b.keys))]
		for i := range keys {
			k.last.touch(keys[i][0])
		}
		for i := range keys {
			k.learn(&b.streams.list[from+i], keys[i])
		}
	}
}

// learn takes down the state of a stream of the log, or what it is now.
func (k *known) learn(stream *tally, key streamKey) {
	if k.last.put(key, streamState{stream.Version, stream.versioned}, k.most) {
		return
	}
	if k.whole { // from here on the filter stands for those that are not remembered
		k.whole, k.sifted = false, true
	}
	if !k.filter.has(key[0]) { // room in it is dear
		k.filter.add(key[0])
	}
}

type streamState struct {
	version   event.Version
	versioned bool
}

// admit gives the events of the tail what depends on those before them: the mark of a repeated id, and a version. What is asked of many
// events, in tables that no cache holds, is touched first, in loops that do nothing else: so the waits for memory overlap.
func (w *Writer) admit() error {
	t := &w.tail
	events := t.events[t.admitted:]
	for i := range events {
		w.touched += firstByte(events[i].ID) + firstByte(string(events[i].Stream))
	}
	if err := w.seeAll(events); err != nil {
		return err
	}
	if err := w.nameAll(events); err != nil {
		return err
	}
	t.admitted = len(t.events)
	return nil
}

// firstByte brings a text near.
func firstByte(text string) byte {
	if text == "" {
		return 0
	}
	return text[0]
}

// nameAll counts events under their streams and types, and gives those a version that have none.
func (w *Writer) nameAll(events []event.Event) error {
	b, k := w.batch, &w.streams
	k.hashes = k.hashes[:0]
	for i := range events {
		k.hashes = append(k.hashes, maphash.String(k.seed[0], string(events[i].Stream)))
	}
	for _, hash := range k.hashes {
		b.streams.touch(hash)
		k.last.touch(hash)
	}
	for i := range events {
		e := &events[i]
		b.types.add(e.Type, e.Position)
		for _, s := range e.Others {
			if _, err := w.stream(string(s), maphash.String(k.seed[0], string(s)), e.Position); err != nil {
				return err
			}
		}
		t, err := w.stream(string(e.Stream), k.hashes[i], e.Position)
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
	}
	return nil
}

// stream is the batch's tally of a stream, with its last version even where that is of an earlier commit.
func (w *Writer) stream(name string, hash uint64, at event.Position) (*tally, error) {
	t, fresh := w.batch.streams.addHashed(name, hash, at)
	if !fresh {
		return t, nil
	}
	key := w.streams.key(name, hash)
	w.batch.keys = append(w.batch.keys, key)
	state, exists, err := w.lastOf(name, key)
	if err != nil {
		return nil, err
	}
	if !exists {
		w.batch.newStreams++
	}
	t.Version, t.versioned = state.version, state.versioned
	return t, nil
}

// lastOf is what the log says of a stream that the batch has not met before.
func (w *Writer) lastOf(name string, key streamKey) (streamState, bool, error) {
	k := &w.streams
	if !k.whole && !k.sifted {
		if k.lookups++; k.lookups == min(worthLearning(w.log.now.Load().Info.Streams, streamsPerLookUp), k.most) {
			if err := w.learnStreams(); err != nil {
				return streamState{}, false, err
			}
		}
	}
	if state, ok := k.last.find(key); ok || k.whole {
		return state, ok, nil
	}
	if k.sifted && !k.filter.has(key[0]) {
		return streamState{}, false, nil
	}
	// What a checkpoint at work is about to write must be there first.
	if err := w.await(); err != nil {
		return streamState{}, false, err
	}
	var t *tally
	err := w.log.view(context.Background(), func(tx *bbolt.Tx) (err error) {
		t, err = lookUp(tx, streamNames, w.state.Names[streamNames], name)
		return err
	})
	if err != nil || t == nil {
		return streamState{}, false, err
	}
	return streamState{t.Version, t.versioned}, true, nil
}

// learnStreams takes down all streams of the log.
func (w *Writer) learnStreams() error {
	if err := w.await(); err != nil {
		return err
	}
	w.streams.whole = true
	err := w.log.view(context.Background(), func(tx *bbolt.Tx) error {
		d, err := openDirectory(tx, streamNames, w.state.Names[streamNames], "")
		if err != nil {
			return err
		}
		for {
			t, ok, err := d.next()
			if err != nil || !ok {
				return err
			}
			w.streams.learn(&t, w.streams.key(t.Text, maphash.String(w.streams.seed[0], t.Text)))
		}
	})
	if err != nil {
		w.streams.whole, w.streams.sifted = false, false
	}
	return err
}
