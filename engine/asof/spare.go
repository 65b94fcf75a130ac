package asof

import "asof/engine/eventlog"

// spares are what a build has done with and can use again, so that the garbage collector has little to do.
type spares struct {
	blocks  list[*block]
	arenas  list[[]byte]
	windows list[*window]
	parts   list[[]byte] // values of parts
}

// list is a stack of spare things, for any goroutine. What it has no room for is let go.
type list[T any] struct{ all chan T }

// mostSpare is how many things of a kind are kept: about as many blocks as a window has.
const mostSpare = 512

// spareParts is how many values of parts are kept: as many as are committed, wait for it and are made.
const spareParts = 12

func newSpares() spares {
	return spares{list[*block]{make(chan *block, mostSpare)}, list[[]byte]{make(chan []byte, mostSpare)}, list[*window]{make(chan *window, windowsInHand+2)}, list[[]byte]{make(chan []byte, spareParts)}}
}

func (l list[T]) put(v T) {
	select {
	case l.all <- v:
	default:
	}
}

func (l list[T]) take() (v T) {
	select {
	case v = <-l.all:
	default:
	}
	return v
}

func (s *spares) takeBlock() *block {
	if k := s.blocks.take(); k != nil {
		return k
	}
	return &block{}
}

// block takes back a block of which the window has all that it needs.
func (s *spares) block(k *block) {
	if !k.kept {
		k.lent.GiveBack()
	}
	k.lent = eventlog.Lent{}
	clear(k.events) // they are large
	clear(k.keys)
	s.blocks.put(k)
}

func (s *spares) arena() []byte { return s.arenas.take()[:0] }

func (s *spares) window(partitions int) *window {
	if w := s.windows.take(); w != nil {
		return w
	}
	return &window{items: make([][]uint64, partitions), moves: make([]strides, partitions)}
}

// read takes back what is not needed of a window that has been folded.
func (s *spares) read(w *window) {
	for i, a := range w.arenas {
		if cap(a) <= maxBuffer && (i+1 < len(w.arenas) || !w.goesOn) {
			s.arenas.put(a)
		}
	}
	clear(w.arenas)
	clear(w.events)
}

// done takes back a segment that has been committed, and its window.
func (s *spares) done(g *segment) {
	w := g.window
	for _, f := range g.parts {
		if cap(f.bytes) <= mostPart {
			s.parts.put(f.bytes)
		}
	}
	for i := range w.items {
		w.items[i] = w.items[i][:0]
	}
	*w = window{
		events: w.events[:0], arenas: w.arenas[:0], briefs: w.briefs[:0], items: w.items, moves: w.moves,
		keys: columnBuilder{slots: w.keys.slots[:0], many: w.keys.many[:0]},
	}
	s.windows.put(w)
}
