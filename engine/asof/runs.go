package asof

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// The runs of the dictionary and of the directory are in a bucket each, under the number that they start with, and alone in a bucket of
// their own there: a page of bbolt has two values at least, and with a run its neighbour would be written again, however large that is.

// runValue is a run's value; nil if there is none.
func runValue(tx *bbolt.Tx, bucket string, k []byte) []byte {
	b := tx.Bucket([]byte(bucket)).Bucket(k)
	if b == nil {
		return nil
	}
	return b.Get(k)
}

// readRuns lists the runs of a bucket, which together cover everything from 0 to end. What is in them is checked when it is read.
func readRuns(tx *bbolt.Tx, bucket string, end uint32) ([]runRef, error) {
	var runs []runRef
	next := uint32(0)
	c := tx.Bucket([]byte(bucket)).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if v != nil || len(k) != 4 || binary.BigEndian.Uint32(k) != next {
			return nil, fmt.Errorf("%w: %s: a value of %d bytes at %x where the run of %d was due", ErrDamaged, bucket, len(v), k, next)
		}
		v, err := rest(runValue(tx, bucket, k), []byte(bucket), k)
		if err != nil {
			return nil, err
		}
		if len(v) < runHeader {
			return nil, fmt.Errorf("%w: %s: a run of %d bytes at %d", ErrDamaged, bucket, len(v), next)
		}
		runs = append(runs, runRef{start: next, level: int(v[0]), size: len(v)})
		next += binary.LittleEndian.Uint32(v[4:])
	}
	if next != end {
		return nil, fmt.Errorf("%w: %s: %d, not %d", ErrDamaged, bucket, next, end)
	}
	return runs, nil
}

// putRun seals a run and stores it.
func (w *writer) putRun(bucket string, k, v []byte, header int) {
	if w.err == nil {
		w.err = sealRun(v, header, []byte(bucket), k)
	}
	if w.err != nil {
		return
	}
	b, err := w.bucket(bucket).CreateBucket(k)
	if err == nil {
		err = b.Put(k, v)
	}
	w.err = err
}

func (w *writer) dropRun(bucket string, k []byte) {
	if w.err == nil {
		w.err = w.bucket(bucket).DeleteBucket(k)
	}
}

// cutRuns drops all runs from one on.
func (w *writer) cutRuns(bucket string, from []byte) {
	if w.err != nil {
		return
	}
	var keys [][]byte
	c := w.bucket(bucket).Cursor()
	for k, _ := c.Seek(from); k != nil; k, _ = c.Next() {
		keys = append(keys, slices.Clone(k))
	}
	for _, k := range keys {
		w.dropRun(bucket, k)
	}
}
