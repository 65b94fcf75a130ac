package value

// Kind is the kind of the value; Absent for nil.
func (n *Leaf) Kind() Kind {
	if n == nil {
		return Absent
	}
	return n.kind
}

// Stamp is that of the value's last change.
func (n *Leaf) Stamp() uint64 { return n.stamp }

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

// Piece is a part of a sheet that changed after some stamp: a scalar, or an array or an empty object as a whole.
type Piece struct {
	At    Place
	Stamp uint64
	Leaf  Leaf // as it was then; good until the sheet's next Takes or Load
}

// Changed is the stamp of the last change.
func (s *Sheet) Changed() uint64 { return s.changed }

// Later appends what has changed after a stamp, in the document's order. It is not ok if an array has parts that did not change with it.
func (s *Sheet) Later(dst []Piece, stamp uint64) (pieces []Piece, ok bool) {
	if len(s.leaves) == 0 || s.leaves[0].stamp <= stamp {
		return dst, true
	}
	if s.layout != nil {
		return s.laterInOrder(dst, stamp)
	}
	return s.later(dst, &s.leaves[0], stamp)
}

// laterInOrder is later of all, where the leaves come in the document's order.
func (s *Sheet) laterInOrder(dst []Piece, stamp uint64) ([]Piece, bool) {
	for i := 0; i < len(s.leaves); i++ {
		n := &s.leaves[i]
		if n.stamp <= stamp || n.kind == Object && n.first != 0 {
			continue
		}
		dst = append(dst, Piece{n.place, n.stamp, *n})
		if n.first != 0 { // an array
			if !s.asOne(n, n.stamp) {
				return dst, false
			}
			var below counts
			s.tally(&below, n)
			i += below.nodes - 1
		}
	}
	return dst, true
}

func (s *Sheet) later(dst []Piece, n *Leaf, stamp uint64) ([]Piece, bool) {
	if n.kind != Object || n.first == 0 {
		return append(dst, Piece{n.place, n.stamp, *n}), s.asOne(n, n.stamp)
	}
	ok := true
	for kid := n.first; kid != 0 && ok; {
		k := &s.leaves[kid-1]
		if kid = k.next; k.stamp > stamp {
			dst, ok = s.later(dst, k, stamp)
		}
	}
	return dst, ok
}

// asOne reports whether all below a leaf has that stamp.
func (s *Sheet) asOne(n *Leaf, stamp uint64) bool {
	for kid := n.first; kid != 0; {
		k := &s.leaves[kid-1]
		if k.stamp != stamp || !s.asOne(k, stamp) {
			return false
		}
		kid = k.next
	}
	return true
}
