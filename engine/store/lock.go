package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Lock is an exclusive lock between processes, kept in a file of its own that says who has it.
type Lock struct{ file *os.File }

// Acquire takes the lock at path, waiting at most Wait; then it returns a *HeldError.
func Acquire(ctx context.Context, path string) (*Lock, error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	if err := await(ctx, f, true, time.Now()); err != nil {
		f.Close()
		return nil, err
	}
	signHolder(f)
	return &Lock{file: f}, nil
}

// Release gives up the lock.
func (l *Lock) Release() error {
	return errors.Join(unlock(l.file), l.file.Close())
}

// openLock opens a lock file, in a folder that cannot be written to only if it is there.
func openLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if ro, roErr := os.Open(path); roErr == nil {
		return ro, nil
	}
	return nil, err
}

// await tries for a lock until it is had, ctx ends, or Wait has passed since start.
func await(ctx context.Context, f *os.File, exclusive bool, start time.Time) error {
	pause := 200 * time.Microsecond
	for {
		got, err := tryLock(f, exclusive)
		if got || err != nil {
			return err
		}
		if waited := time.Since(start); waited >= Wait {
			return &HeldError{Path: strings.TrimSuffix(f.Name(), turnSuffix), Holder: readHolder(f), Waited: waited}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(pause*2, 4*time.Millisecond)
	}
}

// holderSize is the fixed length of a holder's record, so that one write replaces another whole.
const holderSize = 512

// signHolder writes this process into a lock file. It is a courtesy to whoever waits: that it cannot be written harms
// nothing.
func signHolder(f *os.File) {
	text, err := json.Marshal(Holder{PID: os.Getpid(), Command: command(), Since: time.Now().UTC().Truncate(time.Millisecond)})
	if err != nil || len(text) > holderSize {
		return
	}
	record := bytes.Repeat([]byte{' '}, holderSize)
	copy(record, text)
	_, _ = f.WriteAt(record, 0)
}

func command() string {
	args := append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...)
	text := []rune(strings.ToValidUTF8(strings.Join(args, " "), "?"))
	if len(text) > 60 {
		text = append(text[:59], '…')
	}
	return string(text)
}

func readHolder(f *os.File) Holder {
	record := make([]byte, holderSize)
	n, _ := f.ReadAt(record, 0)
	var h Holder
	if json.Unmarshal(bytes.TrimSpace(record[:n]), &h) != nil {
		return Holder{}
	}
	return h
}
