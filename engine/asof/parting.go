package asof

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"asof/engine/event"
	"asof/engine/value"
)

// PartedError says where an index and a fresh fold of its log part, or two fresh folds.
type PartedError struct {
	Divergence
	Type string // of the event
	// Unsteady: two fresh folds of the same events, or of that one event, part there. So the projection is not deterministic.
	Unsteady bool
	// Failed is the error of the fold that one of the two met at the event and the other did not; then nothing else may differ.
	Failed string
}

// Error names the event, the key, the path and both values.
func (e *PartedError) Error() string {
	what := "the index differs from a fresh fold"
	if e.Unsteady {
		what = "not deterministic: two folds of the same events part"
	}
	place := fmt.Sprintf("%s at event %d (%s), key %q", what, e.Position, e.Type, e.Key)
	if e.Failed != "" {
		return fmt.Sprintf("%s: only one of them fails there: %s", place, e.Failed)
	}
	return fmt.Sprintf("%s, path %q: %s and %s", place, string(e.Path), shown(e.Left), shown(e.Right))
}

// Unwrap makes it an ErrMismatch.
func (e *PartedError) Unwrap() error { return ErrMismatch }

// shown is a value in an error, which need not have all of it.
func shown(n *value.Node) string {
	const most = 120
	if n == nil {
		return "nothing"
	}
	if text := []rune(string(n.JSON())); len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(n.JSON())
}

// otherShape is how an index is folded again: with as good as every part of the work cut elsewhere, so that what a fold keeps from
// one event to the next, and does not say, shows.
func otherShape(h header, o Options) Options {
	o.ReadOnly, o.Notice = false, nil
	o.Segment = max(h.Segment-h.Segment/3, 1)
	o.Partitions = h.Partitions%4 + 1
	o.FrameBytes = max(h.FrameBytes/3, 1)
	o.Members = max(o.filled().Members/2, 1)
	return o
}

// parting finds where the index and a fresh fold part, once it is known that they do, and folds once more to tell why, and that
// one event many times more.
func (ix *Index) parting(ctx context.Context, dir string, fresh *Index, cause error) error {
	opts := otherShape(ix.view.Load().head, ix.opts)
	opts.ReadOnly = true
	stored, err := openAt(ctx, ix.path, ix.log, ix.proj, opts) // a handle that mends nothing
	if err != nil {
		return errors.Join(cause, err)
	}
	defer stored.Close()
	parted, err := ix.partingOf(ctx, stored, fresh)
	if err != nil || parted == nil {
		return errors.Join(cause, err)
	}
	opts = otherShape(fresh.view.Load().head, ix.opts)
	third, err := openAt(ctx, filepath.Join(dir, "third.bolt"), upTo{ix.log, parted.Position}, ix.proj, opts)
	if err != nil {
		return errors.Join(parted, err)
	}
	defer third.Close()
	if err := third.Build(ctx, nil); err != nil {
		return errors.Join(parted, err)
	}
	again, err := ix.partingOf(ctx, fresh, third)
	switch {
	case err != nil:
		return errors.Join(parted, err)
	case again != nil:
		again.Unsteady = true
		return again
	}
	if parted.Unsteady, err = ix.wavers(ctx, fresh, parted); err != nil {
		return errors.Join(parted, err)
	}
	return parted
}

// partingOf is the first place where two indexes part, as far as both are built; nil if there is none.
func (ix *Index) partingOf(ctx context.Context, left, right *Index) (*PartedError, error) {
	d, found, err := Diverge(ctx, left, right, nil)
	if err != nil {
		return nil, err
	}
	end := min(left.Built(), right.Built())
	if found {
		end = d.Position
	}
	failed, err := firstFailure(ctx, left, right, end)
	if err != nil || failed == nil && !found {
		return nil, err
	}
	e := &PartedError{Divergence: d}
	if failed != nil && (!found || failed.Position < d.Position) {
		e = &PartedError{Divergence: Divergence{Position: failed.Position, Key: failed.Key}, Failed: failed.Message}
	}
	for events, err := range ix.log.Blocks(ctx, e.Position, e.Position) {
		if err != nil {
			return nil, &logError{err}
		}
		e.Type = events[0].Type
	}
	return e, nil
}

// firstFailure is the first error of a fold up to a position that only one of two indexes has.
func firstFailure(ctx context.Context, left, right *Index, upTo event.Position) (*FoldError, error) {
	next, stop := iter.Pull2(right.Errors(ctx, 1, upTo))
	defer stop()
	for a, err := range left.Errors(ctx, 1, upTo) {
		if err != nil {
			return nil, err
		}
		b, err, ok := next()
		switch {
		case err != nil:
			return nil, err
		case !ok, a.Position < b.Position, a.Position == b.Position && a.Key < b.Key:
			return &a, nil
		case a.Position != b.Position || a.Key != b.Key:
			return &b, nil
		}
	}
	if b, err, ok := next(); ok {
		return &b, err
	}
	return nil, nil
}
