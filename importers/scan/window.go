package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"asof/engine/ingest"
)

// ErrIdle says that a live source has nothing to give at present.
var ErrIdle = errors.New("nothing at present")

// DefaultRecord is the longest record, unless Options say otherwise: 64 MiB.
const DefaultRecord = 64 << 20

// recordLimit is the limit that an option means. Spans are 32 bits wide, so that nothing longer can be a record.
func recordLimit(option int64) int64 {
	if option <= 0 {
		return DefaultRecord
	}
	return min(option, 1<<31-1)
}

// keptOfLong is how much is kept of a record that is longer than the limit, and of a bad one that is longer than keptOfBad.
const (
	keptOfLong = 64 << 10
	keptOfBad  = 1 << 20
)

// The first chunk is small, for small sources; the others are of 1 MiB, unless the input says otherwise.
const (
	firstChunk = 64 << 10
	chunkSize  = 1 << 20
)

// window is the unread part of a body. Its chunks are handed out in slices and not written to again as long as these are needed: when
// one is full, the unread rest moves to another one.
//
//	buf  |  handed out  |  unread  |  free  |
//	     0             pos        end      len
type window struct {
	body io.Reader
	buf  []byte
	pos  int
	end  int
	base uint64 // offset of buf[0] in the body
	line uint64 // of buf[pos], from 1
	most int    // how long a record may be that is kept whole
	step int    // how much is read at a time
	err  error  // what the body ended with, io.EOF included

	buffers *ingest.Buffers // that the chunks are taken from; or nil
	taken   bool            // buf is one of them
}

func newWindow(in ingest.Input, limit int64) window {
	w := window{body: in.Body, base: in.Offset, line: in.Line + 1, most: int(limit), step: chunkSize, buffers: in.Buffers}
	if in.Chunk > 0 {
		w.step = in.Chunk
	}
	if m, ok := in.Body.(*memory); ok && m.Len() == len(m.text) { // it can be looked at where it lies
		w.buf, w.end, w.err = m.text[:len(m.text):len(m.text)], len(m.text), io.EOF
	}
	return w
}

// memory is a body that lies in memory.
type memory struct {
	bytes.Reader
	text []byte
}

// Memory is a body of text that nobody writes to any more.
func Memory(text []byte) io.Reader {
	m := &memory{text: text}
	m.Reset(text)
	return m
}

// unread is what may be looked at without reading more.
func (w *window) unread() []byte { return w.buf[w.pos:w.end] }

// offset is the place of the first unread byte.
func (w *window) offset() uint64 { return w.base + uint64(w.pos) }

// more reads more. Its error is ErrIdle, or what the body ended with; then nothing was read.
func (w *window) more() error {
	if w.err != nil {
		return w.err
	}
	if len(w.buf)-w.end < min(firstChunk, w.step)/4 {
		rest := w.unread()
		buf := w.buffers.Take(w.room(len(rest)))
		copy(buf, rest)
		w.leave()
		w.buf, w.pos, w.end, w.taken = buf, 0, len(rest), true
	}
	n, err := w.body.Read(w.buf[w.end:])
	w.end += n
	w.err = err
	switch {
	case n > 0:
		return nil
	case err != nil:
		return err
	}
	return ErrIdle
}

// leave goes away from the chunk at hand.
func (w *window) leave() {
	w.base += uint64(w.pos)
	if w.taken {
		w.buffers.Leave(w.buf)
	}
}

// room is the size of the next chunk, which begins with rest bytes. For a long record it doubles; but no record is longer than
// most, so that near it the next chunk is the last one.
func (w *window) room(rest int) int {
	switch {
	case w.buf == nil:
		return min(firstChunk, w.step)
	case rest <= w.step/2:
		return w.step
	case rest < w.most/4 || rest > w.most:
		return 2 * rest
	}
	return max(w.most, rest) + w.step
}

// grow reads more for a record that did not end in what is unread. A long one doubles before it is looked at again, so that
// looking at it costs no more than its length. The error is ErrIdle, and then nothing was read.
func (w *window) grow() error {
	before := len(w.unread())
	enough := before + 1
	if before > firstChunk {
		enough = max(enough, min(2*before, w.most+1))
	}
	for len(w.unread()) < enough {
		if err := w.more(); err == ErrIdle && len(w.unread()) == before {
			return err
		} else if err != nil {
			break
		}
	}
	return nil
}

