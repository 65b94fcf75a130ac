package asof

import (
	"sync/atomic"

	"asof/engine/store"
)

// warm says of the frames of a part which ones this handle has read already, and so are likely to be in memory: the system need not be
// asked for them once more.
type warm []atomic.Uint64

func newWarm(frames int) warm { return make(warm, (frames+63)/64) }

// first reports whether frame f has not been read before, and notes that it is now.
func (w warm) first(f int) bool {
	if f>>6 >= len(w) {
		return false
	}
	bit := uint64(1) << (f & 63)
	return w[f>>6].Load()&bit == 0 && w[f>>6].Or(bit)&bit == 0
}

func (w warm) has(i int) bool { return i>>6 < len(w) && w[i>>6].Load()&(1<<(i&63)) != 0 }

// want asks the system for a frame, if it is read for the first time.
func (p *part) want(f int) (asked bool) { return p.wantUpTo(f, f) }

// atOnce is how many frames whoever reads them all asks for at a time: some 200 KiB.
const atOnce = 64

// wantOn asks for a frame and those that follow it.
func (p *part) wantOn(f int) { p.wantUpTo(f, f+atOnce-1) }

func (p *part) wantUpTo(f, last int) (asked bool) {
	last = min(last, p.frames-1)
	if f < 0 || f > last || !p.warm.first(f) {
		return false
	}
	for i := f + 1; i <= last; i++ {
		p.warm.first(i)
	}
	from, _ := p.bounds(f)
	if _, to := p.bounds(last); from <= to && to <= uint64(len(p.blob)) {
		store.WillNeed(p.blob[from:to])
	}
	return true
}
