package eventlog

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// bitWriter packs numbers into bits, the lowest first. Room for them is made before they are put.
type bitWriter struct {
	room []byte
	pen
}

// pen is where a bitWriter writes. Who puts many numbers has a copy of it, which needs no memory.
type pen struct {
	last uint64 // bits that are not written
	n    int    // how many: less than 8
	at   int    // how much of the room is written
}

func (w *bitWriter) clear() { w.pen = pen{} }

func (w *bitWriter) bytes() []byte { return w.room[:w.at] }

// reserve makes room for so many bits.
func (w *bitWriter) reserve(n int) {
	if need := w.at + n/8 + 16; need > len(w.room) {
		w.room = slices.Grow(w.room[:w.at], need-w.at)
		w.room = w.room[:cap(w.room)]
	}
}

// put writes a number of at most 56 bits; it has no higher ones.
func (p pen) put(room []byte, v uint64, width int) pen {
	v = p.last | v<<p.n
	n := p.n + width
	binary.LittleEndian.PutUint64(room[p.at:], v)
	return pen{v >> (n &^ 7), n & 7, p.at + n/8}
}

// putWide is put for up to 64 bits.
func (p pen) putWide(room []byte, v uint64, width int) pen {
	if width > 32 {
		p = p.put(room, v&(1<<32-1), 32)
		v, width = v>>32, width-32
	}
	return p.put(room, v, width)
}

// end fills the last byte up.
func (w *bitWriter) end() {
	if w.n > 0 {
		w.room[w.at] = byte(w.last)
		w.at++
	}
	w.last, w.n = 0, 0
}

// bitReader reads what a bitWriter wrote. Behind the end there are zeros, and end tells.
type bitReader struct {
	b  []byte
	at int // in bits
}

// peek is the next 57 bits or more.
func (r *bitReader) peek() uint64 { return peekAt(r.b, r.at) }

func peekAt(b []byte, at int) uint64 {
	if i := at >> 3; i+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[i:]) >> (at & 7)
	}
	return peekLast(b, at)
}

func peekLast(b []byte, at int) uint64 {
	var last [8]byte
	if i := at >> 3; i < len(b) {
		copy(last[:], b[i:])
	}
	return binary.LittleEndian.Uint64(last[:]) >> (at & 7)
}

// get is the next number of width bits, at most 56.
func (r *bitReader) get(width int) uint64 {
	v := r.peek() & (1<<width - 1)
	r.at += width
	return v
}

// getWide is get for up to 64 bits.
func (r *bitReader) getWide(width int) uint64 {
	if width <= 32 {
		return r.get(width)
	}
	low := r.get(32)
	return low | r.get(width-32)<<32
}

// end goes to the next whole byte, and reports whether all that was read was there.
func (r *bitReader) end() bool {
	r.at = (r.at + 7) &^ 7
	return r.at <= 8*len(r.b)
}

// bitsOf is how many bits a number up to n takes.
func bitsOf(n int) int { return bits.Len(uint(n)) }
