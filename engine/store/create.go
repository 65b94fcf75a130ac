package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// Create makes a new file at path with what init writes, or none at all: it is made beside, synced and renamed. The folder
// is made if need be (0700); the file is 0600. An existing file is an error that wraps fs.ErrExist.
func Create(ctx context.Context, path string, init func(*bbolt.Tx) error) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Full(path, 0, err)
	}
	l, err := openLease(path)
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.take(ctx, true); err != nil {
		return err
	}
	defer l.end()
	switch err := exists(path); {
	case err == nil:
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	Sweep(folder, halfMade)
	temp, err := makeBeside(path, init)
	if err != nil {
		return Full(path, smallest, err)
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncFolder(folder)
}

// smallest is what bbolt writes for a new file, in bytes: four pages, and those of the first buckets.
const smallest = 32 << 10

// makeBeside makes a whole and synced file under a name of its own in the folder of path.
func makeBeside(path string, init func(*bbolt.Tx) error) (temp string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*")
	if err != nil {
		return "", err
	}
	temp = f.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	if err := f.Close(); err != nil {
		return temp, err
	}
	return temp, guard(temp, func() error {
		db, err := bbolt.Open(temp, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
		if err != nil {
			return err
		}
		return errors.Join(db.Update(init), db.Sync(), db.Close())
	})
}

// Swap puts the file at from in the place of the file at to, once nobody holds either. Handles of to see the new file at
// their next lease; handles of from must be closed by then.
func Swap(ctx context.Context, from, to string) error {
	for _, path := range []string{from, to} {
		l, err := openLease(path)
		if err != nil {
			return err
		}
		defer l.close()
		if err := l.take(ctx, true); err != nil {
			return err
		}
		defer l.end()
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	err := syncFolder(filepath.Dir(to))
	return errors.Join(err, os.Remove(from+leaseSuffix), os.Remove(from+turnSuffix))
}

// Remove deletes a file and its locks once nobody holds it.
func Remove(ctx context.Context, path string) error {
	l, err := openLease(path)
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.take(ctx, true); err != nil {
		return err
	}
	defer l.end()
	return errors.Join(os.Remove(path), os.Remove(path+leaseSuffix), os.Remove(path+turnSuffix))
}

func exists(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a file: %w", path, fs.ErrInvalid)
	}
	return err
}
