package asof

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sort"

	"asof/engine/event"
	"asof/engine/store"
	"asof/engine/value"

	"go.etcd.io/bbolt"
)

// layout is what a reader keeps in memory of a file: small lists that say where to look. It is immutable and valid for one
// generation.
type layout struct {
	state
	head    header
	names   *value.Names
	extents []extent
	keyRuns []runRef // by first id
	dirRuns []runRef // by first segment
	reached warm     // parts that have been gone down to
}

// runRef names a run by its key in the bucket.
type runRef struct {
	start uint32 // first id, or first segment
	level int
	size  int // bytes
}

func posKey(p event.Position) []byte { return binary.BigEndian.AppendUint64(nil, uint64(p)) }

func idKey(id uint32) []byte { return binary.BigEndian.AppendUint32(nil, id) }

func readLayout(tx *bbolt.Tx) (*layout, error) {
	for _, name := range buckets() {
		if tx.Bucket([]byte(name)) == nil {
			return nil, fmt.Errorf("%w: no bucket %s", ErrDamaged, name)
		}
	}
	l := &layout{}
	var err error
	if l.head, err = readHeader(tx); err != nil {
		return nil, err
	}
	if l.state, err = readState(tx); err != nil {
		return nil, err
	}
	next := event.Position(1)
	err = tx.Bucket([]byte(bucketExtents)).ForEach(func(k, v []byte) error {
		e, err := decodeExtent(k, v)
		if err == nil && (e.first != next || e.last < e.first || e.parts == 0) {
			err = fmt.Errorf("%w: extent %d to %d where %d was due", ErrDamaged, e.first, e.last, next)
		}
		l.extents = append(l.extents, e)
		next = e.last + 1
		return err
	})
	if err == nil && next != l.built+1 {
		err = fmt.Errorf("%w: extents end at %d, built to %d", ErrDamaged, next-1, l.built)
	}
	if err != nil {
		return nil, err
	}
	if l.keyRuns, err = readRuns(tx, bucketKeys, l.state.keys); err != nil {
		return nil, err
	}
	l.dirRuns, err = readRuns(tx, bucketDir, uint32(len(l.extents)))
	l.reached = newWarm(len(l.extents) * l.head.Partitions)
	return l, err
}

func readHeader(tx *bbolt.Tx) (h header, err error) {
	b, err := unseal(tx.Bucket([]byte(bucketMeta)).Get([]byte(metaHead)), []byte(bucketMeta), []byte(metaHead))
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(b, &h); err != nil {
		return h, fmt.Errorf("%w: head: %w", ErrDamaged, err)
	}
	if h.Format != formatVersion {
		return h, fmt.Errorf("%w: format %d, this one reads %d", ErrVersion, h.Format, formatVersion)
	}
	if h.Segment <= 0 || h.Partitions <= 0 {
		return h, fmt.Errorf("%w: head: segments of %d events, %d partitions", ErrDamaged, h.Segment, h.Partitions)
	}
	return h, nil
}

// segment is the ordinal of the extent that holds pos; -1 for position 0 and beyond the end.
func (l *layout) segment(pos event.Position) int {
	i := sort.Search(len(l.extents), func(i int) bool { return l.extents[i].last >= pos })
	if pos == 0 || i == len(l.extents) {
		return -1
	}
	return i
}

// totalsBefore are the totals at the end of the extent before ordinal.
func (l *layout) totalsBefore(ordinal int) totals {
	if ordinal == 0 {
		return totals{}
	}
	return l.extents[ordinal-1].sum
}

// reader answers from one transaction. Bytes and text that it lends live as long as that.
type reader struct {
	*layout
	ix  *Index
	tx  *bbolt.Tx
	ctx context.Context
	*scratch

	keys  []*keyRun // opened in this transaction
	dirs  []*dirRun
	parts map[partRef]*part
	holds bool           // what is read is held for the same transaction
	docs  *value.Journal // of the documents that writes are done to again
}

type partRef struct {
	segment int
	part    uint32
}

// scratch is memory that look-ups use one after the other.
type scratch struct {
	buffers [][]byte      // of frames, those that are not in use
	journal value.Journal // of documents that are given away as they are
	stage   value.Journal // of documents that are kept elsewhere before the next is put together
	held    held
}

// maxBuffer bounds the frame buffers that are kept for the next look-up.
const maxBuffer = 1 << 20

