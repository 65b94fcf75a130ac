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
// sum over the runs. A commit adds a run and merges it with those before it that are not much larger (mergedFrom), so there are few.
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
	// A run of so many names waits for so many others before it is merged.
	manyNames   = 1 << 14
	waitingRuns = 12
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
	key   []byte // of the page at hand
	value []byte
	last  []byte // the name before, in this page
	n     uint64
}

func (w *pageWriter) add(t *tally) error {
	if w.value == nil {
		w.key, w.value, w.last = pageKey(w.kind, w.run, t.Text, w.page), newSealed(pageBytes+256), w.last[:0]
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
	w.last = append(w.last[:shared], t.Text[shared:]...)
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
	err := put(w.tx, bucketNames, w.key, w.value)
	w.value = nil
	w.page++
	return err
}

// pageScan reads the names of a page one after the other.
type pageScan struct {
	r    reader
	text []byte // the name read last, in memory of its own that the next one takes
}

// next reads what the page says of the next name, but for the name itself. It reports false at the page's end.
func (p *pageScan) next() (t tally, ok bool, err error) {
	if len(p.r.b) == 0 {
		return t, false, nil
	}
	shared, rest := p.r.uint(), p.r.bytes(p.r.uint())
	t = p.facts()
	if p.r.bad || shared > uint64(len(p.text)) {
		return t, false, damaged("a page of names")
	}
	p.text = append(p.text[:shared], rest...)
	return t, true, nil
}

// factNumbers is how many numbers stand behind a name.
const factNumbers = 4

// facts reads what stands behind a name.
func (p *pageScan) facts() (t tally) {
	n := p.r.uint()
	t.Count, t.versioned = n>>1, n&1 != 0
	t.First = event.Position(p.r.uint())
	t.Last = t.First + event.Position(p.r.uint())
	t.Version = event.Version(p.r.int())
	return t
}

// find reads on to a name, and what the page says of it. It looks only at the bytes in which a name can differ from the one before
// it: alike is how much of what is looked for stands in the name read last, which comes before it.
func (p *pageScan) find(name string) (t tally, found bool, err error) {
	for alike := uint64(0); len(p.r.b) > 0; {
		shared, rest := p.r.uint(), p.r.bytes(p.r.uint())
		if shared > alike {
			p.r.skip(factNumbers)
			continue
		}
		if t = p.facts(); p.r.bad {
			return t, false, damaged("a page of names")
		}
		if shared < alike {
			return t, false, nil
		}
		wanted, same := name[alike:], 0
		for same < min(len(wanted), len(rest)) && wanted[same] == rest[same] {
			same++
		}
		switch {
		case same == len(wanted) && same == len(rest):
			t.Text = name
			return t, true, nil
		case same == len(wanted), same < len(rest) && rest[same] > wanted[same]:
			return t, false, nil
		}
		alike += uint64(same)
	}
	if p.r.bad {
		return t, false, damaged("a page of names")
	}
	return t, false, nil
}

// pageReader reads one run, name after name.
type pageReader struct {
	tx   *bbolt.Tx
	kind nameKind
	run  uint32
	list []tally  // names that are not written, instead of pages
	key  []byte   // of the page at hand
	page pageScan // behind the name at hand, whose text it has
	at   tally    // the name at hand, but for its text
	ok   bool     // there is one
}

// pageOf is the page in which a name stands, if the run has it, and goes to it; nil where the run has no pages.
func (r *pageReader) pageOf(name string) ([]byte, error) {
	c, err := cursor(r.tx, bucketNames)
	if err != nil {
		return nil, err
	}
	prefix, after := runPrefix(r.kind, r.run), append(pageKey(r.kind, r.run, name, 1<<32-1), 0)
	c.Seek(after)
	k, v := c.Prev()
	if k == nil { // behind the last key of the bucket
		k, v = c.Last()
	}
	if !bytes.HasPrefix(k, prefix) || bytes.Compare(k, after) > 0 {
		k, v = c.Seek(prefix)
	}
	var page []byte
	for bytes.HasPrefix(k, prefix) {
		r.key = append(r.key[:0], k...)
		if page, err = unseal(bucketNames, k, v); err != nil {
			return nil, err
		}
		// Keys hold but the start of a name: several pages may begin with it.
		first := pageScan{r: reader{b: page}}
		if _, ok, err := first.next(); err != nil || ok && string(first.text) <= name {
			return page, err
		}
		k, v = c.Prev()
	}
	return page, nil
}

// seek goes to the first name that is not before from.
func (r *pageReader) seek(from string) error {
	page, err := r.pageOf(from)
	if err != nil || page == nil {
		return err
	}
	r.page.r.b = page
	for err = r.next(); err == nil && r.ok && string(r.page.text) < from; {
		err = r.next()
	}
	return err
}

// find is what the run says of one name, and whether it has it.
func (r *pageReader) find(name string) (tally, bool, error) {
	page, err := r.pageOf(name)
	if err != nil {
		return tally{}, false, err
	}
	p := pageScan{r: reader{b: page}}
	return p.find(name)
}

// next goes to the next name, or beyond the last one.
func (r *pageReader) next() (err error) {
	if r.list != nil {
		if r.ok = len(r.list) > 0; r.ok {
			r.at, r.page.text, r.list = r.list[0], append(r.page.text[:0], r.list[0].Text...), r.list[1:]
		}
		return nil
	}
	if r.at, r.ok, err = r.page.next(); r.ok || err != nil {
		return err
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
	r.key = append(r.key[:0], k...)
	if r.page.r.b, err = unseal(bucketNames, k, v); err != nil {
		return err
	}
	r.page.text = r.page.text[:0]
	r.at, r.ok, err = r.page.next()
	return err
}
