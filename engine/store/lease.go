package store

import (
	"context"
	"errors"
	"os"
	"time"
)

const (
	leaseSuffix = ".lock"
	turnSuffix  = ".turn"
)

// lease is a process's right to have the file open. Two locks make it:
//
//	.lock  shared by readers, exclusive to a writer, for as long as the file is open
//	.turn  held the same way only while one waits for .lock
//
// Who waits for .lock keeps .turn, so a holder learns by trying .turn that it is waited for: a reader gives way to a
// writer, and newcomers queue at .turn, so that neither side starves the other.
type lease struct {
	lock, turn *os.File
}

func openLease(path string) (lease, error) {
	lock, err := openLock(path + leaseSuffix)
	if err != nil {
		return lease{}, err
	}
	turn, err := openLock(path + turnSuffix)
	if err != nil {
		lock.Close()
		return lease{}, err
	}
	return lease{lock: lock, turn: turn}, nil
}

// take waits for the lease.
func (l lease) take(ctx context.Context, exclusive bool) error {
	start := time.Now()
	if err := await(ctx, l.turn, exclusive, start); err != nil {
		return l.blame(err)
	}
	defer unlock(l.turn)
	if err := await(ctx, l.lock, exclusive, start); err != nil {
		return l.blame(err)
	}
	signHolder(l.lock)
	return nil
}

// blame names the holder of .lock in the error, whichever lock it was that could not be had.
func (l lease) blame(err error) error {
	var held *HeldError
	if errors.As(err, &held) {
		held.Path = l.lock.Name()[:len(l.lock.Name())-len(leaseSuffix)]
		held.Holder = readHolder(l.lock)
	}
	return err
}

// wanted reports whether somebody waits whom this lease keeps out.
func (l lease) wanted(exclusive bool) bool {
	got, err := tryLock(l.turn, exclusive)
	if got {
		_ = unlock(l.turn)
	}
	return !got && err == nil
}

func (l lease) end() { _ = unlock(l.lock) }

func (l lease) close() error { return errors.Join(l.lock.Close(), l.turn.Close()) }
