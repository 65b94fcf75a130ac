package store

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
)

// File is a bbolt file that is shared with other processes. Its methods are safe for concurrent use.
type File struct {
	path string
	opts Options
}

var errUnbuilt = errors.New("not built")

// Create makes a new file at path with what init writes, or none at all: it is made beside, synced and renamed. The folder
// is made if need be (0700); the file is 0600. An existing file is an error that wraps fs.ErrExist.
func Create(ctx context.Context, path string, init func(*bbolt.Tx) error) error { return errUnbuilt }

// Open opens an existing file and checks its pages' tree. A missing file is an error that wraps fs.ErrNotExist.
func Open(ctx context.Context, path string, opts Options) (*File, error) { return nil, errUnbuilt }

// Swap puts the file at from in the place of the file at to, once nobody holds either. Handles of to see the new file at
// their next lease.
func Swap(ctx context.Context, from, to string) error { return errUnbuilt }

// View runs fn in a read transaction. Keep it short: no drawing, no waiting, no script. Nothing that fn got from the
// transaction may be kept.
func (f *File) View(ctx context.Context, fn func(*bbolt.Tx) error) error { return errUnbuilt }

// Update runs fn in a write transaction and commits it: durable when it returns nil. An error of fn undoes all of it and
// harms nothing; an error of the commit poisons the handle.
func (f *File) Update(ctx context.Context, fn func(*bbolt.Tx) error) error { return errUnbuilt }

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Close gives up the file. It waits for running transactions.
func (f *File) Close() error { return nil }
