package eventlog

import (
	"bytes"
	"slices"
	"sort"

	"go.etcd.io/bbolt"
)

// directory reads some runs as one.
type directory struct {
	readers []*pageReader // of runs that go on: by the name at hand, then the older run first
	text    []byte        // the name that was read last
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
	if r.ok {
		d.readers = slices.Insert(d.readers, 0, r)
		d.settle()
	}
}

// settle puts the first run, which went on, where its name at hand belongs, or drops it at its end.
func (d *directory) settle() {
	r, others := d.readers[0], d.readers[1:]
	if !r.ok {
		d.readers = d.readers[:copy(d.readers, others)]
		return
	}
	i := sort.Search(len(others), func(i int) bool { return r.before(others[i]) })
	copy(d.readers, others[:i])
	d.readers[i] = r
}

// before says whether a run's name at hand comes first. Of the same name the older run does: a later one has the greater id.
func (r *pageReader) before(other *pageReader) bool {
	order := bytes.Compare(r.page.text, other.page.text)
	return order < 0 || order == 0 && r.run < other.run
}

// next is the next name with its sum. Its text is valid until the next call. It reports false at the end.
func (d *directory) next() (sum tally, ok bool, err error) {
	for len(d.readers) > 0 {
		r := d.readers[0]
		switch {
		case !ok:
			sum, ok, d.text = r.at, true, append(d.text[:0], r.page.text...)
			sum.Text = textOf(d.text)
		case bytes.Equal(r.page.text, d.text):
			sum.add(&r.at)
		default:
			return sum, true, nil
		}
		if err := r.next(); err != nil {
			return sum, false, err
		}
		d.settle()
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
	keep, id := mergedFrom(runs, uint64(len(added))), uint32(1)
	for _, r := range runs {
		id = max(id, r.ID+1)
	}
	w := &pageWriter{tx: tx, kind: k, run: id}
	if err := w.merge(runs[keep:], sortedNames(added)); err != nil {
		return nil, err
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

// merge writes what some runs and then the names of a list say.
func (w *pageWriter) merge(runs []nameRun, list []tally) error {
	if len(runs) == 0 {
		for i := range list {
			if err := w.add(&list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	d, err := openDirectory(w.tx, w.kind, runs, "")
	if err != nil {
		return err
	}
	r := &pageReader{run: w.run, list: list}
	_ = r.next() // of a list: it cannot fail
	d.add(r)
	for {
		t, ok, err := d.next()
		if err != nil || !ok {
			return err
		}
		if err := w.add(&t); err != nil {
			return err
		}
	}
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
