package value

import (
	"hash/maphash"
	"sync/atomic"
)

// indexFrom is the count of members from which an object has an index; up to it, comparing one by one is quicker.
const indexFrom = 32

// body is the inside of an array or object. In an object names[i] belongs to kids[i], and a nil kid is a hole: a member that
// was deleted and whose place is kept until the event is over, so that undoing it restores the order.
type body struct {
	kids  []*Node
	names []string
	dead  int // holes
	index atomic.Pointer[index]
}

// index finds names by hash. Its entries are hints, checked against the names: entries of members that are gone do no harm.
type index struct {
	table []uint32 // slot+1, 0 = free; its length is a power of two
	used  int
}

// hashSeed is drawn once per process: the index is never stored, and hostile names must not collide by design.
var hashSeed = maphash.MakeSeed()

// find is the slot of the member, or -1.
func (b *body) find(name string) int {
	if len(b.names) <= indexFrom {
		for i, s := range b.names {
			if s == name && b.kids[i] != nil {
				return i
			}
		}
		return -1
	}
	ix := b.index.Load()
	if ix == nil {
		ix = newIndex(b.names)
		b.index.Store(ix)
	}
	mask := uint64(len(ix.table) - 1)
	for h := maphash.String(hashSeed, name) & mask; ; h = (h + 1) & mask {
		i := int(ix.table[h]) - 1
		if i < 0 {
			return -1
		}
		if i < len(b.names) && b.names[i] == name && b.kids[i] != nil {
			return i
		}
	}
}

// slot is find, with a guess at where the member stands.
func (b *body) slot(guess int, name string) int {
	if guess < len(b.names) && b.names[guess] == name && b.kids[guess] != nil {
		return guess
	}
	return b.find(name)
}

// add appends a member whose name is not there.
func (b *body) add(name string, n *Node) {
	if size := len(b.names); size == cap(b.names) && size < indexFrom { // append alone would grow it step by step
		b.names = append(make([]string, 0, size+8), b.names...)
		b.kids = append(make([]*Node, 0, size+8), b.kids...)
	}
	b.names = append(b.names, name)
	b.kids = append(b.kids, n)
	if ix := b.index.Load(); ix != nil {
		if ix.used*4 >= len(ix.table)*3 {
			ix = newIndex(b.names)
			b.index.Store(ix)
			return
		}
		ix.put(name, len(b.names)-1)
	}
}

func newIndex(names []string) *index {
	size := 64
	for size < len(names)*2 {
		size *= 2
	}
	ix := &index{table: make([]uint32, size)}
	for i, name := range names {
		ix.put(name, i)
	}
	return ix
}

func (ix *index) put(name string, slot int) {
	mask := uint64(len(ix.table) - 1)
	h := maphash.String(hashSeed, name) & mask
	for ix.table[h] != 0 {
		h = (h + 1) & mask
	}
	ix.table[h] = uint32(slot) + 1
	ix.used++
}

// fill closes the holes of an object's body.
func (b *body) fill() {
	live := 0
	for i, kid := range b.kids {
		if kid != nil {
			b.kids[live], b.names[live] = kid, b.names[i]
			kid.slot = uint32(live)
			live++
		}
	}
	clear(b.kids[live:])
	clear(b.names[live:])
	b.kids, b.names, b.dead = b.kids[:live], b.names[:live], 0
	b.index.Store(nil)
}
