package casefile

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"asof/timeline/debug"
	"go.etcd.io/bbolt"
)

// points is the bucket of breakpoints, watchpoints, tracepoints and displays: big-endian number to JSON. A file that was made
// before there were any has none until the first one is set.
var points = []byte("breakpoints")

// Breakpoints lists the breakpoints by their numbers.
func (f *File) Breakpoints(ctx context.Context) ([]debug.Breakpoint, error) {
	list, err := all[debug.Breakpoint](ctx, f, points)
	slices.SortFunc(list, func(a, b debug.Breakpoint) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// SetBreakpoint keeps a breakpoint: one without a number gets the next one, unless one of the same words is there, which is
// enabled then; another one replaces that of its number. It returns the breakpoint as it is kept. Numbers are not used again.
func (f *File) SetBreakpoint(ctx context.Context, b debug.Breakpoint) (debug.Breakpoint, error) {
	err := f.update(ctx, func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(points)
		if err != nil {
			return err
		}
		if twin, found, err := twinOf(bucket, b); err != nil {
			return err
		} else if found {
			b = twin
			b.Enabled = true
		}
		if b.ID == 0 {
			number, err := bucket.NextSequence()
			if err != nil {
				return err
			}
			b.ID = int(number)
		}
		return put(bucket, numbered(b.ID), b)
	})
	return b, err
}

// twinOf finds the breakpoint that has the words of one without a number.
func twinOf(bucket *bbolt.Bucket, b debug.Breakpoint) (twin debug.Breakpoint, found bool, err error) {
	if b.ID != 0 {
		return twin, false, nil
	}
	err = bucket.ForEach(func(k, text []byte) error {
		old, err := decode[debug.Breakpoint](points, k, text)
		if err == nil && old.String() == b.String() {
			twin, found = old, true
		}
		return err
	})
	return twin, found, err
}

// ChangeBreakpoints lets change make something else of some breakpoints, in one write; one that is not there is passed over.
func (f *File) ChangeBreakpoints(ctx context.Context, ids []int, change func(*debug.Breakpoint)) error {
	return f.update(ctx, func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(points)
		if bucket == nil {
			return nil
		}
		for _, id := range ids {
			text := bucket.Get(numbered(id))
			if text == nil {
				continue
			}
			b, err := decode[debug.Breakpoint](points, numbered(id), text)
			if err != nil {
				return err
			}
			change(&b)
			b.ID = id
			if err := put(bucket, numbered(id), b); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteBreakpoint removes a breakpoint. It reports whether there was one of that number.
func (f *File) DeleteBreakpoint(ctx context.Context, id int) (bool, error) {
	found := false
	err := f.update(ctx, func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(points)
		if found = bucket != nil && bucket.Get(numbered(id)) != nil; !found {
			return nil
		}
		return bucket.Delete(numbered(id))
	})
	return found, err
}

func numbered(id int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }
