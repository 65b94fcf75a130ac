package asof

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"

	"asof/engine/event"
	"asof/engine/store"

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
	failed []FoldError
}

// commit makes a segment durable, with all that its keys need, in one transaction.
func (b *builder) commit(ctx context.Context, s *segment) error {
	kept := b.extents[:len(b.extents)-s.drop]
	p := s.pack(kept)
	names := b.memberNames.Since(b.saved)
	next := state{
		generation: b.state.generation + 1, built: p.last, keys: p.firstID + uint32(len(s.newKeys)),
		errors: b.state.errors + uint64(p.extent.errors), names: b.saved + uint32(len(names)),
	}
	for _, e := range b.extents[len(kept):] {
		next.errors -= uint64(e.errors)
	}
	err := b.ix.file.Update(ctx, func(tx *bbolt.Tx) error {
		w := writer{tx: tx}
		b.check(&w)
		kept = w.locate(kept)
		w.drop(b.extents[len(kept):])
		w.segment(s, p, uint32(len(kept)))
		w.names(b.saved, names)
		if p.closed {
			w.compact(keyRuns, next.keys)
			w.compact(dirRuns, uint32(len(kept)+1))
		}
		if next.built >= event.Position(b.head.Load()) {
			closed, ids := closedOf(append(kept[:len(kept):len(kept)], p.extent), next.keys)
			w.settle(keyRuns, next.keys, ids)
			w.settle(dirRuns, uint32(len(kept)+1), closed)
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
	if err := b.ix.look(ctx, func(*reader) error { return nil }); err != nil { // what has been told to be there is seen
		return err
	}
	if b.progress != nil {
		b.progress(Progress{Position: next.built, Head: event.Position(b.head.Load()), Keys: int(next.keys), Errors: int(next.errors), Reread: b.reread.Load()})
	}
	return nil
}

// check makes sure that nobody has built since.
func (b *builder) check(w *writer) {
	s, err := readState(w.tx)
	if err != nil {
		w.err = err
	} else if s != b.state {
		w.err = errOvertaken
	}
}

func (s *segment) pack(before []extent) *packed {
	p := &packed{extent: extent{first: s.first, last: s.first + event.Position(len(s.keys.slots)) - 1, parts: uint32(len(s.parts)), firstID: s.firstID, closed: s.closed}}
	p.failed = s.window.errors
	for _, f := range s.parts {
		p.failed = append(p.failed, f.errors...)
	}
	slices.SortStableFunc(p.failed, func(a, b FoldError) int { return cmp.Compare(a.Position, b.Position) })
	p.errors, p.rows = uint32(len(p.failed)), s.rows
	p.dir = encodeDirRun(uint32(len(before)), s.touched())
	p.column = s.keys.encode()
	if len(before) > 0 {
		p.sum = before[len(before)-1].sum
	}
	p.marks = s.total(&p.sum)
	p.stats, p.changes = encodeStats(s.parts)
	return p
}

// touched are the keys of all partitions, each of which has its own in order.
func (s *segment) touched() []touch {
	rest := make([][]touch, 0, len(s.parts))
	size := 0
	for _, f := range s.parts {
		if len(f.touched) > 0 {
			rest = append(rest, f.touched)
			size += len(f.touched)
		}
	}
	all := make([]touch, 0, size)
	for len(rest) > 0 {
		least := 0
		for i := range rest {
			if rest[i][0].id < rest[least][0].id {
				least = i
			}
		}
		all = append(all, rest[least][0])
		if rest[least] = rest[least][1:]; len(rest[least]) == 0 {
			rest = slices.Delete(rest, least, least+1)
		}
	}
	return all
}

// total adds the moves of all partitions up, stride by stride, and returns the marks.
func (s *segment) total(sum *totals) []byte {
	last := s.first + event.Position(len(s.keys.slots)) - 1
	n := len(s.parts[0].moves.list)
	rows := newValue(markSize * n)
	mark := openMarks(nil, s.first).first
	for i := range n {
		for _, f := range s.parts {
			m := &f.moves.list[i]
			sum.state += m.state
			sum.history += m.history
			sum.alive += uint64(m.alive)
		}
		if pos := mark + event.Position(i)*stride; pos <= last {
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

// put seals a value and stores it.
func (w *writer) put(bucket string, k, v []byte) {
	store.Seal(v, []byte(bucket), k)
	if w.err == nil {
		w.err = w.bucket(bucket).Put(k, v)
	}
}

func (w *writer) delete(bucket string, k []byte) {
	if w.err == nil {
		w.err = w.bucket(bucket).Delete(k)
	}
}

// drop takes segments out that the one to come replaces.
func (w *writer) drop(extents []extent) {
	for _, e := range extents {
		w.delete(bucketExtents, posKey(e.first))
		if w.err == nil {
			w.err = w.bucket(bucketSegments).DeleteBucket(posKey(e.first))
		}
	}
	if len(extents) > 0 {
		w.cutRuns(bucketKeys, idKey(extents[0].firstID))
	}
}

// locate writes down where the parts of the last closed segment lie. A commit adds one segment, and the next one comes here: those
// before it have had their turn, and one whose parts cannot be told is not asked for again.
func (w *writer) locate(extents []extent) []extent {
	last := len(extents) - 1
	for last >= 0 && !extents[last].closed {
		last--
	}
	if last < 0 || extents[last].at != nil || w.err != nil {
		return extents
	}
	extents = slices.Clone(extents)
	e := &extents[last]
	if b := w.bucket(bucketSegments).Bucket(posKey(e.first)); b != nil {
		if e.at = partsAt(w.tx, b, e.parts); e.at != nil {
			w.put(bucketExtents, posKey(e.first), e.encode())
		}
	}
	return extents
}

// partsAt is where the parts in a segment's bucket lie; nil if that cannot be told. A small bucket has no page of its own, and moves with
// its neighbours.
func partsAt(tx *bbolt.Tx, b *bbolt.Bucket, parts uint32) (list []partAt) {
	if b.Root() == 0 {
		return nil
	}
	for i := range parts {
		v := b.Get([]byte{byte(i)})
		from, ok := store.Offset(tx, v)
		if !ok || len(v) < store.SealSize {
			return nil
		}
		head, err := partHead(v[store.SealSize:])
		if err != nil {
			return nil
		}
		list = append(list, partAt{from, uint64(len(v)), uint32(store.SealSize + head)})
	}
	return list
}

func (w *writer) segment(s *segment, p *packed, ordinal uint32) {
	w.cutRuns(bucketDir, idKey(ordinal))
	if w.err == nil {
		w.err = putSegment(w.bucket(bucketSegments), s, p)
	}
	w.putRun(bucketDir, idKey(ordinal), p.dir, dirRunHeader)
	w.put(bucketExtents, posKey(p.first), p.extent.encode())
	if len(s.newKeys) > 0 {
		w.putRun(bucketKeys, idKey(p.firstID), encodeKeyRun(0, p.firstID, s.newKeys), keyRunHeader)
	}
}

func putSegment(segments *bbolt.Bucket, s *segment, p *packed) error {
	b, err := segments.CreateBucket(posKey(p.first))
	if err != nil {
		return err
	}
	b.FillPercent = 1
	for i, f := range s.parts {
		place := segmentPlace(p.first, []byte{byte(i)})
		n, err := partHead(f.bytes[store.SealSize:])
		if err != nil {
			return err
		}
		store.SealHead(f.bytes, n, place[:]...)
		if err := b.Put(place[2], f.bytes); err != nil {
			return err
		}
	}
	put := func(name, v []byte) {
		place := segmentPlace(p.first, name)
		store.Seal(v, place[:]...)
		if err == nil {
			err = b.Put(name, v)
		}
	}
	for i, f := range s.parts {
		put(gistKey(uint32(i)), f.gists)
	}
	put([]byte(valueColumn), p.column)
	put([]byte(valueMarks), p.marks)
	put([]byte(valueStats), p.stats)
	page := uint32(0)
	for failed := range slices.Chunk(p.failed, errorPage) {
		text, e := json.Marshal(failed)
		if e != nil {
			return e
		}
		put(errorKey(page), append(newValue(len(text)), text...))
		page++
	}
	return err
}

func (w *writer) names(first uint32, names []string) {
	if len(names) == 0 {
		return
	}
	page := newValue(0)
	for _, name := range names {
		page = binary.AppendUvarint(page, uint64(len(name)))
		page = append(page, name...)
	}
	w.put(bucketNames, idKey(first), page)
}
