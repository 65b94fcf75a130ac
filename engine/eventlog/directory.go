package eventlog

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
	"strings"

	"go.etcd.io/bbolt"
)

// directory reads some runs as one.
type directory struct {
	readers []*pageReader // of runs that go on: by the name at hand, then the older run first
}

func openDirectory(tx *bbolt.Tx, k nameKind, runs []nameRun, from string) (*directory, error) {
	d := &directory{}
	for _, run := range runs {
		r := &pageReader{tx: tx, kind: k, run: run.ID}
		if err := r.seek(from); err != nil {
			return nil, err
		}
		d.add(r)
	}
	return d, nil
}

// add adds a run, which is younger than those that it has.
func (d *directory) add(r *pageReader) {
	if len(r.list) > 0 {
		d.put(r)
	}
}

// put puts a run where its name at hand belongs.
func (d *directory) put(r *pageReader) {
	i := sort.Search(len(d.readers), func(i int) bool { return r.before(d.readers[i]) })
	d.readers = slices.Insert(d.readers, i, r)
}

// before says whether a run's name at hand comes first. Of the same name the older run does: a later one has the greater id.
func (r *pageReader) before(other *pageReader) bool {
	order := strings.Compare(r.list[0].Text, other.list[0].Text)
	return order < 0 || order == 0 && r.run < other.run
}

// next is the next name with its sum; it reports false at the end.
func (d *directory) next() (sum tally, ok bool, err error) {
	for len(d.readers) > 0 {
		r := d.readers[0]
		switch t := &r.list[0]; {
		case !ok:
			sum, ok = *t, true
		case t.Text == sum.Text:
			sum.add(t)
		default:
			return sum, true, nil
		}
		if err := r.next(); err != nil {
			return sum, false, err
		}
		d.readers = d.readers[:copy(d.readers, d.readers[1:])]
		d.add(r)
	}
	return sum, ok, nil
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
	keep, id := mergedFrom(runs, uint64(len(added))), uint32(1)
	for _, r := range runs {
		id = max(id, r.ID+1)
	}
	d, err := openDirectory(tx, k, runs[keep:], "")
	if err != nil {
		return nil, err
	}
	d.add(&pageReader{tx: tx, kind: k, run: id, key: runPrefix(k, id+1), list: added})
	w := &pageWriter{tx: tx, kind: k, run: id}
	for {
		t, ok, err := d.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if err := w.add(&t); err != nil {
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

// mergedFrom says with which of the runs a new one is merged: those from an index on. They are the last ones that are not much larger
// than all behind them. Names of an import come in large runs, mostly the same names again: such a run waits until there are some.
func mergedFrom(runs []nameRun, added uint64) int {
	from, total := len(runs), added
	for from > 0 && runs[from-1].N <= 2*total && runs[from-1].N+total <= mostMerged {
		from--
		total += runs[from].N
	}
	if added >= manyNames && len(runs)-from < waitingRuns {
		return len(runs)
	}
	return from
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
