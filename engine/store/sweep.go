package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// abandoned is how long nobody must have touched what was being made before it counts as left behind.
const abandoned = time.Hour

// halfMade is what makeBeside names its files by, where they are to become .bolt files.
const halfMade = ".*.bolt.new-*"

// Sweep deletes what killed processes left in a folder: files and folders whose names match pattern (of filepath.Match), that
// nobody has touched for an hour, and of which nobody holds a lock. What cannot be deleted stays: it is in nobody's way.
func Sweep(folder, pattern string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, e := range entries {
		if ok, err := filepath.Match(pattern, e.Name()); err != nil || !ok {
			continue
		}
		if path := filepath.Join(folder, e.Name()); leftBehind(path) {
			_ = os.RemoveAll(path)
		}
	}
}

var errInUse = errors.New("in use")

// leftBehind tells that nobody has touched or locked a file, or anything in a folder.
func leftBehind(path string) bool {
	before := time.Now().Add(-abandoned)
	return nil == filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.ModTime().After(before) || d.Type().IsRegular() && locked(name) {
			return errInUse
		}
		return nil
	})
}

// locked tells that somebody holds a lock on a file, or that it cannot be known.
func locked(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return true
	}
	defer f.Close() // gives the lock back, too
	got, err := tryLock(f, true)
	return err != nil || !got
}
