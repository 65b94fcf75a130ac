package eventlog

import (
	"encoding/binary"
	"unsafe"
)

// textOf is b as a string without a copy. Nobody writes to b afterwards.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// stringBytes is s as bytes without a copy, only to be read.
func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// reader reads varints and runs of bytes, and remembers whether it came to the end too early.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		v := r.b[0]
		r.b = r.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	u := r.uint()
	return int64(u>>1) ^ -int64(u&1)
}

// skip passes over some integers.
func (r *reader) skip(n int) {
	i := 0
	for ; n > 0 && i < len(r.b); i++ {
		if r.b[i] < 0x80 {
			n--
		}
	}
	r.bad = r.bad || n > 0
	r.b = r.b[i:]
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

// bytes is the next n bytes, without room to grow into what follows.
func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) text() string { return textOf(r.bytes(r.uint())) }
