package asof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"asof/engine/store"
)

// gate lets one in at a time, and nobody wait for longer than the context.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }

// maxHeals bounds how often one handle builds its index anew by itself: a disk that goes on damaging it is somebody else's task.
const maxHeals = 3

// healing counts how often a handle has found its index damaged and put a new one in its place.
type healing struct {
	wanted bool // false in an index that is built aside
	times  atomic.Int64
}

// logError is an error of the log, damage too, which no new index cures.
type logError struct{ err error }

func (e *logError) Error() string { return fmt.Sprintf("change index: log: %v", e.err) }
func (e *logError) Unwrap() error { return e.err }

// curable reports whether a new index would answer where this one fails.
func (ix *Index) curable(err error) bool {
	return errors.Is(err, ErrDamaged) && !errors.As(err, new(*logError)) &&
		ix.heal.wanted && !ix.opts.ReadOnly && ix.heal.times.Load() < maxHeals
}

// read runs fn with a reader over the newest state of the file. An index is a cache: one that proves to be damaged is built anew
// from the log, and then fn runs once more.
func (ix *Index) read(ctx context.Context, fn func(*reader) error) error {
	times := ix.heal.times.Load()
	err := ix.look(ctx, fn)
	if err == nil || !ix.curable(err) {
		return err
	}
	if err := ix.build.enter(ctx); err != nil {
		return err
	}
	defer ix.build.leave()
	if ix.heal.times.Load() == times { // else somebody has done it
		if err := ix.mend(ctx, err, nil); err != nil {
			return err
		}
	}
	return ix.look(ctx, fn)
}

// mend builds a damaged index anew. The caller is in the gate.
func (ix *Index) mend(ctx context.Context, cause error, progress func(Progress)) error {
	ix.heal.times.Add(1)
	if ix.opts.Notice != nil {
		ix.opts.Notice(cause)
	}
	if err := ix.replace(ctx, progress); err != nil {
		return errors.Join(cause, fmt.Errorf("build it anew: %w", err))
	}
	return nil
}

// replace builds the index anew, aside, and puts it in the place of the old one. The caller is in the gate.
func (ix *Index) replace(ctx context.Context, progress func(Progress)) error {
	aside := ix.path + ".new"
	if err := removeIfThere(aside); err != nil {
		return err
	}
	defer os.Remove(aside) //nolint:errcheck // gone if all went well, else overwritten the next time
	fresh, err := openAt(ctx, aside, ix.log, ix.proj, ix.opts)
	if err != nil {
		return err
	}
	err = fresh.Build(ctx, progress)
	if err := errors.Join(err, fresh.Close()); err != nil {
		return err
	}
	if err := store.Swap(ctx, aside, ix.path); err != nil {
		return err
	}
	ix.file.Replaced()
	ix.dropBuilder()
	ix.forgetNames()
	return ix.look(ctx, func(*reader) error { return nil })
}

// startAnew puts an empty index in the place of one that cannot be opened.
func startAnew(ctx context.Context, path string, make func(path string) error) error {
	aside := path + ".new"
	if err := removeIfThere(aside); err != nil {
		return err
	}
	if err := make(aside); err != nil {
		return err
	}
	return store.Swap(ctx, aside, path)
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Rebuild builds the index anew, aside, and puts it in the place of the old one, which answers until then.
func (ix *Index) Rebuild(ctx context.Context, progress func(Progress)) error {
	if ix.opts.ReadOnly {
		return store.ErrReadOnly
	}
	if err := ix.build.enter(ctx); err != nil {
		return err
	}
	defer ix.build.leave()
	if err := ix.replace(ctx, progress); err != nil {
		return fmt.Errorf("rebuild %s: %w", filepath.Base(ix.path), err)
	}
	return nil
}
