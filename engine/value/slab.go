package value

import (
	"strings"
	"unsafe"
)

// maxSlab bounds a slab: a node that outlives the rest of its text keeps its slab alive.
const maxSlab = 512

// slabs hand out nodes and slices from allocations made for many at once.
type slabs struct {
	nodes   []Node
	bodies  []body
	pointer []*Node
	strings []string
}

func (s *slabs) node(kind Kind, text string) *Node {
	if len(s.nodes) == 0 {
		s.nodes = make([]Node, maxSlab)
	}
	n := &s.nodes[0]
	s.nodes = s.nodes[1:]
	n.kind, n.text = kind, text
	return n
}

func (s *slabs) container(kind Kind) *Node {
	if len(s.bodies) == 0 {
		s.bodies = make([]body, maxSlab/8)
	}
	n := s.node(kind, "")
	n.body = &s.bodies[0]
	s.bodies = s.bodies[1:]
	return n
}

// kids is a copy of the given nodes with no room behind it.
func (s *slabs) kids(of []*Node) []*Node {
	k := len(of)
	if k > len(s.pointer) {
		s.pointer = make([]*Node, max(k, maxSlab))
	}
	out := s.pointer[:k:k]
	s.pointer = s.pointer[k:]
	copy(out, of)
	return out
}

// names is kids for names.
func (s *slabs) names(of []string) []string {
	k := len(of)
	if k > len(s.strings) {
		s.strings = make([]string, max(k, maxSlab))
	}
	out := s.strings[:k:k]
	s.strings = s.strings[k:]
	copy(out, of)
	return out
}

// sized is a cleared slice of n, in the same room if that is large enough.
func sized[T any](room []T, n int) []T {
	if cap(room) < n {
		return make([]T, n)
	}
	clear(room[:n])
	return room[:n]
}

// A document's nodes come from small slabs too, and their texts: each may outlive the rest by long.
const (
	slabNodes  = 16
	slabBodies = 4
	slabParts  = 32 // of arrays and objects
	slabTexts  = 512
	slabText   = 64 // a longer text has an allocation of its own
)

// home is how much room a journal whose room is reused has, in slabs.
const home = 32

// nodeSlab hands out the nodes and texts of documents.
type nodeSlab struct {
	nodes  pool[Node]
	bodies pool[body]
	kids   pool[*Node]
	names  pool[string]
	texts  []byte // no byte of it is written twice, unless it is the stage's
	stage  []byte // room of texts that is used again and again, or nil
}

// pool hands out runs of cleared values.
type pool[T any] struct {
	rest []T
	home []T  // room that is used again and again, or nil
	away bool // rest is not of it any more
}

// take is n values with no room behind them; a slab is of the given size.
func (p *pool[T]) take(n, slab int) []T {
	if n > len(p.rest) {
		if n > slab/2 {
			return make([]T, n)
		}
		p.rest, p.away = make([]T, slab), true
	}
	out := p.rest[:n:n]
	p.rest = p.rest[n:]
	return out
}

// rewind takes back all that was handed out from the home.
func (p *pool[T]) rewind(size int) {
	switch {
	case p.home == nil:
		p.home = make([]T, size)
	case p.away:
		clear(p.home)
	default:
		clear(p.home[:len(p.home)-len(p.rest)])
	}
	p.rest, p.away = p.home, false
}

// rewind gives all nodes to the next documents. Texts are never taken back.
func (s *nodeSlab) rewind() {
	s.nodes.rewind(home * slabNodes)
	s.bodies.rewind(home * slabBodies)
	s.kids.rewind(home * slabParts)
	s.names.rewind(home * slabParts)
}

// clear is rewind, and takes back the texts too.
func (s *nodeSlab) clear() {
	s.rewind()
	if s.stage == nil {
		s.stage = make([]byte, 0, home*slabTexts)
	}
	s.texts = s.stage
}

// large reports whether what was handed out is more than the home has room for.
func (s *nodeSlab) large() bool { return s.nodes.away || s.bodies.away || s.kids.away || s.names.away }

// room is room for a text of so many bytes, or for several that take as many together.
func (s *nodeSlab) room(size int) []byte {
	if from := len(s.texts); s.stage != nil && size <= cap(s.texts)-from {
		s.texts = s.texts[:from+size]
		return s.texts[from:from:len(s.texts)]
	}
	return make([]byte, 0, size)
}

// add is add of a body, with room of the slab.
func (s *nodeSlab) add(b *body, name string, n *Node) {
	if size := len(b.names); size == cap(b.names) && size < indexFrom {
		b.names = append(s.names.take(size+8, slabParts)[:0], b.names...)
		b.kids = append(s.kids.take(size+8, slabParts)[:0], b.kids...)
	}
	b.add(name, n)
}

func (s *nodeSlab) node() *Node { return &s.nodes.take(1, slabNodes)[0] }

// container is an empty array or object with room for size parts and no more.
func (s *nodeSlab) container(kind Kind, size int) *Node {
	n := s.node()
	n.kind, n.body = kind, &s.bodies.take(1, slabBodies)[0]
	n.body.kids = s.kids.take(size, slabParts)[:0]
	if kind == Object {
		n.body.names = s.names.take(size, slabParts)[:0]
	}
	return n
}

// text is a copy of t.
func (s *nodeSlab) text(t string) string {
	if len(t) == 0 {
		return ""
	}
	if len(t) > slabText {
		return strings.Clone(t)
	}
	if len(t) > cap(s.texts)-len(s.texts) {
		s.texts = make([]byte, 0, slabTexts)
	}
	from := len(s.texts)
	s.texts = append(s.texts, t...)
	return unsafe.String(&s.texts[from], len(t))
}

// join is one text of two.
func (s *nodeSlab) join(a string, b []byte) string {
	size := len(a) + len(b)
	if size == 0 {
		return ""
	}
	if size > slabText {
		return a + string(b)
	}
	if size > cap(s.texts)-len(s.texts) {
		s.texts = make([]byte, 0, slabTexts)
	}
	from := len(s.texts)
	s.texts = append(append(s.texts, a...), b...)
	return unsafe.String(&s.texts[from], size)
}

// scalar is a copy of v with a text of its own.
func (s *nodeSlab) scalar(v *Node, stamp uint64) *Node {
	n := s.node()
	n.kind, n.flags, n.stamp, n.text = v.kind, v.flags|flagOwned, stamp, v.text
	if v.kind > Bool {
		n.text = s.text(v.text)
	}
	return n
}
