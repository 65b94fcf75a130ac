package value

import (
	"encoding/binary"
	"fmt"
	"unsafe"
)

// decoder reads values. Once something is amiss, bad says what, and everything read is empty.
type decoder struct {
	src     []byte
	pos     int
	texts   []byte // the values' texts, copied one behind the other into room made for all
	names   *Names
	stamped bool
	bad     string

	slab    *nodeSlab // where the room comes from, or nil
	nodes   []Node
	bodies  []body
	kids    []*Node
	members []string
}

func (r *decoder) err() error {
	if r.bad == "" {
		return nil
	}
	return fmt.Errorf("%w: byte %d: %s", ErrEncoding, r.pos, r.bad)
}

func (r *decoder) fail(what string) {
	if r.bad == "" {
		r.bad = what
	}
}

func (r *decoder) uvarint() uint64 {
	if r.pos < len(r.src) && r.src[r.pos] < 0x80 {
		r.pos++
		return uint64(r.src[r.pos-1])
	}
	v, n := binary.Uvarint(r.src[r.pos:])
	if n <= 0 {
		r.fail("no number")
		return 0
	}
	r.pos += n
	return v
}

// head reads the first byte of a value, and its size.
func (r *decoder) head() (size int, code byte) {
	if r.pos >= len(r.src) {
		r.fail("a value is missing")
		return 0, 0
	}
	head := r.src[r.pos]
	r.pos++
	if size = int(head >> 3); size == longSize {
		long := r.uvarint()
		if long > uint64(len(r.src)) {
			r.fail("a size is too large")
			return 0, 0
		}
		size = int(long)
	}
	return size, head & 7
}

// whole reads a value of the given count of nodes, behind the other counts.
func (r *decoder) whole(nodes, above uint64) *Node {
	containers, members, texts := r.uvarint(), r.uvarint(), r.uvarint()
	if left := uint64(len(r.src) - r.pos); nodes > left || containers > nodes || members >= nodes || texts > left {
		r.fail("a count is too large")
	}
	if r.bad != "" {
		return nil
	}
	r.room(int(nodes), int(containers), int(members))
	if r.slab != nil {
		r.texts = r.slab.room(int(texts))
	} else {
		r.texts = make([]byte, 0, texts)
	}
	n := r.node(above, 1)
	if r.bad == "" && (len(r.nodes) > 0 || len(r.bodies) > 0 || len(r.members) > 0 || len(r.texts) < cap(r.texts)) {
		r.fail("a count is wrong")
	}
	return n
}

func (r *decoder) room(nodes, containers, members int) {
	if s := r.slab; s != nil {
		r.nodes, r.bodies = s.nodes.take(nodes, slabNodes), s.bodies.take(containers, slabBodies)
		r.kids, r.members = s.kids.take(nodes-1, slabParts), s.names.take(members, slabParts)
		return
	}
	r.nodes = make([]Node, nodes)
	if containers > 0 {
		r.bodies, r.kids, r.members = make([]body, containers), make([]*Node, nodes-1), make([]string, members)
	}
}

func (r *decoder) node(above uint64, depth int) *Node {
	if r.pos >= len(r.src) || len(r.nodes) == 0 {
		r.fail("a value is missing")
	}
	if r.bad != "" {
		return nil
	}
	n := &r.nodes[0]
	r.nodes = r.nodes[1:]
	size, code := r.head()
	if r.bad != "" {
		return nil
	}
	switch code {
	case codeNull:
		n.kind, n.text = Null, "null"
	case codeFalse:
		n.kind, n.text = Bool, "false"
	case codeTrue:
		n.kind, n.text = Bool, "true"
	case codeNumber:
		n.kind = Number
		if n.text = r.take(size); numberEnd(n.text, 0) != len(n.text) {
			r.fail("not a number")
		}
	case codePlain:
		n.kind, n.text, n.flags = String, r.take(size), flagPlain
	case codeString:
		n.kind, n.text = String, r.take(size)
	case codeArray:
		n.kind = Array
	case codeObject:
		n.kind = Object
	}
	if r.stamped {
		n.stamp = above - r.uvarint()
		n.flags |= flagOwned
	}
	if n.kind >= Array {
		r.parts(n, size, depth)
	}
	return n
}

func (r *decoder) parts(n *Node, size, depth int) {
	if depth > MaxDepth || len(r.bodies) == 0 || size > len(r.kids) || n.kind == Object && size > len(r.members) {
		r.fail("a count is too large")
		return
	}
	b := &r.bodies[0]
	r.bodies = r.bodies[1:]
	n.body = b
	b.kids, r.kids = r.kids[:size:size], r.kids[size:]
	if n.kind == Object {
		b.names, r.members = r.members[:size:size], r.members[size:]
	}
	for i := range b.kids {
		if n.kind == Object {
			id := r.uvarint()
			name, ok := r.names.Name(uint32(min(id, 1<<32-1)))
			if !ok {
				r.fail("no such name")
			}
			b.names[i] = name
		}
		kid := r.node(n.stamp, depth+1)
		if r.bad != "" {
			b.kids, b.names = nil, nil
			return
		}
		if r.stamped {
			kid.parent, kid.slot = n, uint32(i)
		}
		b.kids[i] = kid
	}
}

// take reads a text. The room never moves, so that strings may point into it, and no byte of it is written twice.
func (r *decoder) take(size int) string {
	if size == 0 {
		return ""
	}
	from := len(r.texts)
	if size > cap(r.texts)-from || size > len(r.src)-r.pos {
		r.fail("a text is cut off")
		return ""
	}
	r.texts = append(r.texts, r.src[r.pos:r.pos+size]...)
	r.pos += size
	return unsafe.String(&r.texts[from], size)
}
