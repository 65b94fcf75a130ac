package asof

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// segment is a folded window.
type segment struct {
	*window
	parts []*folded
}

// packed is a segment as it goes into the file.
type packed struct {
	extent
	dir    []byte
	column []byte
	marks  []byte
	stats  []byte
	errors []FoldError
}

// commit makes a segment durable, with all that its keys need, in one transaction.
func (b *builder) commit(ctx context.Context, s *segment) error {
	kept := b.extents[:len(b.extents)-s.drop]
	p := s.pack(kept)
	next := state{
		generation: b.state.generation + 1, built: p.last, keys: p.firstID + uint32(len(s.newKeys)),
	}
	names := b.memberNames.Since(b.saved)
	err := b.ix.file.Update(ctx, func(tx *bbolt.Tx) error {
		w := writer{tx: tx}
		b.check(&w)
		dropped := w.drop(b.extents[len(kept):])
		next.errors = b.state.errors + uint64(len(p.errors)) - dropped
		w.segment(s, p, uint32(len(kept)))
		w.names(b.saved, names)
		if p.closed {
			w.compact(bucketKeys, joinKeyRuns)
			w.compact(bucketDir, joinDirRuns)
		}
		w.put(bucketMeta, []byte(metaState), next.encode())
		return w.err
	})
	if err != nil {
		return err
	}
	b.saved += uint32(len(names))
	b.state = next
	b.extents = append(slices.Clone(kept), p.extent)
	b.done.Store(uint64(next.built))
	if _, err := b.ix.Refresh(ctx); err != nil { // what has been told to be there is seen
		return err
	}
	if b.progress != nil {
		b.progress(Progress{Position: next.built, Head: b.head, Keys: int(next.keys), Errors: int(next.errors)})
	}
	return nil
}

// check makes sure that nobody has built since.
func (b *builder) check(w *writer) {
	s, err := decodeState(w.tx.Bucket([]byte(bucketMeta)).Get([]byte(metaState)))
	if err != nil {
		w.err = err
	} else if s != b.state {
		w.err = errOvertaken
	}
}

func (s *segment) pack(before []extent) *packed {
	p := &packed{extent: extent{first: s.first, last: s.first + event.Position(len(s.keys.slots)) - 1, parts: uint32(len(s.parts)), firstID: s.firstID, closed: s.closed}}
	var touched []touch
	p.errors = s.window.errors
	for _, f := range s.parts {
		touched = append(touched, f.touched...)
		p.errors = append(p.errors, f.errors...)
	}
	slices.SortFunc(touched, func(a, b touch) int { return cmp.Compare(a.id, b.id) })
	slices.SortStableFunc(p.errors, func(a, b FoldError) int { return cmp.Compare(a.Position, b.Position) })
	p.dir = encodeDirRun(uint32(len(before)), touched)
	p.column = s.keys.encode()
	if len(before) > 0 {
		p.sum = before[len(before)-1].sum
	}
	p.marks = s.total(&p.sum)
	p.stats, p.changes = encodeStats(s.parts)
	return p
}

// total adds the moves of all partitions up, position by position, and returns the marks.
func (s *segment) total(sum *totals) []byte {
	var rows []byte
	for i := range s.keys.slots {
		pos := s.first + event.Position(i)
		var move uint64
		for _, f := range s.parts {
			move += f.moves[i]
			sum.alive += uint64(int64(f.alive[i]))
		}
		sum.state += move
		sum.history += factor(pos) * move
		if pos%stride == 0 {
			rows = appendTotals(rows, *sum)
		}
	}
	return rows
}

// writer puts things into a transaction and remembers the first error.
type writer struct {
	tx  *bbolt.Tx
	err error
}

func (w *writer) bucket(name string) *bbolt.Bucket {
	b := w.tx.Bucket([]byte(name))
	b.FillPercent = 1
	return b
}

func (w *writer) put(bucket string, k, v []byte) {
	if w.err == nil {
		w.err = w.bucket(bucket).Put(k, v)
	}
}

func (w *writer) delete(bucket string, k []byte) {
	if w.err == nil {
		w.err = w.bucket(bucket).Delete(k)
	}
}

