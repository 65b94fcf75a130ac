package asof

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"asof/engine/event"
	"asof/engine/store"
)

// Verify checks every value of the file, folds the log anew, aside, and compares what the index says with it: every keyframe and
// write it holds, the hashes and counts that are derived from them, the keys of each position, the dictionary and the directory.
// The fresh fold cuts segments, partitions and frames otherwise, and an external program folds in processes of its own.
//
// An error that wraps ErrMismatch says what differs. If it is the state, or an error of the fold, that is a *PartedError: it names
// the first event, and whether a third fold parts from the second one too. Progress is told twice over the length of the log:
// while folding and while comparing.
func (ix *Index) Verify(ctx context.Context, progress func(Progress)) error {
	if err := ix.build.enter(ctx); err != nil { // nothing may grow meanwhile
		return err
	}
	defer ix.build.leave()
	store.Sweep(filepath.Dir(ix.path), "verify-*")
	dir, err := os.MkdirTemp(filepath.Dir(ix.path), "verify-")
	if err != nil { // a store that can not be written to
		dir, err = os.MkdirTemp("", "verify-")
	}
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer os.RemoveAll(dir)
	l := ix.view.Load()
	fresh, err := openAt(ctx, Path(dir, ix.head.ID), upTo{ix.log, l.built}, ix.proj, otherShape(l.head, ix.opts))
	if err != nil {
		return err
	}
	defer fresh.Close()
	if err := fresh.Build(ctx, progress); err != nil {
		return err
	}
	err = ix.compareWith(ctx, fresh, l.built, progress)
	if errors.Is(err, ErrMismatch) {
		return ix.parting(ctx, dir, fresh, err)
	}
	return err
}

// compareWith compares the index with a fresh one of the same log, up to a position.
func (ix *Index) compareWith(ctx context.Context, fresh *Index, upTo event.Position, progress func(Progress)) error {
	if err := ix.file.Check(ctx); err != nil {
		return err
	}
	if err := ix.look(ctx, (*reader).values); err != nil {
		return err
	}
	v := verifier{ix: ix, fresh: fresh, upTo: upTo, progress: progress, buckets: map[uint32]uint64{}, wide: map[uint32]bool{}}
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
	exists    []bool   // whether it exists then
	found     map[uint32]presence
	buckets   map[uint32]uint64 // hash of what stands in a bucket after at
	wide      map[uint32]bool   // keys whose documents have had shelves
	progress  func(Progress)
}

func (v *verifier) segment(ctx context.Context) error {
	var last event.Position
	var rows []byte
	var column keyColumn
	err := v.ix.look(ctx, func(r *reader) error {
		ordinal := r.segment(v.at + 1)
		if ordinal < 0 {
			return r.reaches(v.at + 1)
		}
		if last = r.extents[ordinal].last; r.extents[ordinal].first != v.at+1 {
			return fmt.Errorf("verify: another process is building: %w", errOvertaken)
		}
		if err := r.segmentValues(ordinal); err != nil {
			return err
		}
		var err error
		if rows, err = v.replay(r, ordinal); err != nil {
			return err
		}
		if err := v.directory(r, ordinal); err != nil {
			return err
		}
		column, err = r.column(ordinal)
		column.slots, column.many = bytes.Clone(column.slots), bytes.Clone(column.many)
		return err
	})
	if err != nil {
		return err
	}
	if err := v.column(ctx, v.at+1, column, min(last, v.upTo)); err != nil {
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
		v.sums, v.exists = append(v.sums, 0), append(v.exists, false)
	}
	v.found = make(map[uint32]presence)
	var noted error
	w := sweep{r: r, from: e.first - 1, to: e.last}
	w.visit = func(m move) {
		if m.pos >= e.first && m.pos <= e.last {
			moves[m.pos-e.first].by += m.by
			moves[m.pos-e.first].alive += m.alive
		}
		v.sums[m.id] += m.by
		noted = cmp.Or(noted, v.note(r, e, m))
	}
	w.keyframe = func(id uint32, row *row, sum uint64) error {
		if len(row.shelves) > 0 {
			v.wide[id] = true
		}
		if v.sums[id] != sum {
			name, _ := r.name(id)
			return fmt.Errorf("%w: keyframe of %q in the segment at %d", ErrMismatch, name, e.first)
		}
		return nil
	}
	w.bucket, w.going = v.bucketOf(r), v.going
	if err := errors.Join(w.segment(ordinal), noted); err != nil {
		return nil, err
	}
	sum := r.totalsBefore(ordinal)
	rows := make([]byte, 0, markSize*(len(moves)/stride+1))
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
	var got totals
	err := v.ix.look(ctx, func(r *reader) (err error) {
		if got, err = r.totalsAt(v.upTo); err == nil && v.at == v.upTo {
			err = v.shelves(r)
		}
		return err
	})
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
	if err := v.keys(ctx); err != nil {
		return err
	}
	a, b := v.ix.Info(), v.fresh.Info()
	if a.Built == b.Built && (a.Keys != b.Keys || a.Errors != b.Errors) {
		return fmt.Errorf("%w: %d keys and %d errors, not %d and %d", ErrMismatch, a.Keys, a.Errors, b.Keys, b.Errors)
	}
	return nil
}
