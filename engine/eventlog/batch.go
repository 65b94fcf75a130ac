package eventlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
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
	types      tallies
	bytes      int
	blocks     []packed
	segments   []segmentPosts
	sources    []Source
	rejects    []Rejected
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
	closed  bool                   // the segment is full
	lists   [kindCount][][]posting // a list a block
}

// windowDelta is what the window decided since the last commit.
type windowDelta struct {
	changed  map[int]summary
	outliers []event.Position
}

func newBatch() *batch {
	return &batch{streams: tallies{index: map[string]int32{}}, types: tallies{index: map[string]int32{}}}
}

func (b *batch) empty() bool {
	return b.events == 0 && len(b.sources) == 0 && len(b.rejects) == 0 && len(b.window.outliers) == 0
}

// addBlock adds a block, or replaces the last one by the same block with more in it.
func (b *batch) addBlock(first event.Position, value []byte) {
	b.blocks = append(b.blocks, packed{first, value})
	b.bytes += len(value)
}

func (b *batch) addPosts(segment uint32, from uint16, last event.Position, posts *[kindCount][]posting) {
	n := len(b.segments)
	if n == 0 || b.segments[n-1].segment != segment {
		b.segments = append(b.segments, segmentPosts{segment: segment, from: from})
		n++
	}
	s := &b.segments[n-1]
	for k := range posts {
		if len(posts[k]) > 0 {
			s.lists[k] = append(s.lists[k], posts[k])
		}
	}
	s.closed = last%SegmentSize == 0
}

// Reject keeps a rejected record, in the same commit as the events added since the last one. It sets Number.
func (w *Writer) Reject(r *Rejected) error {
	if w.err != nil {
		return w.err
	}
	w.state.Info.Rejected++
	r.Number = w.state.Info.Rejected
	kept := *r
	kept.Bytes = bytes.Clone(r.Bytes)
	w.batch.rejects = append(w.batch.rejects, kept)
	w.batch.bytes += len(kept.Bytes)
	return nil
}

// SetSource writes a row of the table of sources with the next commit. ID 0 is a new row; the ID is returned.
func (w *Writer) SetSource(s Source) (uint32, error) {
	if w.err != nil {
		return 0, w.err
	}
	if s.ID == 0 {
		w.state.Sources++
		s.ID = w.state.Sources
	}
	if s.ID > w.state.Sources {
		return 0, fmt.Errorf("source %d of %d", s.ID, w.state.Sources)
	}
	w.batch.sources = append(w.batch.sources, s)
	return s.ID, nil
}

// Due reports whether enough was added for a commit.
func (w *Writer) Due() bool {
	return w.batch.bytes >= dueBytes || w.batch.events >= dueEvents
}

// Durable is the last position that is committed and synced.
func (w *Writer) Durable() event.Position { return w.durable }

// Head is the last position added.
func (w *Writer) Head() event.Position { return w.head }

// Finish decides which of the last 1,000 events are outliers with the events that there are, and commits. It is for the
// end of an import; otherwise the decision waits until 1,000 events have followed.
func (w *Writer) Finish(ctx context.Context) (event.Position, error) {
	if err := w.gather(); err != nil {
		return w.durable, err
	}
	w.window.finish()
	w.window.settle()
	return w.Commit(ctx)
}

// Commit commits everything so far: it is durable when Commit returns. It returns the head.
func (w *Writer) Commit(ctx context.Context) (event.Position, error) {
	if err := w.Checkpoint(ctx); err != nil {
		return w.durable, err
	}
	return w.durable, w.await()
}

// gather waits until all that was added is in the batch. The tail stays open.
func (w *Writer) gather() error {
	if w.err != nil {
		return w.err
	}
	if len(w.tail.events) > w.tail.linked {
		w.hand()
	}
	if err := w.collect(0); err != nil {
		return w.fail(err)
	}
	return nil
}

// Checkpoint starts to commit everything so far and lets the caller go on adding meanwhile. It first waits for the
// checkpoint before it, and returns its error.
func (w *Writer) Checkpoint(ctx context.Context) error {
	if err := w.gather(); err != nil {
		return err
	}
	if err := w.await(); err != nil {
		return err
	}
	b := w.seal()
	if b.empty() {
		return nil
	}
	done := make(chan error, 1)
	w.commit = done
	w.log.users.Add(1)
	go func() {
		defer w.log.users.Done()
		done <- w.log.write(ctx, b)
	}()
	return nil
}

// seal closes the batch with the state it leads to, and begins the next one.
func (w *Writer) seal() *batch {
	b := w.batch
	b.window = windowDelta{changed: w.window.changed, outliers: w.window.outliers}
	w.window.changed, w.window.outliers = map[int]summary{}, nil
	if b.empty() {
		return b
	}
	s := &w.state
	s.Commit++
	s.Info.Streams += b.newStreams
	s.Info.RawBytes += b.rawBytes
	s.Info.Repeated += b.repeated
	s.Info.Late += b.late
	s.Info.Outliers += uint64(len(b.window.outliers))
	s.Info.Inversions += w.window.inversions
	s.Info.Untimed += w.window.untimed
	w.window.inversions, w.window.untimed = 0, 0
	s.First = packTime(w.window.first)
	if n := len(w.window.blocks); n > 0 {
		s.Last = packTime(w.window.blocks[n-1].clock)
	}
	b.state = *s
	for i := range b.streams.list {
		t := &b.streams.list[i]
		if w.streams.whole && len(w.streams.last) >= mostKnown {
			w.streams.whole = false
		}
		if len(w.streams.last) < mostKnown {
			w.streams.last[w.streamKey(t.Text)] = streamState{t.Version, t.versioned}
		} else if key := w.streamKey(t.Text); hasKey(w.streams.last, key) {
			w.streams.last[key] = streamState{t.Version, t.versioned}
		}
	}
	w.ids.older, w.ids.fresh = w.ids.fresh, freshIDs{}
	w.batch = newBatch()
	return b
}

func hasKey[K comparable, V any](m map[K]V, key K) bool {
	_, ok := m[key]
	return ok
}

// await waits for the checkpoint at work.
func (w *Writer) await() error {
	if w.err != nil {
		return w.err
	}
	if w.commit == nil {
		return nil
	}
	err := <-w.commit
	w.commit = nil
	if err != nil {
		return w.fail(err)
	}
	now := w.log.now.Load()
	w.durable = now.Head
	w.state.Names, w.state.Info.Types = now.Names, now.Info.Types
	w.ids.older = freshIDs{}
	return nil
}

// Close gives up what was not committed, and the lock.
func (w *Writer) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	err := w.await()
	close(w.jobs)
	w.work.Wait()
	w.err = fmt.Errorf("the writer is closed")
	if release := w.lock.Release(); err == nil {
		err = release
	}
	return err
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
		for k, lists := range s.lists {
			list := slices.Concat(lists...)
			if len(spare) < len(list) {
				spare = make([]posting, len(list))
			}
			sorted := sortPostings(list, spare)
			out = append(out, sortedPosts{kind(k), s.segment, s.from, s.closed, sorted})
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
		if older[0].hash <= newer[0].hash {
			out, older = append(out, older[0]), older[1:]
		} else {
			out, newer = append(out, newer[0]), newer[1:]
		}
	}
	return append(append(out, older...), newer...)
}
