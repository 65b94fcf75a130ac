package eventlog

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// A list of integers is packed as what each is above the least of them, or each one's step from the one before above the least
// step: in as many bits as the largest takes, or in a Rice code, whose small numbers take less, whichever is shortest. What is
// said of the list are flags, the first integer if these are steps, the least, and the bits: of the largest, and of the code.
const (
	flagSteps = 1 << iota
	flagRice
	// mostUnary is the longest run of zeros in the code; with it the number follows in the bits of the largest.
	mostUnary = 31
	// mostRice bounds the bits of numbers in the code, so that their sum is one.
	mostRice = 46
)

// integers packs lists.
type integers struct{ steps []int64 }

// above is how a list is packed above its least.
type above struct {
	least int64
	width int // of the largest
	rice  int // bits of the code; -1 = none
	cost  int // in bits
}

// measure finds how a list is packed, of which the least, the most and the sum are known.
func measure(list []int64, least, most int64, sum uint64) above {
	a := above{least: least, width: bits.Len64(uint64(most - least)), rice: -1}
	a.cost = a.width * len(list)
	if a.width < 2 || a.width > mostRice {
		return a
	}
	sum -= uint64(len(list)) * uint64(least)
	rice := max(0, bits.Len64(sum/uint64(len(list)))-1)
	cost := 0
	for _, v := range list {
		if n := int(uint64(v-least) >> rice); n < mostUnary {
			cost += n + 1 + rice
		} else {
			cost += mostUnary + 1 + a.width
		}
	}
	if cost < a.cost {
		a.rice, a.cost = rice, cost
	}
	return a
}

// pack appends what is said of a list to forms, and the list, which is not empty, to w. Steps that spread wider than the numbers are not tried.
func (p *integers) pack(list []int64, forms []byte, w *bitWriter) []byte {
	first, sum := list[0], uint64(list[0])
	least, most, before := first, first, first
	short, long := int64(math.MaxInt64), int64(math.MinInt64) // steps
	for _, v := range list[1:] {
		step := v - before
		least, most, short, long = min(least, v), max(most, v), min(short, step), max(long, step)
		sum += uint64(v)
		before = v
	}
	flags, a := byte(0), measure(list, least, most, sum)
	if len(list) > 1 && uint64(long-short) < uint64(most-least) {
		p.step(list)
		if steps := measure(p.steps, short, long, uint64(before-first)); steps.cost < a.cost {
			flags, a = flagSteps, steps
		}
	}
	if a.rice >= 0 {
		flags |= flagRice
	}
	forms = append(forms, flags)
	if flags&flagSteps != 0 {
		forms = binary.AppendVarint(forms, first)
		list = p.steps
	}
	forms = append(binary.AppendVarint(forms, a.least), byte(a.width))
	if a.rice >= 0 {
		forms = append(forms, byte(a.rice))
	}
	w.list(list, &a)
	return forms
}

// step makes the steps of a list.
func (p *integers) step(list []int64) {
	p.steps = slices.Grow(p.steps[:0], len(list))[:len(list)-1]
	for i := range p.steps {
		p.steps[i] = list[i+1] - list[i]
	}
}

// list writes a list above its least.
func (w *bitWriter) list(list []int64, a *above) {
	w.reserve(a.cost)
	c, room, least, width := w.pen, w.room, a.least, a.width
	switch {
	case a.rice >= 0:
		c = c.rice(room, list, a)
	case width == 0:
	case width <= 56:
		for _, v := range list {
			c = c.put(room, uint64(v-least), width)
		}
	default:
		for _, v := range list {
			c = c.putWide(room, uint64(v-least), width)
		}
	}
	w.pen = c
	w.end()
}

// rice writes a list in the code.
func (p pen) rice(room []byte, list []int64, a *above) pen {
	rice, mask := a.rice, uint64(1)<<a.rice-1
	for _, v := range list {
		u := uint64(v - a.least)
		switch n := int(u >> rice); {
		case n >= mostUnary:
			p = p.put(room, 1<<mostUnary, mostUnary+1)
			p = p.put(room, u, a.width)
		case n+rice < 56:
			p = p.put(room, 1<<n|u&mask<<(n+1), n+1+rice)
		default:
			p = p.put(room, 1<<n, n+1)
			p = p.put(room, u&mask, rice)
		}
	}
	return p
}

// unpack reads n integers into list.
func unpack(list []int64, n int, forms *reader, r *bitReader) ([]int64, bool) {
	flags := forms.byte()
	at, keep := int64(0), int64(0) // what a number adds to
	if list = list[:0]; flags&flagSteps != 0 {
		at, keep = forms.int(), -1
		list = append(list, at)
	}
	least, width, rice := forms.int(), int(forms.byte()), 0
	if flags&flagRice != 0 {
		rice = int(forms.byte())
	}
	if forms.bad || flags > flagSteps|flagRice || width > 64 || rice > width || rice > mostRice || n < len(list) {
		return nil, false
	}
	list = slices.Grow(list, n)[:n]
	rest := list[flags&flagSteps:]
	switch {
	case flags&flagRice != 0:
		r.rice(rest, width, rice)
	case width <= 56:
		r.fixed(rest, width)
	default:
		for i := range rest {
			rest[i] = int64(r.getWide(width))
		}
	}
	for i, u := range rest {
		at = at&keep + least + u
		rest[i] = at
	}
	return list, r.end()
}

// fixed reads numbers of a width.
func (r *bitReader) fixed(list []int64, width int) {
	at, mask := r.at, uint64(1)<<width-1
	for i := range list {
		list[i] = int64(peekAt(r.b, at) & mask)
		at += width
	}
	r.at = at
}

// rice reads numbers in the code.
func (r *bitReader) rice(list []int64, width, rice int) {
	mask := uint64(1)<<rice - 1
	for i := range list {
		v := r.peek()
		zeros := bits.TrailingZeros64(v)
		switch {
		case zeros >= mostUnary:
			r.at += mostUnary + 1
			list[i] = int64(r.getWide(width))
		case zeros+rice < 57: // all of it is at hand
			list[i] = int64(uint64(zeros)<<rice | v>>(zeros+1)&mask)
			r.at += zeros + 1 + rice
		default:
			r.at += zeros + 1
			list[i] = int64(uint64(zeros)<<rice | r.get(rice))
		}
	}
}
