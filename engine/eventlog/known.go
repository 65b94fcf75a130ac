package eventlog

import (
	"context"
	"hash/maphash"
	"strings"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// known is what the writer remembers of streams: the states of so many, and of all others whether they are there at all, which a
// filter of the others answers at once for nearly every new one.
type known struct {
	seed    [2]maphash.Seed
	last    map[streamKey]streamState
	most    int  // how many of them there may be
	whole   bool // last holds every stream of the log
	filter  bloom
	sifted  bool // last and filter together hold every stream of the log
	lookups int
}

// streamKey stands for a stream's name; nobody can foresee two names that have the same.
type streamKey [2]uint64

func (k *known) key(name string) streamKey {
	return streamKey{maphash.String(k.seed[0], name), maphash.String(k.seed[1], name)}
}

// learn takes down the state of a stream of the log, or what it is now.
func (k *known) learn(name string, state streamState) {
	key := k.key(name)
	if _, ok := k.last[key]; ok || len(k.last) < k.most {
		k.last[key] = state
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

// lastOf is what the log says of a stream that the batch has not met before.
func (w *Writer) lastOf(name string) (streamState, bool, error) {
	k := &w.streams
	if !k.whole && !k.sifted {
		if k.lookups++; k.lookups == min(fewLookups, k.most) {
			if err := w.learnStreams(); err != nil {
				return streamState{}, false, err
			}
		}
	}
	key := k.key(name)
	if state, ok := k.last[key]; ok || k.whole {
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
			t, err := d.next()
			if err != nil || t == nil {
				return err
			}
			w.streams.learn(t.Text, streamState{t.Version, t.versioned})
		}
	})
	if err != nil {
		w.streams.whole, w.streams.sifted = false, false
	}
	return err
}

// tallies are the names of one kind that a batch met.
type tallies struct {
	index map[string]int32
	list  []tally
	last  int32 // the one that was met last
	few   int   // how many of the first are worth a look
}

// recent finds a name where it is mostly found: that of a type among the last one met and the first few, that of a stream as
// the last one met.
func (t *tallies) recent(name string) (int32, bool) {
	if int(t.last) < len(t.list) && t.list[t.last].Text == name {
		return t.last, true
	}
	for i := range min(len(t.list), t.few) {
		if t.list[i].Text == name {
			return int32(i), true
		}
	}
	return 0, false
}

// add counts one event under a name. Fresh says that the name is new to the batch.
func (t *tallies) add(name string, at event.Position) (entry *tally, fresh bool) {
	i, ok := t.recent(name)
	if !ok {
		i, ok = t.index[name]
	}
	if ok {
		t.last = i
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
