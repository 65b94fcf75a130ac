package casefile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"time"

	"asof/engine/event"
	"asof/engine/store"
	"go.etcd.io/bbolt"
)

// The buckets.
var (
	marks  = []byte("marks")
	notes  = []byte("notes")
	memory = []byte("memory")
)

// Marks lists the marks by position, then by name.
func (f *File) Marks(ctx context.Context) ([]Mark, error) {
	list, err := all[Mark](ctx, f, marks)
	slices.SortFunc(list, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Name, b.Name))
	})
	return list, err
}

// SetMark puts a mark at a position, or moves the one of that name there. Without a name it takes the first free one of
// a … z, then m1, m2 …. It returns the mark as it was set.
func (f *File) SetMark(ctx context.Context, m Mark) (Mark, error) {
	m.Created = time.Now().UTC().Truncate(time.Millisecond)
	err := f.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(marks)
		if b == nil {
			return missing(marks)
		}
		if m.Name == "" {
			m.Name = freeName(b)
		}
		return put(b, []byte(m.Name), m)
	})
	return m, err
}

func freeName(b *bbolt.Bucket) string {
	for c := 'a'; c <= 'z'; c++ {
		if b.Get([]byte(string(c))) == nil {
			return string(c)
		}
	}
	for n := 1; ; n++ {
		if name := fmt.Sprintf("m%d", n); b.Get([]byte(name)) == nil {
			return name
		}
	}
}

// DeleteMark removes a mark. One that is not there is no error.
func (f *File) DeleteMark(ctx context.Context, name string) error {
	return f.remove(ctx, marks, []byte(name))
}

// Notes lists the notes by position, then in the order in which they were written.
func (f *File) Notes(ctx context.Context) ([]Note, error) {
	list, err := all[Note](ctx, f, notes)
	slices.SortStableFunc(list, func(a, b Note) int { return cmp.Compare(a.Position, b.Position) })
	return list, err
}

// AddNote writes a note and returns it with its number.
func (f *File) AddNote(ctx context.Context, pos event.Position, text string) (Note, error) {
	n := Note{Position: pos, Text: text, Created: time.Now().UTC().Truncate(time.Millisecond)}
	err := f.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(notes)
		if b == nil {
			return missing(notes)
		}
		number, err := b.NextSequence()
		if err != nil {
			return err
		}
		n.Number = number
		return put(b, binary.BigEndian.AppendUint64(nil, number), n)
	})
	return n, err
}

// DeleteNote removes a note. One that is not there is no error.
func (f *File) DeleteNote(ctx context.Context, number uint64) error {
	return f.remove(ctx, notes, binary.BigEndian.AppendUint64(nil, number))
}

// Memory is what was remembered last, by this process or an earlier one, and whether anything was.
func (f *File) Memory(ctx context.Context) (Memory, bool, error) {
	f.memory.Lock()
	latest := f.latest
	f.memory.Unlock()
	if latest != nil {
		return *latest, true, nil
	}
	list, err := all[Memory](ctx, f, memory)
	if err != nil || len(list) == 0 {
		return Memory{}, false, err
	}
	return list[0], true, nil
}

// Remember saves m within a second. The caller leaves m's slices alone from then on. A failure is told by Close.
func (f *File) Remember(m Memory) {
	if f.readOnly {
		return
	}
	f.memory.Lock()
	defer f.memory.Unlock()
	if f.closed {
		return
	}
	if f.latest == nil {
		f.saving.Add(1)
		f.timer = time.AfterFunc(f.delay, func() {
			defer f.saving.Done()
			f.save()
		})
	}
	f.latest = &m
}

// save writes what is remembered, if it is not written yet.
func (f *File) save() {
	f.memory.Lock()
	m := f.latest
	f.memory.Unlock()
	if m == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*store.Wait)
	defer cancel()
	err := f.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(memory)
		if b == nil {
			return missing(memory)
		}
		return put(b, memory, m)
	})
	f.memory.Lock()
	defer f.memory.Unlock()
	if unwritable(err) { // nothing is remembered of looking at a store that can not be written to
		err = nil
	}
	f.failed = err
	switch {
	case f.latest == m:
		f.latest = nil
	case !f.closed:
		// Something newer came while this was written; it is saved in its turn.
		f.saving.Add(1)
		f.timer = time.AfterFunc(f.delay, func() {
			defer f.saving.Done()
			f.save()
		})
	}
}

func (f *File) remove(ctx context.Context, bucket, key []byte) error {
	return f.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		if b == nil {
			return missing(bucket)
		}
		return b.Delete(key)
	})
}

func put(b *bbolt.Bucket, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return b.Put(key, text)
}

func all[T any](ctx context.Context, f *File, bucket []byte) ([]T, error) {
	var list []T
	err := f.view(ctx, func(tx *bbolt.Tx) error {
		list = nil
		b := tx.Bucket(bucket)
		if b == nil && bytes.Equal(bucket, points) {
			return nil
		}
		if b == nil {
			return missing(bucket)
		}
		return b.ForEach(func(key, text []byte) error {
			v, err := decode[T](bucket, key, text)
			list = append(list, v)
			return err
		})
	})
	return list, err
}

func decode[T any](bucket, key, text []byte) (v T, err error) {
	if err := json.Unmarshal(text, &v); err != nil {
		return v, fmt.Errorf("%w: %s %q: %w", store.ErrDamaged, bucket, key, err)
	}
	return v, nil
}

func missing(bucket []byte) error {
	return fmt.Errorf("%w: no bucket %s", store.ErrDamaged, bucket)
}

// unwritable reports whether an error says that the file or its folder can not be written to, by anybody or by this user.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
