package asof

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"asof/engine/event"
	"asof/engine/store"
)

// Verify folds the log anew, aside, and compares what the index says with it: every keyframe and write it holds, and the hashes
// and counts that are derived from them. An error that wraps ErrMismatch names the first segment that differs. Progress is told
// twice over the length of the log: while folding and while comparing.
func (ix *Index) Verify(ctx context.Context, progress func(Progress)) error {
	ix.build.Lock() // nothing may grow meanwhile
	defer ix.build.Unlock()
	dir, err := os.MkdirTemp(filepath.Dir(ix.path), "verify-")
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer os.RemoveAll(dir)
	l := ix.view.Load()
	opts := ix.opts
	opts.ReadOnly, opts.Segment, opts.Partitions, opts.FrameBytes = false, l.head.Segment, l.head.Partitions, l.head.FrameBytes
	fresh, err := Open(ctx, dir, upTo{ix.log, l.built}, ix.proj, opts)
	if err != nil {
		return err
	}
	defer fresh.Close()
	if err := fresh.Build(ctx, progress); err != nil {
		return err
	}
	v := verifier{ix: ix, fresh: fresh, upTo: l.built, progress: progress}
	for v.at < v.upTo {
		if err := v.segment(ctx); err != nil {
			return err
		}
	}
	return nil
}

// upTo is a log as it was when its head was at a position.
type upTo struct {
	Log
	head event.Position
}

func (l upTo) Head() event.Position { return l.head }

// verifier compares an index with a fresh one, segment by segment.
type verifier struct {
	ix, fresh *Index
	at, upTo  event.Position
	sums      []uint64 // hash of each key's document after at
	progress  func(Progress)
}

func (v *verifier) segment(ctx context.Context) error {
	var last event.Position
	var rows []byte
	err := v.ix.read(ctx, func(r *reader) error {
		ordinal := r.segment(v.at + 1)
		if ordinal < 0 {
			return r.reaches(v.at + 1)
		}
		if last = r.extents[ordinal].last; r.extents[ordinal].first != v.at+1 {
			return fmt.Errorf("verify: another process is building: %w", errOvertaken)
		}
		var err error
		rows, err = v.replay(r, ordinal)
		return err
	})
	if err != nil {
		return err
	}
	for pos := (v.at + stride) / stride * stride; pos <= min(last, v.upTo); pos += stride {
		want, err := v.fresh.totals(ctx, pos)
		if err != nil {
			return err
		}
		if got := decodeTotals(rows); got != want {
			return fmt.Errorf("%w: between positions %d and %d", ErrMismatch, pos-stride+1, pos)
		}
		rows = rows[markSize:]
	}
	v.at = last
	if v.progress != nil {
		v.progress(Progress{Position: min(last, v.upTo), Head: v.upTo, Keys: len(v.sums), Errors: v.ix.Info().Errors})
	}
	if last >= v.upTo {
		return v.end(ctx)
	}
	return nil
}

// replay plays a segment from its frames, checks its keyframes and stored totals, and returns the totals as they should be stored.
func (v *verifier) replay(r *reader, ordinal int) ([]byte, error) {
	e := r.extents[ordinal]
	moves := make([]move, e.last-e.first+1)
	for len(v.sums) < int(r.state.keys) {
		v.sums = append(v.sums, 0)
	}
	w := sweep{r: r, from: e.first - 1, to: e.last}
	w.visit = func(m move) {
		if m.pos >= e.first && m.pos <= e.last {
			moves[m.pos-e.first].by += m.by
			moves[m.pos-e.first].alive += m.alive
		}
		v.sums[m.id] += m.by
	}
	w.keyframe = func(id uint32, sum uint64) error {
		if v.sums[id] != sum {
			name, _ := r.name(id)
			return fmt.Errorf("%w: keyframe of %q in the segment at %d", ErrMismatch, name, e.first)
		}
		return nil
	}
	if err := w.segment(ordinal); err != nil {
		return nil, err
	}
	sum := r.totalsBefore(ordinal)
	var rows []byte
	for i, m := range moves {
		m.pos = e.first + event.Position(i)
		sum.add(m)
		if m.pos%stride == 0 {
			rows = appendTotals(rows, sum)
		}
	}
	stored, err := r.value(e.first, valueMarks)
	if err != nil {
		return nil, err
	}
	if sum != e.sum || !bytes.Equal(stored, rows) {
		return nil, fmt.Errorf("%w: totals of the segment at %d", ErrMismatch, e.first)
	}
	return rows, nil
}

// end compares the totals and the counts at the end.
func (v *verifier) end(ctx context.Context) error {
	got, err := v.ix.totals(ctx, v.upTo)
	if err != nil {
		return err
	}
	want, err := v.fresh.totals(ctx, v.upTo)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: at position %d", ErrMismatch, v.upTo)
	}
	a, b := v.ix.Info(), v.fresh.Info()
	if a.Built == b.Built && (a.Keys != b.Keys || a.Errors != b.Errors) {
		return fmt.Errorf("%w: %d keys and %d errors, not %d and %d", ErrMismatch, a.Keys, a.Errors, b.Keys, b.Errors)
	}
	return nil
}

// Rebuild builds the index anew, aside, and puts it in the place of the old one, which answers until then.
func (ix *Index) Rebuild(ctx context.Context, progress func(Progress)) error {
	if ix.opts.ReadOnly {
		return store.ErrReadOnly
	}
	ix.build.Lock()
	defer ix.build.Unlock()
	aside := ix.path + ".new"
	if err := os.Remove(aside); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("rebuild: %w", err)
	}
	fresh, err := openAt(ctx, aside, ix.log, ix.proj, ix.opts)
	if err != nil {
		return err
	}
	defer os.Remove(aside)
	err = fresh.Build(ctx, progress)
	if e := fresh.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := store.Swap(ctx, aside, ix.path); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	ix.builder = nil
	ix.forgetNames()
	_, err = ix.Refresh(ctx)
	return err
}
