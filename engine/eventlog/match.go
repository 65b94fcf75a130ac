package eventlog

import (
	"bytes"
	"encoding/binary"
	"sync"

	"go.etcd.io/bbolt"
)

// term is one condition of a filter, as the postings know it. A category is found under itself, and, where a stream has no
// '-', under the stream.
type term struct {
	kinds []kind
	hash  []uint64
	text  string
}

// matches are the offsets of a segment that a term may let through: a list a run and kind.
type matches []offsets

func (m matches) next(off int) (int, bool) {
	best, found := 0, false
	for _, list := range m {
		if at, ok := list.next(off); ok && (!found || at < best) {
			best, found = at, true
		}
	}
	return best, found
}

func (m matches) prev(off int) (int, bool) {
	best, found := 0, false
	for _, list := range m {
		if at, ok := list.prev(off); ok && (!found || at > best) {
			best, found = at, true
		}
	}
	return best, found
}

// find reads a term's offsets in a segment. They lie in the transaction's memory.
func (t *term) find(tx *bbolt.Tx, runs *trusted, segment uint32) (matches, error) {
	var m matches
	c, err := cursor(tx, bucketPostings)
	if err != nil {
		return nil, err
	}
	for i, k := range t.kinds {
		prefix := runKey(k, segment, 0)[:5]
		for key, value := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = c.Next() {
			r, err := runs.open(k, key, value)
			if err != nil {
				return nil, err
			}
			list, err := r.find(t.hash[i])
			if err != nil {
				return nil, err
			}
			if list.n > 0 {
				m = append(m, list)
			}
		}
	}
	return m, nil
}

// trusted are the runs whose seals were checked, with the seal they had: hashing a whole run costs a hundred times what a
// look-up in it does.
type trusted struct {
	mu    sync.Mutex
	seals map[[7]byte]uint64
}

func (t *trusted) open(k kind, key, value []byte) (run, error) {
	if len(value) < sealSize || len(key) != 7 {
		return run{}, damaged("%s %x: %d bytes", bucketPostings, key, len(value))
	}
	seal := binary.LittleEndian.Uint64(value[1:])
	t.mu.Lock()
	known, ok := t.seals[[7]byte(key)]
	t.mu.Unlock()
	if ok && known == seal {
		return parseRun(k, value[sealSize:])
	}
	r, err := openRun(k, key, value)
	if err != nil {
		return run{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seals == nil {
		t.seals = map[[7]byte]uint64{}
	}
	t.seals[[7]byte(key)] = seal
	return r, nil
}

// lowest is the first offset from off on that all terms have.
func lowest(terms []matches, off int) (int, bool) {
	for i := 0; i < len(terms); {
		at, ok := terms[i].next(off)
		if !ok {
			return 0, false
		}
		if at > off && i > 0 {
			off, i = at, 0
			continue
		}
		off = at
		i++
	}
	return off, off < SegmentSize
}

// highest is the last offset up to off that all terms have.
func highest(terms []matches, off int) (int, bool) {
	for i := 0; i < len(terms); {
		at, ok := terms[i].prev(off)
		if !ok {
			return 0, false
		}
		if at < off && i > 0 {
			off, i = at, 0
			continue
		}
		off = at
		i++
	}
	return off, off >= 0
}

// findAll reads all terms' offsets in a segment, and stops at the first that has none.
func (l *Log) findAll(tx *bbolt.Tx, terms []term, segment uint32) ([]matches, bool, error) {
	found := make([]matches, len(terms))
	for i := range terms {
		m, err := terms[i].find(tx, &l.runs, segment)
		if err != nil || len(m) == 0 {
			return nil, false, err
		}
		found[i] = m
	}
	return found, true, nil
}
