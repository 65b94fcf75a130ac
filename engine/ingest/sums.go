package ingest

import (
	"cmp"
	"crypto/sha256"
	"encoding"
	"fmt"
	"hash"
	"io"
	"sync"
)

// sums are the SHA-256 and the lines of a plain file, counted by its reader as it takes the bytes, while they are near. What they were
// at some places on the way is remembered until the ledger has passed these: for a place between two of them, the few bytes from the
// first one on are read again.
type sums struct {
	file  io.ReaderAt // from the unpacked bytes on
	taken uint64      // offset of the end of what the reader took
	here  mark        // of what was counted; its sum is running
	sum   hash.Hash

	mu    sync.Mutex
	marks []mark // the first one is the last that is not behind the ledger
}

// mark is what the sums were at an offset.
type mark struct {
	at    uint64
	lines uint64
	sum   []byte // as crypto/sha256 marshals it
}

// markStep is how far marks are apart, at least, and sumBuffer how much is read at once.
const (
	markStep  = 256 << 10
	sumBuffer = 256 << 10
)

// sumBuffers are what is read into to be hashed: there may be thousands of sources.
var sumBuffers = sync.Pool{New: func() any { return new([sumBuffer]byte) }}

// sumLedger starts at a place of a plain file, from which its reader is at or before. Head is what precedes the unpacked bytes.
func sumLedger(raw io.ReaderAt, head int, from place, reader uint64) (*ledger, error) {
	s := &sums{file: io.NewSectionReader(raw, int64(head), 1<<62), taken: reader, sum: sha256.New(), here: mark{at: from.Offset, lines: from.Lines}}
	if len(from.Sum) > 0 {
		if err := s.sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(from.Sum); err != nil {
			return nil, fmt.Errorf("running SHA-256: %w", err)
		}
	} else if n := int64(head) + int64(from.Offset); n > 0 {
		if got, err := hashInto(s.sum, raw, 0, n); err != nil || got < n {
			return nil, fmt.Errorf("bytes consumed: %w", cmp.Or(err, io.EOF))
		}
	}
	l := newLedger(from)
	l.sums = s
	return l, s.mark()
}

// hashInto hashes n bytes of a file from an offset on, or as many as there are, and returns how many.
func hashInto(h io.Writer, f io.ReaderAt, off, n int64) (int64, error) {
	if n <= 0 {
		return 0, nil
	}
	buffer := sumBuffers.Get().(*[sumBuffer]byte)
	defer sumBuffers.Put(buffer)
	return io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{io.NewSectionReader(f, off, n)}, buffer[:])
}

// wrote counts what the reader took.
func (s *sums) wrote(p []byte) {
	known := min(uint64(len(p)), max(s.here.at, s.taken)-s.taken)
	s.taken += uint64(len(p))
	if p = p[known:]; len(p) == 0 {
		return
	}
	s.sum.Write(p)
	s.here.lines += countLines(p)
	s.here.at += uint64(len(p))
	if s.here.at-s.last() >= markStep {
		_ = s.mark() // a sum that can be marshalled once, can be again
	}
}

func (s *sums) last() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.marks[len(s.marks)-1].at
}

// mark remembers what the sums are.
func (s *sums) mark() (err error) {
	if s.here.sum, err = marshalSum(s.sum); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks = append(s.marks, s.here)
	return nil
}

func marshalSum(sum hash.Hash) ([]byte, error) {
	text, err := sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("running SHA-256: %w", err)
	}
	return text, nil
}

// forget drops the marks that no place from an offset on needs, and returns the first that is left.
func (s *sums) forget(at uint64) mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for n+1 < len(s.marks) && s.marks[n+1].at <= at {
		n++
	}
	s.marks = s.marks[n:]
	return s.marks[0]
}

// place is the place at an offset, which is not before an earlier one.
func (s *sums) place(at uint64) (place, error) {
	m := s.forget(at)
	counted := counting{Hash: sha256.New(), lines: m.lines}
	if err := counted.Hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(m.sum); err != nil {
		return place{}, fmt.Errorf("running SHA-256: %w", err)
	}
	got, err := hashInto(&counted, s.file, int64(m.at), int64(at-m.at))
	if err == nil && uint64(got) < at-m.at {
		err = io.ErrUnexpectedEOF
	}
	tail := make([]byte, min(at, tailSize))
	if err == nil && len(tail) > 0 {
		_, err = s.file.ReadAt(tail, int64(at)-int64(len(tail)))
	}
	if err != nil {
		return place{}, fmt.Errorf("the file became shorter while it was read: %w", err)
	}
	p := place{Offset: at, Lines: counted.lines, TailLen: len(tail)}
	hash := sha256.Sum256(tail)
	p.Tail = hash[:]
	if p.Sum, err = marshalSum(counted.Hash); err != nil {
		return place{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks[0] = mark{at, p.Lines, p.Sum}
	return p, nil
}

// counting hashes, and counts lines.
type counting struct {
	hash.Hash
	lines uint64
}

func (c *counting) Write(p []byte) (int, error) {
	c.lines += countLines(p)
	return c.Hash.Write(p)
}
