package eventlog

import (
	"context"
	"hash/maphash"
	"strings"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

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
