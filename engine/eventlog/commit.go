package eventlog

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"asof/engine/event"
)

// Reject keeps a rejected record, in the same commit as the events added since the last one. It sets Number.
func (w *Writer) Reject(r *Rejected) error {
	if w.err != nil {
		return w.err
	}
	w.state.Info.Rejected++
	w.state.Rejects++
	r.Number = w.state.Rejects
	kept := *r
	kept.Bytes = bytes.Clone(r.Bytes)
	w.batch.rejects = append(w.batch.rejects, kept)
	w.batch.bytes += len(kept.Bytes)
	return nil
}

// Unreject takes a rejected record back, with the next commit: it was read again and became an event. Its number is not given
// anew.
func (w *Writer) Unreject(number uint64) error {
	if w.err != nil {
		return w.err
	}
	stands := false
	for i := range w.batch.rejects {
		if r := &w.batch.rejects[i]; r.Number == number && !r.withdrawn() {
			r.withdraw()
			w.state.Info.Rejected--
			return nil
		}
	}
	if err := w.await(); err != nil {
		return err
	}
	if !slices.Contains(w.batch.unrejected, number) && number > 0 {
		list, err := w.log.rejectsAt(context.Background(), number)
		if err != nil {
			return err
		}
		for i := range list {
			stands = stands || list[i].Number == number && !list[i].withdrawn()
		}
	}
	if !stands {
		return fmt.Errorf("there is no rejected record %d", number)
	}
	w.batch.unrejected = append(w.batch.unrejected, number)
	w.state.Info.Rejected--
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
	b := w.batch
	return b.bytes+int(w.packed.Load()) >= dueBytes || b.events >= dueEvents || b.events >= fewEvents && w.head%SegmentSize < justEnded
}

// Durable is the last position that is committed and synced.
func (w *Writer) Durable() event.Position { return w.durable }

// Head is the last position added.
func (w *Writer) Head() event.Position { return w.head }

// Done is the position up to which the log needs nothing of the events that were added: their bytes and strings may be written to.
func (w *Writer) Done() event.Position { return event.Position(w.done.Load()) }

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
	w.commit, w.writing = done, b
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
	w.streams.learnAll(b)
	w.ids.older, w.ids.fresh = w.ids.fresh, w.ids.older
	w.ids.fresh.clear()
	w.batch = newBatch(len(b.streams.list), w.streams.seed[0])
	w.batch.segments, w.spare = w.spare[:0], nil
	w.packed.Store(0)
	return b
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
	w.spare = w.writing.segments
	w.commit, w.writing = nil, nil
	if err != nil {
		return w.fail(err)
	}
	now := w.log.now.Load()
	w.durable = now.Head
	w.state.Names, w.state.Info.Types = now.Names, now.Info.Types
	w.ids.older.clear()
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
	close(w.line)
	w.work.Wait()
	w.remember()
	w.err = fmt.Errorf("the writer is closed")
	if release := w.lock.Release(); err == nil {
		err = release
	}
	return err
}