// borrow is a buffer for one frame. Finding a document may take several at a time.
func (s *scratch) borrow() []byte {
	n := len(s.buffers)
	if n == 0 {
		return nil
	}
	b := s.buffers[n-1]
	s.buffers = s.buffers[:n-1]
	return b
}

func (s *scratch) giveBack(b []byte) {
	if cap(b) > 0 && cap(b) <= maxBuffer && len(s.buffers) <= maxBack {
		s.buffers = append(s.buffers, b)
	}
}

// look runs fn with a reader over the newest state of the file.
func (ix *Index) look(ctx context.Context, fn func(*reader) error) error {
	err := ix.file.View(ctx, func(tx *bbolt.Tx) error {
		l, err := ix.refresh(tx)
		if err != nil {
			return err
		}
		s, ok := ix.scratch.Get().(*scratch)
		if !ok {
			s = &scratch{}
		}
		err = fn(&reader{layout: l, ix: ix, tx: tx, ctx: ctx, scratch: s, docs: &s.journal})
		s.held.letGo()
		ix.scratch.Put(s)
		return err
	})
	if errors.Is(err, ErrDamaged) && !errors.As(err, new(*store.Panic)) {
		return fmt.Errorf("%s: %w", filepath.Base(ix.path), err)
	}
	return err
}

// refresh returns the layout of the transaction's generation, and loads the member names that came since.
func (ix *Index) refresh(tx *bbolt.Tx) (*layout, error) {
	s, err := readState(tx)
	if err != nil {
		return nil, err
	}
	if l := ix.view.Load(); l != nil && l.names != nil && l.state == s {
		return l, nil
	}
	l, err := readLayout(tx)
	if err != nil {
		return nil, err
	}
	if l.names, err = ix.loadNames(tx, l); err != nil {
		return nil, err
	}
	for {
		old := ix.view.Load()
		if old != nil && old.names == l.names && old.generation > l.generation {
			return l, nil // another goroutine has seen a newer one
		}
		if ix.view.CompareAndSwap(old, l) {
			return l, nil
		}
	}
}

// loadNames adds the names of the file that are not known yet. While this handle builds, its table is ahead of the file; should
// another process have numbered names otherwise meanwhile, the file is right and the table is made anew.
func (ix *Index) loadNames(tx *bbolt.Tx, l *layout) (*value.Names, error) {
	ix.load.Lock()
	defer ix.load.Unlock()
	if ix.names == nil || ix.made != l.head.Made {
		ix.names, ix.loaded, ix.made = value.NewNames(), 0, l.head.Made
	}
	err := ix.addNames(tx)
	if errors.Is(err, errRenamed) {
		ix.names, ix.loaded = value.NewNames(), 0
		err = ix.addNames(tx)
	}
	if err == nil && ix.loaded < l.state.names { // another goroutine may have seen a later commit already
		err = fmt.Errorf("%w: %d member names, not %d", ErrDamaged, ix.loaded, l.state.names)
	}
	return ix.names, err
}

var errRenamed = fmt.Errorf("%w: member names are numbered otherwise", ErrDamaged)

func (ix *Index) addNames(tx *bbolt.Tx) error {
	c := tx.Bucket([]byte(bucketNames)).Cursor()
	for k, v := c.Seek(idKey(ix.loaded)); k != nil; k, v = c.Next() {
		v, err := unseal(v, []byte(bucketNames), k)
		if err != nil {
			return err
		}
		if len(k) != 4 || binary.BigEndian.Uint32(k) != ix.loaded {
			return fmt.Errorf("%w: member names %x where %d was due", ErrDamaged, k, ix.loaded)
		}
		id := ix.loaded
		for len(v) > 0 {
			size, rest, err := uvarint(v)
			if err != nil || size > uint64(len(rest)) {
				return fmt.Errorf("%w: member names", ErrDamaged)
			}
			if ix.names.ID(string(rest[:size])) != id {
				return errRenamed
			}
			v = rest[size:]
			id++
		}
		ix.loaded = id
	}
	return nil
}

// forgetNames drops what a build has named but not committed.
func (ix *Index) forgetNames() {
	ix.load.Lock()
	defer ix.load.Unlock()
	ix.names, ix.loaded = nil, 0
	stale := *ix.view.Load()
	stale.names = nil
	ix.view.Store(&stale)
}
