package eventlog

import (
	"encoding/binary"
	"math/bits"
)

// offsets is a sorted list of places in a segment, read where it lies.
type offsets struct {
	n int
	b []byte
}

func (o offsets) at(i int) int { return int(binary.LittleEndian.Uint16(o.b[2*i:])) }

func (o offsets) bitmap() bool { return o.n > mostList }

// search is how many of a list's offsets are below off.
func (o offsets) search(off int) int {
	lo, hi := 0, o.n
	for lo < hi {
		if mid := (lo + hi) / 2; o.at(mid) < off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// next is the first offset that is not below off.
func (o offsets) next(off int) (int, bool) {
	if !o.bitmap() {
		i := o.search(off)
		if i == o.n {
			return 0, false
		}
		return o.at(i), true
	}
	for w := off / 64; w < bitmapSize/8; w++ {
		v := binary.LittleEndian.Uint64(o.b[8*w:])
		if w == off/64 {
			v = v >> (off % 64) << (off % 64)
		}
		if v != 0 {
			return w*64 + bits.TrailingZeros64(v), true
		}
	}
	return 0, false
}

// prev is the last offset that is not above off.
func (o offsets) prev(off int) (int, bool) {
	if off < 0 {
		return 0, false
	}
	if !o.bitmap() {
		i := o.search(off + 1)
		if i == 0 {
			return 0, false
		}
		return o.at(i - 1), true
	}
	for w := min(off, SegmentSize-1) / 64; w >= 0; w-- {
		v := binary.LittleEndian.Uint64(o.b[8*w:])
		if w == off/64 {
			v = v << (63 - off%64) >> (63 - off%64)
		}
		if v != 0 {
			return w*64 + 63 - bits.LeadingZeros64(v), true
		}
	}
	return 0, false
}

// below is how many offsets are below off.
func (o offsets) below(off int) int {
	if !o.bitmap() {
		return o.search(off)
	}
	n := 0
	for w := range bitmapSize / 8 {
		v := binary.LittleEndian.Uint64(o.b[8*w:])
		if 64*(w+1) > off {
			if keep := off - 64*w; keep > 0 {
				n += bits.OnesCount64(v << (64 - keep))
			}
			return n
		}
		n += bits.OnesCount64(v)
	}
	return n
}
