package value

// Kind is the kind of the value; Absent for nil.
func (n *Leaf) Kind() Kind {
	if n == nil {
		return Absent
	}
	return n.kind
}

// IsPlain reports whether n is a string whose JSON text is its text between quotes.
func (n *Leaf) IsPlain() bool { return n.plain }

// IsTrue reports whether n is the boolean true.
func (n *Leaf) IsTrue() bool { return n.kind == Bool && n.size == 4 }

// Text is the text of a number or a string of the sheet; a boolean's is not kept.
func (s *Sheet) Text(n *Leaf) []byte {
	if n.kind != Number && n.kind != String {
		return nil
	}
	return s.bytes(n)
}

// Parts visits the parts of an array or object, in their order.
func (s *Sheet) Parts(n *Leaf, visit func(at Place, part *Leaf)) {
	if n.kind < Array {
		return
	}
	for kid := n.first; kid != 0; kid = s.leaves[kid-1].next {
		k := &s.leaves[kid-1]
		visit(k.place, k)
	}
}

// AppendNode appends a value as AppendNode of its node would.
func (s *Sheet) AppendNode(dst []byte, n *Leaf) []byte {
	var c counts
	s.tally(&c, n)
	return s.appendTree(c.append(dst), n)
}

// AppendValue appends a value as AppendValue of its node would.
func (s *Sheet) AppendValue(dst []byte, n *Leaf) []byte {
	switch n.kind {
	case Array:
		return sizeUp(s.AppendNode(dst, n), len(dst), codeArray)
	case Object:
		return sizeUp(s.AppendNode(dst, n), len(dst), codeObject)
	}
	return s.appendScalar(dst, n)
}

func (s *Sheet) tally(c *counts, n *Leaf) {
	c.nodes++
	switch n.kind {
	case Number, String:
		c.texts += int(n.size)
	case Object:
		c.members += int(n.size)
		fallthrough
	case Array:
		c.containers++
	}
	for kid := n.first; kid != 0; kid = s.leaves[kid-1].next {
		s.tally(c, &s.leaves[kid-1])
	}
}

// appendTree is appendLeaf without stamps.
func (s *Sheet) appendTree(dst []byte, n *Leaf) []byte {
	dst = s.appendScalar(dst, n)
	for kid := n.first; kid != 0; kid = s.leaves[kid-1].next {
		k := &s.leaves[kid-1]
		if n.kind == Object {
			dst = appendUvarint(dst, uint64(s.known[k.place].name))
		}
		dst = s.appendTree(dst, k)
	}
	return dst
}
