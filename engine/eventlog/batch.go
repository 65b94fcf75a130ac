package eventlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// batch is what goes into one commit.
type batch struct {
	events     int
	rawBytes   uint64
	repeated   uint64
	late       uint64
	newStreams uint64
	streams    tallies
	keys       []streamKey // of the streams
	types      tallies
	bytes      int // of rejected records
	blocks     []packed
	segments   []segmentPosts
	sources    []Source
	rejects    []Rejected
	unrejected []uint64
	window     windowDelta
	state      head
}

type packed struct {
	first event.Position
	value []byte
}

// segmentPosts are the postings of neighbouring positions of one segment.
type segmentPosts struct {
	segment uint32
	from    uint16
	closed  bool                 // the segment is full
	lists   [kindCount][]posting // by offset
}

// windowDelta is what the window decided since the last commit.
type windowDelta struct {
	changed  map[int]summary
	outliers []event.Position
}

// newBatch has room for as many streams as the batch before it met.
func newBatch(streams int, seed maphash.Seed) *batch {
	return &batch{streams: newTallies(streams, seed), keys: make([]streamKey, 0, streams), types: newTallies(0, seed)}
}

func (b *batch) empty() bool {
	return b.events == 0 && len(b.sources) == 0 && len(b.rejects) == 0 && len(b.unrejected) == 0 && len(b.window.outliers) == 0
}

// addBlock adds a block, or replaces the last one by the same block with more in it.
func (b *batch) addBlock(first event.Position, value []byte) {
	b.blocks = append(b.blocks, packed{first, value})
}

func (b *batch) addPosts(segment uint32, from uint16, last event.Position, posts *[kindCount][]posting) {
	n := len(b.segments)
	if n == 0 || b.segments[n-1].segment != segment {
		b.segments = slices.Grow(b.segments, 1)[:n+1] // with the lists of an earlier batch, of which only the room is left
		b.segments[n].begin(segment, from)
		n++
	}
	s := &b.segments[n-1]
	for k := range posts {
		s.lists[k] = append(s.lists[k], posts[k]...)
	}
	s.closed = last%SegmentSize == 0
}

// begin takes the room of postings that are written.
func (s *segmentPosts) begin(segment uint32, from uint16) {
	s.segment, s.from, s.closed = segment, from, false
	for k := range s.lists {
		s.lists[k] = s.lists[k][:0]
	}
}

// write makes a batch durable and seen.
func (l *Log) write(ctx context.Context, b *batch) error {
	runs := b.encodePosts()
	err := l.file.Update(ctx, func(tx *bbolt.Tx) error { return b.write(tx, runs) })
	if err != nil {
		return fmt.Errorf("log: events after %d are not stored: %w", l.Head(), err)
	}
	l.advance(&b.state)
	return l.writeSidecar(&b.state)
}

// sortedPosts are postings of one kind, sorted.
type sortedPosts struct {
	kind    kind
	segment uint32
	from    uint16
	closed  bool
	list    []posting
}

func (b *batch) encodePosts() []sortedPosts {
	var out []sortedPosts
	var spare []posting
	for i := range b.segments {
		s := &b.segments[i]
		for k, list := range s.lists {
			if len(spare) < len(list) {
				spare = make([]posting, max(len(list), min(2*len(list), SegmentSize)))
			}
			sortPostings(list, spare)
			out = append(out, sortedPosts{kind(k), s.segment, s.from, s.closed, list})
		}
	}
	return out
}

func (b *batch) write(tx *bbolt.Tx, runs []sortedPosts) (err error) {
	before, err := readHead(tx)
	if err != nil {
		return err
	}
	if before.Commit+1 != b.state.Commit {
		return fmt.Errorf("commit %d follows %d: somebody else wrote to the log", b.state.Commit, before.Commit)
	}
	for _, p := range b.blocks {
		if err := put(tx, bucketBlocks, blockKey(p.first), p.value); err != nil {
			return err
		}
	}
	if err := writeSummaries(tx, b.window.changed); err != nil {
		return err
	}
	if err := writeOutliers(tx, b.window.outliers); err != nil {
		return err
	}
	for i := range runs {
		if err := writeRun(tx, &runs[i]); err != nil {
			return err
		}
	}
	if err := b.writeNames(tx, before); err != nil {
		return err
	}
	if err := writeSources(tx, b.sources); err != nil {
		return err
	}
	if err := writeRejects(tx, b.rejects); err != nil {
		return err
	}
	if err := withdrawRejects(tx, b.unrejected); err != nil {
		return err
	}
	b.state.Info.Head, b.state.Info.Root = b.state.Head, b.state.Root
	b.state.Info.First, b.state.Info.Last = unpackTime(b.state.First), unpackTime(b.state.Last)
	return b.state.put(tx)
}

// writeNames adds the batch's names to the directories, and counts the types that are new.
func (b *batch) writeNames(tx *bbolt.Tx, before *head) error {
	types := before.Info.Types
	for i := range b.types.list {
		t, err := lookUp(tx, typeNames, before.Names[typeNames], b.types.list[i].Text)
		if err != nil {
			return err
		}
		types += 1 - b2u(t != nil)
	}
	b.state.Info.Types = types
	for k, list := range [][]tally{streamNames: b.streams.list, typeNames: b.types.list} {
		runs, err := addRun(tx, nameKind(k), before.Names[k], list)
		if err != nil {
			return err
		}
		b.state.Names[k] = runs
	}
	return nil
}

func runKey(k kind, segment uint32, from uint16) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32([]byte{byte(k)}, segment), from)
}

func openRun(k kind, key, value []byte) (run, error) {
	b, err := unseal(bucketPostings, key, value)
	if err != nil {
		return run{}, err
	}
	return parseRun(k, b)
}

// writeRun writes postings as a run, merged with the runs before it in the segment that are not much larger; a full segment
// has one run.
func writeRun(tx *bbolt.Tx, s *sortedPosts) error {
	c, err := cursor(tx, bucketPostings)
	if err != nil {
		return err
	}
	var keys [][]byte
	var runs []run
	prefix := runKey(s.kind, s.segment, 0)[:5]
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		r, err := openRun(s.kind, k, v)
		if err != nil {
			return err
		}
		keys, runs = append(keys, bytes.Clone(k)), append(runs, r)
	}
	list, from := s.list, s.from
	for n := len(runs); n > 0 && (s.closed || runs[n-1].n <= 2*len(list)); n-- {
		older, err := runs[n-1].appendPostings(nil)
		if err != nil {
			return err
		}
		list = mergePostings(older, list)
		from = binary.BigEndian.Uint16(keys[n-1][5:])
		if err := tx.Bucket(bucketPostings).Delete(keys[n-1]); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	return put(tx, bucketPostings, runKey(s.kind, s.segment, from), encodeRun(s.kind, list))
}

// mergePostings merges two sorted lists; all of the older one's offsets are lower.
func mergePostings(older, newer []posting) []posting {
	out := make([]posting, 0, len(older)+len(newer))
	for len(older) > 0 && len(newer) > 0 {
		if older[0] <= newer[0] {
			out, older = append(out, older[0]), older[1:]
		} else {
			out, newer = append(out, newer[0]), newer[1:]
		}
	}
	return append(append(out, older...), newer...)
}
