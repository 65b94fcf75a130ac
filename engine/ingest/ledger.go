package ingest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"sync"
)

// ledger accounts for the bytes of a source up to where its records were passed on: how many lines, what the last of them were,
// and the SHA-256 of all. A reader runs ahead of it. Where the file can be read again at any place, its sums say what it takes; else
// the ledger keeps what the reader took until it is accounted for.
type ledger struct {
	at   uint64
	due  uint64 // up to where it is not worth to advance
	sums *sums  // of a plain file; or nil, and then the rest counts

	lines uint64
	tail  []byte
	mu    sync.Mutex
	ahead []stretch // read, not yet accounted for
	ends  uint64    // offset of the end of what is ahead
}

// stretch is bytes that were read in one go, or, once it is known that no record ends within them, what counts of them.
type stretch struct {
	size  uint64
	lines uint64 // without those in tail
	tail  []byte // the last of the bytes: all of them, or at least tailSize
}

// ledgerStep is how many bytes a ledger takes at once.
const ledgerStep = 1 << 20

// newLedger starts at a place of what can not be read again.
func newLedger(from place) *ledger {
	return &ledger{at: from.Offset, ends: from.Offset, lines: from.Lines, due: from.Offset + ledgerStep}
}

// wrote tells the ledger what the reader took.
func (l *ledger) wrote(p []byte) {
	if l.sums != nil {
		l.sums.wrote(p)
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
	if l.sums != nil {
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
	if l.sums != nil {
		l.at = max(l.at, to)
		l.sums.forget(l.at)
		return nil
	}
	for l.at < to {
		r, err := l.next(to - l.at)
		if err != nil {
			return err
		}
		l.account(r)
	}
	return nil
}

// keepUp is advance in larger steps: it may stay behind.
func (l *ledger) keepUp(to uint64) error {
	if to < l.due {
		return nil
	}
	l.due = to + ledgerStep
	return l.advance(to)
}

// next is the next stretch of bytes, at most n of them.
func (l *ledger) next(n uint64) (stretch, error) {
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
	if l.sums != nil {
		return l.sums.place(l.at)
	}
	tail := sha256.Sum256(l.last())
	return place{Offset: l.at, Lines: l.lines, TailLen: len(l.last()), Tail: tail[:]}, nil
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
