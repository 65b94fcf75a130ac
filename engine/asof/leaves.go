package asof

import (
	"encoding/binary"
	"fmt"

	"asof/engine/store"

	"github.com/zeebo/xxh3"
)

// leaves are the body of a run. Its seal covers header and rows, and the rows have a sum of each leaf: so a look-up reads, and checks,
// one leaf of a run however large it is, each once per handle.
//
//	┌──────┬────────┬────────────────────────────────┬──────┬──────┬───
//	│ seal │ header │ first u32 · end u32 · sum u32 … │ leaf │ leaf │ …     the header's last u32 counts the leaves
//	└──────┴────────┴────────────────────────────────┴──────┴──────┴───
type leaves struct {
	rows []byte
	body []byte
	warm warm // those found whole
	name string
}

const leafRow = 12

// leafSize is of how many keys a leaf tells: some 4 KiB.
const leafSize = 128

// leavesFor is how many leaves so many things take.
func leavesFor(n, size int) int { return (n + size - 1) / size }

// leavesHead is how many bytes stand in front of the leaves, of a run behind its seal.
func leavesHead(b []byte, header int) (int, error) {
	if len(b) < header {
		return 0, fmt.Errorf("%w: run of %d bytes", ErrDamaged, len(b))
	}
	n := uint64(binary.LittleEndian.Uint32(b[header-4:]))
	if n*leafRow > uint64(len(b)-header) {
		return 0, fmt.Errorf("%w: run of %d leaves in %d bytes", ErrDamaged, n, len(b))
	}
	return header + int(n)*leafRow, nil
}

func leafSum(leaf []byte) uint32 { return uint32(xxh3.Hash(leaf)) }

func (l *leaves) count() int         { return len(l.rows) / leafRow }
func (l *leaves) first(i int) uint32 { return binary.LittleEndian.Uint32(l.rows[leafRow*i:]) }

func (l *leaves) bounds(i int) (from, to int) {
	if i > 0 {
		from = int(binary.LittleEndian.Uint32(l.rows[leafRow*i-8:]))
	}
	return from, int(binary.LittleEndian.Uint32(l.rows[leafRow*i+4:]))
}

// before is how many of the first n leaves begin with less than v.
func (l *leaves) before(n int, v uint32) int {
	lo, hi := 0, n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if l.first(mid) < v {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// want asks the system for a leaf that this handle has not read yet.
func (l *leaves) want(i int) {
	if i >= 0 && i < l.count() && !l.warm.has(i) {
		if from, to := l.bounds(i); from <= to && to <= len(l.body) {
			store.WillNeed(l.body[from:to])
		}
	}
}

// leaf is a leaf, checked.
func (l *leaves) leaf(i int) ([]byte, error) {
	if i < 0 || i >= l.count() {
		return nil, fmt.Errorf("%w: %s: no leaf %d of %d", ErrDamaged, l.name, i, l.count())
	}
	from, to := l.bounds(i)
	if from > to || to > len(l.body) {
		return nil, fmt.Errorf("%w: %s: leaf %d lies outside", ErrDamaged, l.name, i)
	}
	leaf := l.body[from:to]
	if !l.warm.has(i) {
		if leafSum(leaf) != binary.LittleEndian.Uint32(l.rows[leafRow*i+8:]) {
			return nil, fmt.Errorf("%w: %s: leaf %d: the checksum is another", ErrDamaged, l.name, i)
		}
		l.warm.first(i)
	}
	return leaf, nil
}

// check reads all leaves.
func (l *leaves) check() error {
	last := 0
	for i := range l.count() {
		if !l.warm.has(i) {
			store.WillNeed(l.body)
			break
		}
	}
	for i := range l.count() {
		if _, err := l.leaf(i); err != nil {
			return err
		}
		_, last = l.bounds(i)
	}
	if last != len(l.body) {
		return fmt.Errorf("%w: %s: %d bytes of leaves in %d", ErrDamaged, l.name, last, len(l.body))
	}
	return nil
}

// u32s is a number of a list that stands in leaves of listSize numbers, from one leaf on.
func (l *leaves) u32s(from, i int) (uint32, error) {
	b, err := l.leaf(from + i/listSize)
	if err != nil {
		return 0, err
	}
	if i = i % listSize; 4*i+4 > len(b) {
		return 0, fmt.Errorf("%w: %s: a list is cut off", ErrDamaged, l.name)
	}
	return u32At(b, i), nil
}

const listSize = 1024

// runWriter writes a run's value.
type runWriter struct {
	v           []byte
	row, body   int // where the next row, and the body, stand
	leafStarted int
}

// startRun begins a run that has so many bytes of leaves, about.
func startRun(header []byte, count, body int) *runWriter {
	v := append(newValue(len(header)+count*leafRow+body), header...)
	w := &runWriter{row: len(v), body: len(v) + count*leafRow}
	w.v, w.leafStarted = append(v, make([]byte, count*leafRow)...), w.body
	return w
}

func (w *runWriter) u32(v uint32) { w.v = binary.LittleEndian.AppendUint32(w.v, v) }

// end ends a leaf.
func (w *runWriter) end(first uint32) {
	binary.LittleEndian.PutUint32(w.v[w.row:], first)
	binary.LittleEndian.PutUint32(w.v[w.row+4:], uint32(len(w.v)-w.body))
	binary.LittleEndian.PutUint32(w.v[w.row+8:], leafSum(w.v[w.leafStarted:]))
	w.row, w.leafStarted = w.row+leafRow, len(w.v)
}

// list writes a list in leaves.
func (w *runWriter) list(numbers []uint32) {
	for len(numbers) > 0 {
		n := min(listSize, len(numbers))
		for _, v := range numbers[:n] {
			w.u32(v)
		}
		w.end(0)
		numbers = numbers[n:]
	}
}
