package store

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockAt is a byte far behind the holder's record, because Windows keeps others from reading locked bytes.
const lockAt = 1 << 30

func tryLock(f *os.File, exclusive bool) (bool, error) {
	_ = unlock(f)
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{Offset: lockAt})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	}
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
}

func unlock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{Offset: lockAt})
}

// syncFolder does nothing: Windows has no way to sync a folder, and renames are journaled.
func syncFolder(string) error { return nil }

// mapSize is 0, because on Windows a file grows to what is mapped of it.
func mapSize() int { return 0 }
