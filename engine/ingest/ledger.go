package ingest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding"
	"fmt"
	"hash"
	"io"
	"slices"
	"sync"
)

// ledger accounts for the bytes of a source up to where its records were passed on: how many lines, what the last of them were,
// and the SHA-256 of all. A reader runs ahead of it. Where the file can be read again at any place, the ledger reads it
// again; else it keeps what the reader took until it is accounted for.
type ledger struct {
	again io.ReaderAt // the unpacked bytes, or nil
	at    uint64
	lines uint64
	tail  []byte
	sum   hash.Hash  // of the raw bytes, only with again
	step  chan error // of an advance at work beside; nil if there is none
	due   uint64     // up to where it is not worth to advance

	mu    sync.Mutex
	ahead []stretch // read, not yet accounted for; only without again
	ends  uint64    // offset of the end of what is ahead
}

// ledgerBuffers are what ledgers read into: there may be thousands of them.
var ledgerBuffers = sync.Pool{New: func() any { return new([ledgerBuffer]byte) }}

// stretch is bytes that were read in one go, or, once it is known that no record ends within them, what counts of them.
type stretch struct {
	size  uint64
	lines uint64 // without those in tail
	tail  []byte // the last of the bytes: all of them, or at least tailSize
}

// ledgerStep is how many bytes a ledger takes at once, and ledgerBuffer how many it reads at once.
const (
	ledgerStep   = 1 << 20
	ledgerBuffer = 256 << 10
)

// newLedger starts at a place. For a plain file, raw is the file and mark what precedes the unpacked bytes.
func newLedger(raw io.ReaderAt, mark int, from place) (*ledger, error) {
	l := &ledger{at: from.Offset, ends: from.Offset, lines: from.Lines, due: from.Offset + ledgerStep}
	if raw == nil {
		return l, nil
	}
	l.again, l.sum = io.NewSectionReader(raw, int64(mark), 1<<62), sha256.New()
	if len(from.Sum) > 0 {
		if err := l.sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(from.Sum); err != nil {
			return nil, fmt.Errorf("running SHA-256: %w", err)
		}
	} else if err := l.sumPrefix(raw, int64(mark)+int64(from.Offset)); err != nil {
		return nil, err
	}
	l.tail = make([]byte, min(from.Offset, tailSize))
	if _, err := l.again.ReadAt(l.tail, int64(from.Offset)-int64(len(l.tail))); err != nil && len(l.tail) > 0 {
		return nil, fmt.Errorf("last bytes consumed: %w", err)
	}
	return l, nil
}

// hashInto hashes n bytes of a file from an offset on, or as many as there are, and returns how many.
func hashInto(h hash.Hash, f io.ReaderAt, off, n int64) (int64, error) {
	if n <= 0 {
		return 0, nil
	}
	buffer := ledgerBuffers.Get().(*[ledgerBuffer]byte)
	defer ledgerBuffers.Put(buffer)
	return io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{io.NewSectionReader(f, off, n)}, buffer[:])
}

func (l *ledger) sumPrefix(raw io.ReaderAt, n int64) error {
	if got, err := hashInto(l.sum, raw, 0, n); err != nil || got < n {
		return fmt.Errorf("bytes consumed: %w", cmp.Or(err, io.EOF))
	}
	return nil
}

// wrote tells the ledger what the reader took.
func (l *ledger) wrote(p []byte) {
	if l.again != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends += uint64(len(p))
	// What unpacks to much more than it is repeats itself: it is kept once.
	if n := len(l.ahead); n > 0 && l.ahead[n-1].size == uint64(len(p)) && bytes.Equal(l.ahead[n-1].tail, p) {
		l.ahead = append(l.ahead, l.ahead[n-1])
		return
	}
	l.ahead = append(l.ahead, stretch{size: uint64(len(p)), tail: bytes.Clone(p)})
}

// pass makes one stretch of those between two offsets, within which no record ends.
func (l *ledger) pass(from, to uint64) {
	if l.again != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last, end := len(l.ahead), l.ends
	for last > 0 && end > to {
		last--
		end -= l.ahead[last].size
	}
	first, begin := last, end
	for first > 0 && begin >= from+l.ahead[first-1].size {
		first--
		begin -= l.ahead[first].size
	}
	if last-first < 2 {
		return
	}
	l.ahead = slices.Replace(l.ahead, first, last, join(l.ahead[first:last]))
}

// join is one stretch of several.
func join(all []stretch) stretch {
	var one stretch
	for _, r := range all {
		one.size += r.size
		one.lines += r.lines
		if n := len(r.tail) - tailSize; n >= 0 {
			one.lines += countLines(one.tail) + countLines(r.tail[:n])
			one.tail = r.tail
			if n > 0 {
				one.tail = bytes.Clone(r.tail[n:])
			}
			continue
		}
		tail := slices.Concat(one.tail, r.tail)
		n := max(0, len(tail)-tailSize)
		one.lines += countLines(tail[:n])
		one.tail = tail[n:]
	}
	return one
}

