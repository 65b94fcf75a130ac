package eventlog

import (
	"bytes"
	"encoding/binary"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

var bucketNames = []byte("names")

// nameKind says what names a directory lists.
type nameKind uint8

const (
	streamNames nameKind = iota
	typeNames
	nameKinds
)

// A directory is some runs of names in byte order, the newest last, each with what its events added: a name's facts are the
// sum over the runs. A commit adds a run and merges it with those before it that are not much larger, so there are few.
// A run lies in pages under kind u8 ‖ run u32 ‖ the start of the page's first name ‖ page u32.

// nameRun is one run of a directory.
type nameRun struct {
	ID uint32 `json:"id"`
	N  uint64 `json:"n"`
}

const (
	// pageBytes is how large a page grows: two of them, with their keys, fill two of the file's pages.
	pageBytes   = 3968
	keyedPrefix = 64
	// mostMerged bounds a merged run, so that a commit is bounded in memory.
	mostMerged = 2 << 20
)

// tally is a name with what some events add to it.
type tally struct {
	Name
	versioned bool // some of the events have the name as their primary stream: Version counts
}

// add adds what later events say.
func (t *tally) add(later *tally) {
	t.Count += later.Count
	t.Last = later.Last
	if later.versioned {
		t.Version, t.versioned = later.Version, true
	}
}

func runPrefix(k nameKind, run uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{byte(k)}, run)
}

func pageKey(k nameKind, run uint32, name string, page uint32) []byte {
	key := append(runPrefix(k, run), name[:min(len(name), keyedPrefix)]...)
	return binary.BigEndian.AppendUint32(key, page)
}

// pageWriter writes one run, name after name.
type pageWriter struct {
	tx    *bbolt.Tx
	kind  nameKind
	run   uint32
	page  uint32
	value []byte
	first string
	last  string
	n     uint64
}

func (w *pageWriter) add(t *tally) error {
	if w.value == nil {
		w.value, w.first, w.last = newSealed(pageBytes+256), t.Text, ""
	}
	shared := 0
	for shared < len(w.last) && shared < len(t.Text) && w.last[shared] == t.Text[shared] {
		shared++
	}
	w.value = binary.AppendUvarint(w.value, uint64(shared))
	w.value = appendText(w.value, t.Text[shared:])
	w.value = binary.AppendUvarint(w.value, t.Count<<1|b2u(t.versioned))
	w.value = binary.AppendUvarint(w.value, uint64(t.First))
	w.value = binary.AppendUvarint(w.value, uint64(t.Last-t.First))
	w.value = binary.AppendVarint(w.value, int64(t.Version))
	w.last = t.Text
	w.n++
	if len(w.value) < pageBytes {
		return nil
	}
	return w.flush()
}

func (w *pageWriter) flush() error {
	if w.value == nil {
		return nil
	}
	err := put(w.tx, bucketNames, pageKey(w.kind, w.run, w.first, w.page), w.value)
	w.value = nil
	w.page++
	return err
}

func parsePage(b []byte) ([]tally, error) {
	r := reader{b: b}
	var list []tally
	last := ""
	for len(r.b) > 0 {
		shared := r.uint()
		rest := r.text()
		if shared > uint64(len(last)) {
			return nil, damaged("a page of names")
		}
		// A copy in any case: the page lies in the transaction's memory.
		t := tally{Name: Name{Text: string(append([]byte(last[:shared]), rest...))}}
		n := r.uint()
		t.Count, t.versioned = n>>1, n&1 != 0
		t.First = event.Position(r.uint())
		t.Last = t.First + event.Position(r.uint())
		t.Version = event.Version(r.int())
		if r.bad {
			return nil, damaged("a page of names")
		}
		list = append(list, t)
		last = t.Text
	}
	return list, nil
}

// pageReader reads one run, name after name.
type pageReader struct {
	tx   *bbolt.Tx
	kind nameKind
	run  uint32
	key  []byte // of the page at hand
	list []tally
}

// seek goes to the first name that is not before from.
func (r *pageReader) seek(from string) error {
	c, err := cursor(r.tx, bucketNames)
	if err != nil {
		return err
	}
	prefix := runPrefix(r.kind, r.run)
	c.Seek(append(pageKey(r.kind, r.run, from, 1<<32-1), 0))
	k, v := c.Prev()
	if k == nil { // behind the last key of the bucket
		k, v = c.Last()
	}
	if !bytes.HasPrefix(k, prefix) || bytes.Compare(k, append(pageKey(r.kind, r.run, from, 1<<32-1), 0)) > 0 {
		k, v = c.Seek(prefix)
	}
	for bytes.HasPrefix(k, prefix) {
		if err := r.load(k, v); err != nil {
			return err
		}
		if len(r.list) > 0 && r.list[0].Text <= from {
			break
		}
		before, value := c.Prev()
		if !bytes.HasPrefix(before, prefix) {
			break
		}
		k, v = before, value
	}
	for len(r.list) > 0 && r.list[0].Text < from {
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

func (r *pageReader) load(k, v []byte) error {
	b, err := unseal(bucketNames, k, v)
	if err != nil {
		return err
	}
	r.key = bytes.Clone(k)
	r.list, err = parsePage(b)
	return err
}

// next drops the name at hand, and reads the next page where none is left.
func (r *pageReader) next() error {
	if r.list = r.list[1:]; len(r.list) > 0 {
		return nil
	}
	c, err := cursor(r.tx, bucketNames)
	if err != nil {
		return err
	}
	c.Seek(r.key)
	k, v := c.Next()
	if !bytes.HasPrefix(k, runPrefix(r.kind, r.run)) {
		return nil
	}
	return r.load(k, v)
}
