package value

import "strconv"

// fewPaths and manyPaths are how many places a journal remembers at first, and at most.
const (
	fewPaths  = 16
	manyPaths = 1024
)

// paths remembers the paths of places that were written to before, so that few writes make a new text, and a write of the same
// place in another document mostly has the very same text.
type paths struct {
	slots  []knownPath // a power of two; each holds what was asked for there last
	misses int         // since there are as many slots
}

type knownPath struct {
	above Pointer
	name  string
	path  Pointer
}

// member is the path of a member of the object at above.
func (c *paths) member(above Pointer, name string) Pointer {
	if len(c.slots) == 0 || c.misses > 4*len(c.slots) && len(c.slots) < manyPaths {
		c.slots, c.misses = make([]knownPath, max(2*len(c.slots), fewPaths)), 0
	}
	k := &c.slots[spread(string(above), name)&uint32(len(c.slots)-1)]
	if k.path == "" || k.name != name || k.above != above {
		c.misses++
		*k = knownPath{above: above, name: name, path: above.Child(name)}
	}
	return k.path
}

// spread mixes a little of both texts: a collision costs a new text.
func spread(above, name string) uint32 {
	h := uint32(len(name))<<8 + uint32(len(above))
	if n := len(name); n > 0 {
		h = (h*31+uint32(name[0]))*31 + uint32(name[n-1])
		h = (h*31+uint32(name[n>>1]))*31 + uint32(name[n>>2])
	}
	if n := len(above); n > 0 {
		h = (h*31+uint32(above[n-1]))*31 + uint32(above[n>>1])
	}
	h *= 0x9E3779B1
	return h >> 16
}

// of is where a part of a document stands.
func (c *paths) of(n *Node) Pointer {
	if n.parent == nil {
		return ""
	}
	return c.step(c.of(n.parent), n.parent, n.slot)
}

// step is the path of what stands in a slot of parent, which stands at above.
func (c *paths) step(above Pointer, parent *Node, slot uint32) Pointer {
	if parent.kind == Array {
		return above + "/" + Pointer(strconv.Itoa(int(slot)))
	}
	return c.member(above, parent.body.names[slot])
}

// PathOf is where a part of a document stands in it.
func PathOf(n *Node) Pointer {
	if n.parent == nil {
		return ""
	}
	above := PathOf(n.parent)
	if n.parent.kind == Array {
		return above.Elem(int(n.slot))
	}
	return above.Child(n.parent.body.names[n.slot])
}
