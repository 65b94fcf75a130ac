package value

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