// ended reports whether nothing comes after what is unread.
func (w *window) ended() bool { return w.err != nil }

// take fills rec with the next n unread bytes and passes them.
func (w *window) take(rec *ingest.Record, n int) {
	w.takeLines(rec, n, bytes.Count(w.buf[w.pos:w.pos+n], newline))
}

// takeLines is take where it is known how many newlines are in the bytes.
func (w *window) takeLines(rec *ingest.Record, n, lines int) {
	rec.Line, rec.Offset = w.line, w.offset()
	rec.Raw = w.buf[w.pos : w.pos+n : w.pos+n]
	rec.End = rec.Offset + uint64(n)
	w.line += uint64(lines)
	w.pos += n
}

// pass goes on by n bytes.
func (w *window) pass(n int) {
	w.line += uint64(bytes.Count(w.buf[w.pos:w.pos+n], newline))
	w.pos += n
}

var newline = []byte{'\n'}

// skip passes white space (and the record separators of RFC 7464) until something else is unread.
func (w *window) skip() error {
	for {
		for w.pos < w.end && w.buf[w.pos] <= ' ' && blank(w.buf[w.pos]) {
			if w.buf[w.pos] == '\n' {
				w.line++
			}
			w.pos++
		}
		if w.pos < w.end {
			return nil
		}
		if err := w.more(); err != nil {
			return err
		}
	}
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0x1e }

// find is the index, from the first unread byte, of sep at or after from; it reads on as needed. It is -1 if the body ends
// before, or if more than limit bytes would have to be kept.
func (w *window) find(sep []byte, from int, limit int64) (int, error) {
	for {
		src := w.unread()
		if from < len(src) {
			if i := bytes.Index(src[from:], sep); i >= 0 {
				return from + i, nil
			}
			from = max(from, len(src)-len(sep)+1)
		}
		if int64(len(src)) > limit {
			return -1, nil
		}
		if err := w.more(); err != nil {
			if err == ErrIdle {
				return -1, err
			}
			return -1, nil
		}
	}
}

// trimmed is src without white space at its end.
func trimmed(src []byte) []byte {
	n := len(src)
	for n > 0 && blank(src[n-1]) {
		n--
	}
	return src[:n]
}

// discard is a record that is too long to be kept whole, while its rest is being passed.
type discard struct {
	rec   ingest.Record
	until []byte // what ends it; nil = the end of the body
	limit int64  // a record that turns out to be longer is rejected for that
	buf   []byte // what is read on the way; nothing of it is handed out before the end
}

// begin keeps the start of what is unread as a rejected record.
func (d *discard) begin(w *window, until []byte, limit int64, reason string) {
	d.until, d.limit = until, limit
	w.take(&d.rec, min(keptOfLong, len(w.unread())))
	d.rec.Raw = bytes.Clone(d.rec.Raw)
	d.rec.Rejected = reason
}

// run passes the rest. It reports false if the source is idle before the end is found.
func (d *discard) run(w *window) bool {
	for {
		src := w.unread()
		if d.until != nil {
			if i := bytes.Index(src, d.until); i >= 0 {
				w.pass(i)
				break
			}
		}
		w.pass(max(0, len(src)-max(0, len(d.until)-1))) // the last bytes may begin what ends it
		d.recycle(w)
		if p, ok := w.body.(ingest.Passer); ok {
			p.Pass(d.rec.Offset, w.offset())
		}
		if err := w.more(); err == ErrIdle {
			return false
		} else if err != nil {
			w.pass(len(w.unread()))
			break
		}
	}
	d.rec.End = w.offset()
	if d.rec.End-d.rec.Offset > uint64(d.limit) {
		d.rec.Rejected = overLimit(d.limit)
	}
	return true
}

// recycle moves the few unread bytes to the discard's own buffer, over what was passed there.
func (d *discard) recycle(w *window) {
	if d.buf == nil {
		d.buf = make([]byte, firstChunk)
	}
	w.end = copy(d.buf, w.unread())
	w.leave()
	w.buf, w.pos, w.taken = d.buf, 0, false
}

func overLimit(limit int64) string {
	return fmt.Sprintf("longer than the record limit of %d bytes", limit)
}