// drop takes segments out that the one to come replaces, and returns how many errors of theirs it took out.
func (w *writer) drop(extents []extent) (errors uint64) {
	for _, e := range extents {
		w.delete(bucketExtents, posKey(e.first))
		if w.err == nil {
			w.err = w.bucket(bucketSegments).DeleteBucket(posKey(e.first))
		}
	}
	if len(extents) == 0 || w.err != nil {
		return 0
	}
	errors = w.cut(bucketErrors, posKey(extents[0].first))
	w.cut(bucketKeys, idKey(extents[0].firstID))
	return errors
}

// cut deletes all keys from a key on.
func (w *writer) cut(bucket string, from []byte) uint64 {
	var keys [][]byte
	c := w.bucket(bucket).Cursor()
	for k, _ := c.Seek(from); k != nil; k, _ = c.Next() {
		keys = append(keys, slices.Clone(k))
	}
	for _, k := range keys {
		w.delete(bucket, k)
	}
	return uint64(len(keys))
}

func (w *writer) segment(s *segment, p *packed, ordinal uint32) {
	w.cut(bucketDir, idKey(ordinal))
	if w.err == nil {
		w.err = putSegment(w.bucket(bucketSegments), s, p)
	}
	w.put(bucketDir, idKey(ordinal), p.dir)
	w.put(bucketExtents, posKey(p.first), p.extent.encode())
	if len(s.newKeys) > 0 {
		w.put(bucketKeys, idKey(p.firstID), encodeKeyRun(0, p.firstID, s.newKeys))
	}
	for i, e := range p.errors {
		text, err := json.Marshal(e)
		if err != nil && w.err == nil {
			w.err = err
		}
		w.put(bucketErrors, binary.BigEndian.AppendUint32(posKey(e.Position), uint32(i)), text)
	}
}

func putSegment(segments *bbolt.Bucket, s *segment, p *packed) error {
	b, err := segments.CreateBucket(posKey(p.first))
	if err != nil {
		return err
	}
	b.FillPercent = 1
	for i, f := range s.parts {
		if err := b.Put([]byte{byte(i)}, f.bytes); err != nil {
			return err
		}
	}
	if err := b.Put([]byte(valueColumn), p.column); err != nil {
		return err
	}
	if err := b.Put([]byte(valueMarks), p.marks); err != nil {
		return err
	}
	return b.Put([]byte(valueStats), p.stats)
}

func (w *writer) names(first uint32, names []string) {
	if len(names) == 0 {
		return
	}
	var page []byte
	for _, name := range names {
		page = binary.AppendUvarint(page, uint64(len(name)))
		page = append(page, name...)
	}
	w.put(bucketNames, idKey(first), page)
}

// fan is how many runs of one level become one of the next.
const fan = 8

// compact joins the last runs of a bucket while fan of them are of one level, so that a look-up probes few of them. Each key
// is copied once per level. Only runs of closed segments get here.
func (w *writer) compact(bucket string, join func(level int, values [][]byte) ([]byte, error)) {
	for w.err == nil {
		b := w.bucket(bucket)
		runs := readRuns(b)
		n := len(runs) - fan
		if n < 0 || runs[n].level != runs[len(runs)-1].level {
			return
		}
		runs = runs[n:]
		values := make([][]byte, len(runs))
		size := 0
		for i, r := range runs {
			values[i] = b.Get(idKey(r.start))
			size += len(values[i])
		}
		if size > maxRun {
			return
		}
		joined, err := join(runs[0].level+1, values)
		if err != nil {
			w.err = err
			return
		}
		for _, r := range runs {
			w.delete(bucket, idKey(r.start))
		}
		w.put(bucket, idKey(runs[0].start), joined)
	}
}

// maxRun bounds the bytes of a run, for the sake of the memory that joining takes.
const maxRun = 128 << 20

func joinKeyRuns(level int, values [][]byte) ([]byte, error) {
	runs := make([]keyRun, len(values))
	for i, v := range values {
		var err error
		if runs[i], err = openKeyRun(v); err != nil {
			return nil, err
		}
		if i > 0 && runs[i].firstID != runs[i-1].firstID+uint32(runs[i-1].n) {
			return nil, fmt.Errorf("%w: keys from %d after %d", ErrDamaged, runs[i].firstID, runs[i-1].firstID)
		}
	}
	return mergeKeyRuns(level, runs), nil
}

func joinDirRuns(level int, values [][]byte) ([]byte, error) {
	runs := make([]dirRun, len(values))
	for i, v := range values {
		var err error
		if runs[i], err = openDirRun(v); err != nil {
			return nil, err
		}
	}
	return mergeDirRuns(level, runs), nil
}
