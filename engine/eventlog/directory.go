package eventlog

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"
)

// directory reads some runs as one.
type directory struct{ readers []*pageReader }

func openDirectory(tx *bbolt.Tx, k nameKind, runs []nameRun, from string) (*directory, error) {
	d := &directory{}
	for _, run := range runs {
		r := &pageReader{tx: tx, kind: k, run: run.ID}
		if err := r.seek(from); err != nil {
			return nil, err
		}
		d.readers = append(d.readers, r)
	}
	return d, nil
}

// next is the next name with its sum, or nil at the end.
func (d *directory) next() (*tally, error) {
	var low *tally
	for _, r := range d.readers {
		if len(r.list) > 0 && (low == nil || r.list[0].Text < low.Text) {
			low = &r.list[0]
		}
	}
	if low == nil {
		return nil, nil
	}
	sum, first := tally{}, true
	text := low.Text
	for _, r := range d.readers {
		if len(r.list) == 0 || r.list[0].Text != text {
			continue
		}
		if first {
			sum, first = r.list[0], false
		} else {
			sum.add(&r.list[0])
		}
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	return &sum, nil
}

// lookUp is one name's sum, or nil.
func lookUp(tx *bbolt.Tx, k nameKind, runs []nameRun, name string) (*tally, error) {
	var sum *tally
	for _, run := range runs {
		r := pageReader{tx: tx, kind: k, run: run.ID}
		t, found, err := r.find(name)
		switch {
		case err != nil:
			return nil, err
		case found && sum == nil:
			sum = &t
		case found:
			sum.add(&t)
		}
	}
	return sum, nil
}

// addRun writes what new events add as a run, merged with runs before it, and returns the runs that there are then.
func addRun(tx *bbolt.Tx, k nameKind, runs []nameRun, added []tally) ([]nameRun, error) {
	if len(added) == 0 {
		return runs, nil
	}
	sortNames(added)
	keep, total, id := len(runs), uint64(len(added)), uint32(1)
	for _, r := range runs {
		id = max(id, r.ID+1)
	}
	for keep > 0 && runs[keep-1].N <= 2*total && runs[keep-1].N+total <= mostMerged {
		keep--
		total += runs[keep].N
	}
	d, err := openDirectory(tx, k, runs[keep:], "")
	if err != nil {
		return nil, err
	}
	d.readers = append(d.readers, &pageReader{tx: tx, kind: k, run: id, key: runPrefix(k, id+1), list: added})
	w := &pageWriter{tx: tx, kind: k, run: id}
	for {
		t, err := d.next()
		if err != nil {
			return nil, err
		}
		if t == nil {
			break
		}
		if err := w.add(t); err != nil {
			return nil, err
		}
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	for _, r := range runs[keep:] {
		if err := dropRun(tx, k, r.ID); err != nil {
			return nil, err
		}
	}
	return append(slices.Clone(runs[:keep]), nameRun{ID: id, N: w.n}), nil
}

// sortNames sorts by name. What is compared is mostly the two numbers that names begin with, behind what all begin with.
func sortNames(list []tally) {
	type key struct {
		first, second uint64
		at            int32
	}
	shared := len(list[0].Text)
	for i := range list {
		text := list[i].Text
		shared = min(shared, len(text))
		for shared > 0 && text[:shared] != list[0].Text[:shared] {
			shared--
		}
	}
	keys := make([]key, len(list))
	for i := range list {
		var b [16]byte
		copy(b[:], list[i].Text[shared:])
		keys[i] = key{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:]), int32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		switch {
		case a.first != b.first:
			return cmp.Compare(a.first, b.first)
		case a.second != b.second:
			return cmp.Compare(a.second, b.second)
		}
		return cmp.Compare(list[a.at].Text, list[b.at].Text)
	})
	sorted := make([]tally, len(list))
	for i := range keys {
		sorted[i] = list[keys[i].at]
	}
	copy(list, sorted)
}

func dropRun(tx *bbolt.Tx, k nameKind, run uint32) error {
	c, err := cursor(tx, bucketNames)
	if err != nil {
		return err
	}
	prefix := runPrefix(k, run)
	var keys [][]byte
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Next() {
		keys = append(keys, bytes.Clone(key))
	}
	for _, key := range keys {
		if err := tx.Bucket(bucketNames).Delete(key); err != nil {
			return err
		}
	}
	return nil
}
