package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"fmt"
	"hash"
	"io"
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
	sum   hash.Hash // of the raw bytes, only with again

	mu     sync.Mutex
	ahead  [][]byte // read, not yet accounted for; only without again
	buffer []byte
}

// ledgerStep is how many bytes a ledger takes at once, and ledgerBuffer how many it reads at once.
const (
	ledgerStep   = 1 << 20
	ledgerBuffer = 256 << 10
)

// newLedger starts at a place. For a plain file, raw is the file and mark what precedes the unpacked bytes.
func newLedger(raw io.ReaderAt, mark int, from place) (*ledger, error) {
	l := &ledger{at: from.Offset, lines: from.Lines}
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

func (l *ledger) sumPrefix(raw io.ReaderAt, n int64) error {
	if _, err := io.CopyN(l.sum, io.NewSectionReader(raw, 0, n), n); err != nil {
		return fmt.Errorf("bytes consumed: %w", err)
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
	// What unpacks to much more than it is repeats itself: it is kept once.
	if n := len(l.ahead); n > 0 && bytes.Equal(l.ahead[n-1], p) {
		l.ahead = append(l.ahead, l.ahead[n-1])
		return
	}
	l.ahead = append(l.ahead, bytes.Clone(p))
}

// advance accounts for the bytes up to an offset. A lower one than before is no news.
func (l *ledger) advance(to uint64) error {
	for l.at < to {
		p, err := l.next(to - l.at)
		if err != nil {
			return err
		}
		l.account(p)
	}
	return nil
}

// keepUp is advance in larger steps: it may stay behind by a step.
func (l *ledger) keepUp(to uint64) error {
	if to < l.at+ledgerStep {
		return nil
	}
	return l.advance(to)
}

// next is the next run of bytes, at most n of them.
func (l *ledger) next(n uint64) ([]byte, error) {
	if l.again == nil {
		return l.nextKept(n)
	}
	if l.buffer == nil {
		l.buffer = make([]byte, ledgerBuffer)
	}
	p := l.buffer[:min(n, uint64(len(l.buffer)))]
	if _, err := l.again.ReadAt(p, int64(l.at)); err != nil {
		return nil, fmt.Errorf("the file became shorter while it was read: %w", err)
	}
	return p, nil
}

func (l *ledger) nextKept(n uint64) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ahead) == 0 {
		return nil, fmt.Errorf("record ends %d bytes beyond what was read: %w", n, io.ErrUnexpectedEOF)
	}
	p := l.ahead[0]
	if uint64(len(p)) > n {
		l.ahead[0] = p[n:]
		return p[:n], nil
	}
	l.ahead[0] = nil
	l.ahead = l.ahead[1:]
	return p, nil
}

func (l *ledger) account(p []byte) {
	l.at += uint64(len(p))
	l.lines += uint64(bytes.Count(p, []byte{'\n'}))
	if l.sum != nil {
		l.sum.Write(p)
	}
	if len(p) >= tailSize {
		l.tail = append(l.tail[:0], p[len(p)-tailSize:]...)
		return
	}
	l.tail = append(l.tail, p...)
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