func countLines(p []byte) uint64 { return uint64(bytes.Count(p, []byte{'\n'})) }

// advance accounts for the bytes up to an offset. A lower one than before is no news.
func (l *ledger) advance(to uint64) error {
	if err := l.settle(); err != nil {
		return err
	}
	return l.catchUp(to)
}

func (l *ledger) catchUp(to uint64) error {
	if l.at >= to {
		return nil
	}
	buffer := ledgerBuffers.Get().(*[ledgerBuffer]byte)
	defer ledgerBuffers.Put(buffer)
	for l.at < to {
		r, err := l.next(to-l.at, buffer[:])
		if err != nil {
			return err
		}
		l.account(r)
	}
	return nil
}

// keepUp is advance in larger steps, and beside the caller where the file can be read again: it may stay behind.
func (l *ledger) keepUp(to uint64) error {
	if to < l.due {
		return nil
	}
	l.due = to + ledgerStep
	if l.again == nil {
		return l.catchUp(to)
	}
	if l.step != nil && len(l.step) == 0 { // it is at work still
		return nil
	}
	if err := l.settle(); err != nil {
		return err
	}
	step := make(chan error, 1)
	l.step = step
	go func() { step <- l.catchUp(to) }()
	return nil
}

// settle waits until nothing is at work beside. It is due before anything else of the ledger is read, and before its file is closed.
func (l *ledger) settle() error {
	if l.step == nil {
		return nil
	}
	err := <-l.step
	l.step = nil
	return err
}

// next is the next stretch of bytes, at most n of them. It may lie in buffer.
func (l *ledger) next(n uint64, buffer []byte) (stretch, error) {
	if l.again == nil {
		return l.nextKept(n)
	}
	p := buffer[:min(n, uint64(len(buffer)))]
	if _, err := l.again.ReadAt(p, int64(l.at)); err != nil {
		return stretch{}, fmt.Errorf("the file became shorter while it was read: %w", err)
	}
	return stretch{size: uint64(len(p)), tail: p}, nil
}

func (l *ledger) nextKept(n uint64) (stretch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ahead) == 0 {
		return stretch{}, fmt.Errorf("record ends %d bytes beyond what was read: %w", n, io.ErrUnexpectedEOF)
	}
	r := l.ahead[0]
	if r.size <= n {
		l.ahead[0] = stretch{}
		l.ahead = l.ahead[1:]
		return r, nil
	}
	if r.size > uint64(len(r.tail)) {
		return stretch{}, fmt.Errorf("record ends at byte %d, within another one: %w", l.at+n, io.ErrUnexpectedEOF)
	}
	l.ahead[0] = stretch{size: r.size - n, tail: r.tail[n:]}
	return stretch{size: n, tail: r.tail[:n]}, nil
}

func (l *ledger) account(r stretch) {
	l.at += r.size
	l.lines += r.lines + countLines(r.tail)
	if l.sum != nil {
		l.sum.Write(r.tail) // all of it: nothing is passed where the file can be read again
	}
	if len(r.tail) >= tailSize {
		l.tail = append(l.tail[:0], r.tail[len(r.tail)-tailSize:]...)
		return
	}
	l.tail = append(l.tail, r.tail...)
	if len(l.tail) > 4*tailSize {
		l.tail = append(l.tail[:0], l.last()...)
	}
}

// last is the last bytes accounted for, at most tailSize.
func (l *ledger) last() []byte { return l.tail[max(0, len(l.tail)-tailSize):] }

// place is where the ledger stands.
func (l *ledger) place() (place, error) {
	tail := sha256.Sum256(l.last())
	p := place{Offset: l.at, Lines: l.lines, TailLen: len(l.last()), Tail: tail[:]}
	if l.sum != nil {
		sum, err := l.sum.(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			return place{}, fmt.Errorf("running SHA-256: %w", err)
		}
		p.Sum = sum
	}
	return p, nil
}

// same reports whether the bytes before a place are those that were consumed, as far as its evidence goes.
func (p place) same(unpacked io.ReaderAt) (bool, error) {
	if p.TailLen == 0 {
		return true, nil
	}
	tail := make([]byte, p.TailLen)
	n, err := unpacked.ReadAt(tail, int64(p.Offset)-int64(p.TailLen))
	if n < len(tail) {
		if err == io.EOF {
			return false, nil
		}
		return false, err
	}
	sum := sha256.Sum256(tail)
	return bytes.Equal(sum[:], p.Tail), nil
}
