package ingest

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sortKey orders records; equal keys stay as they stood.
type sortKey struct {
	hi int64
	lo int32
}

func (k sortKey) compare(o sortKey) int {
	if c := cmp.Compare(k.hi, o.hi); c != 0 {
		return c
	}
	return cmp.Compare(k.lo, o.lo)
}

// keyer gives each record its key, in the order in which they stand.
type keyer func(*Record) sortKey

// before is lower than every key of a record that has one: where the first records of a source have none, they stay first.
var before = sortKey{hi: -1 << 63}

// byTime orders by time; a record without one goes with its predecessor.
func byTime() keyer {
	last := before
	return func(r *Record) sortKey {
		if t := stampOfRecord(r); t.Has {
			last = sortKey{t.Sec, t.Nsec}
		}
		return last
	}
}

// bySequence orders by the source's own number; a record without one goes with its predecessor.
func bySequence() keyer {
	last := before
	return func(r *Record) sortKey {
		if r.Sequenced {
			last = sortKey{hi: r.Sequence}
		}
		return last
	}
}

// byReverse turns the records round.
func byReverse() keyer {
	n := int64(0)
	return func(*Record) sortKey {
		n--
		return sortKey{hi: n}
	}
}

// sorter is a stable merge sort in bounded memory: runs that do not fit are sorted and spilled, and merged when they are read.
type sorter struct {
	key   keyer
	limit int64 // bytes held at once
	temp  string
	held  []keyed
	size  int64
	runs  []*run
	frame []byte
}

type keyed struct {
	key    sortKey
	record Record
}

// maxRuns is how many spilled runs are open at once; more are merged into one first.
const maxRuns = 32

// recordCost is what a record takes in memory besides its bytes, about.
const recordCost = 720

// sorted reads all records and yields them in the order of their keys. It closes from. limit bounds the memory, in bytes.
func sorted(from records, key keyer, limit int64, temp string) (records, error) {
	s := &sorter{key: key, limit: limit, temp: temp}
	for {
		r, err := from.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.add(r)
		}
		if err != nil {
			return nil, errors.Join(err, from.close(), s.close())
		}
	}
	if err := from.close(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s.results()
}

func (s *sorter) add(r *Record) error {
	s.held = append(s.held, keyed{s.key(r), *r})
	s.size += int64(len(r.Raw)) + recordCost*int64(max(1, len(r.Events)))
	if s.size < s.limit {
		return nil
	}
	return s.spill()
}

func (s *sorter) sortHeld() {
	slices.SortStableFunc(s.held, func(a, b keyed) int { return a.key.compare(b.key) })
}

func (s *sorter) spill() error {
	s.sortHeld()
	i := 0
	err := s.write(func() (*keyed, error) {
		if i == len(s.held) {
			return nil, io.EOF
		}
		i++
		return &s.held[i-1], nil
	})
	if err != nil {
		return err
	}
	clear(s.held)
	s.held, s.size = s.held[:0], 0
	if len(s.runs) < maxRuns {
		return nil
	}
	return s.compact()
}

// compact merges all runs into one.
func (s *sorter) compact() error {
	old := s.runs
	m, err := mergeRuns(old)
	if err != nil {
		return err
	}
	s.runs = nil
	err = s.write(m.nextKeyed)
	if err != nil {
		s.runs = append(old, s.runs...)
		return err
	}
	return closeRuns(old)
}

// write spills what next yields as one more run.
func (s *sorter) write(next func() (*keyed, error)) error {
	file, err := os.CreateTemp(s.temp, "asof-sort-") // 0600
	if err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	r := &run{file: file, gone: os.Remove(file.Name()) == nil} // where an open file can be unlinked, a kill leaves nothing
	s.runs = append(s.runs, r)
	w := bufio.NewWriterSize(file, 256<<10)
	for {
		k, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.frame = binary.AppendVarint(s.frame[:0], k.key.hi)
		s.frame = binary.AppendVarint(s.frame, int64(k.key.lo))
		s.frame = appendRecord(s.frame, &k.record)
		if err := writeFrame(w, s.frame); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	return nil
}

// results yields the records. What is still held is the last run: the sort is stable because an earlier run wins a tie.
func (s *sorter) results() (records, error) {
	s.sortHeld()
	if len(s.runs) == 0 {
		return &run{held: s.held}, nil
	}
	all := append(s.runs, &run{held: s.held})
	m, err := mergeRuns(all)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return m, nil
}

func (s *sorter) close() error { return closeRuns(s.runs) }

func closeRuns(rs []*run) error {
	var err error
	for _, r := range rs {
		err = errors.Join(err, r.close())
	}
	return err
}

// run is one sorted run of records, in memory or in a file.
type run struct {
	held   []keyed
	file   *os.File
	gone   bool // the file has no name any more
	frames frames
	head   keyed
	number int
}

func (r *run) rewind() error {
	if r.file == nil {
		return nil
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	r.frames.from = bufio.NewReaderSize(r.file, 128<<10)
	return nil
}

// pull reads the next record into head.
func (r *run) pull() error {
	if r.file == nil {
		if len(r.held) == 0 {
			return io.EOF
		}
		r.head, r.held[0] = r.held[0], keyed{}
		r.held = r.held[1:]
		return nil
	}
	p, err := r.frames.next()
	if err != nil {
		return err
	}
	d := &decoder{src: p}
	r.head.key = sortKey{d.int(), int32(d.int())}
	r.head.record, err = decodeRecord(d.src)
	return err
}

func (r *run) next() (*Record, error) {
	if err := r.pull(); err != nil {
		return nil, err
	}
	return &r.head.record, nil
}

// close also removes the file. It may be called twice.
func (r *run) close() error {
	r.held = nil
	if r.file == nil {
		return nil
	}
	name, err := r.file.Name(), r.file.Close()
	r.file = nil
	if !r.gone {
		err = errors.Join(err, os.Remove(name))
	}
	if err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	return nil
}
