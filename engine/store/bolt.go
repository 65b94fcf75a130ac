package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// bolt is an open bbolt file with its descriptor, so that a handle that cannot be closed any more can still be let go.
type bolt struct {
	*bbolt.DB
	file  *os.File
	ended chan struct{} // closed at the end of the lease
}

// openBolt opens the file at path after a look at its first pages and its length.
func openBolt(path string, readOnly bool) (*bolt, error) {
	b := &bolt{ended: make(chan struct{})}
	opts := &bbolt.Options{
		ReadOnly: readOnly, Timeout: time.Second, InitialMmapSize: mapSize(), FreelistType: bbolt.FreelistMapType, NoStatistics: true,
		OpenFile: func(name string, flag int, perm os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE, perm)
			if err != nil {
				return nil, err
			}
			b.file = f
			return f, checkMeta(f)
		},
	}
	err := guard(path, func() (err error) {
		b.DB, err = bbolt.Open(path, 0o600, opts)
		return err
	})
	if err != nil {
		b.abandon()
		return nil, openError(path, err)
	}
	if info, err := b.file.Stat(); err == nil {
		b.AllocSize = int(min(max(info.Size()/64, 64<<10), 1<<20))
	}
	return b, nil
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return &HeldError{Path: path, Waited: time.Second}
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrInvalidMapping):
		return fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	return err
}

// abandon lets the descriptor go, and with it bbolt's lock, without touching what else the handle holds.
func (b *bolt) abandon() {
	if b.file != nil {
		_ = unlock(b.file) // closing is not enough: the mapping keeps the open file, and the file its lock
		_ = b.file.Close()
	}
}

// view runs fn in a read transaction.
func (b *bolt) view(path string, fn func(*bbolt.Tx) error) error {
	return guard(path, func() error { return b.View(fn) })
}

// update runs fn in a write transaction. Broken says that the handle must not write again.
func (b *bolt) update(ctx context.Context, path string, fn func(*bbolt.Tx) error) (broken bool, err error) {
	err = guard(path, func() error {
		tx, err := b.Begin(true)
		if err != nil {
			return err
		}
		broken = true // until it is known that the transaction is over, one way or the other
		if err := guard(path, func() error { return fn(tx) }); err != nil {
			rollback := tx.Rollback()
			broken = rollback != nil
			return err
		}
		if err := ctx.Err(); err != nil {
			rollback := tx.Rollback()
			broken = rollback != nil
			return err
		}
		if err := tx.Commit(); err != nil {
			stats := tx.Stats()
			return fmt.Errorf("commit to %s: %w", path, Full(path, stats.GetPageAlloc(), err))
		}
		broken = false
		return nil
	})
	return broken, err
}
