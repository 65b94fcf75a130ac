package value

// Flat is a value of a sheet. It is good until the sheet's next Apply; the zero Flat is an absent value.
type Flat struct {
	Kind Kind
	Text []byte // of a number or a string; a boolean's is not kept
	True bool
	leaf *leaf
}

func (s *Sheet) flat(n *leaf) Flat {
	f := Flat{Kind: n.kind, leaf: n}
	switch n.kind {
	case Bool:
		f.True = n.size == 4
	case Number, String:
		f.Text = s.bytes(n)
	}
	return f
}

// bare is what a document begins with.
var bare = leaf{kind: Object}

// Now is the value that a write brought.
func (s *Sheet) Now(w *SheetWrite) Flat {
	if w.leaf == 0 {
		return s.flat(&bare)
	}
	return s.flat(&s.leaves[w.leaf-1])
}

// Was is the value that stood there before the write.
func (s *Sheet) Was(w *SheetWrite) Flat {
	if w.former < 0 {
		return Flat{}
	}
	return s.flat(&s.former[w.former])
}

// Parts visits the parts of an array or object, in their order.
func (s *Sheet) Parts(f Flat, visit func(at Place, part Flat)) {
	if f.Kind < Array {
		return
	}
	for n := f.leaf.first; n != 0; n = s.leaves[n-1].next {
		k := &s.leaves[n-1]
		visit(k.place, s.flat(k))
	}
}

// AppendFlat appends a value as AppendNode does.
func (s *Sheet) AppendFlat(dst []byte, f Flat) []byte {
	var c counts
	s.tally(&c, f.leaf)
	return s.appendTree(c.append(dst), f.leaf)
}

// AppendValue appends a value as AppendValue of its node would.
func (s *Sheet) AppendValue(dst []byte, f Flat) []byte {
	switch f.Kind {
	case Array:
		return sizeUp(s.AppendFlat(dst, f), len(dst), codeArray)
	case Object:
		return sizeUp(s.AppendFlat(dst, f), len(dst), codeObject)
	}
	return s.appendScalar(dst, f.leaf)
}

// Plain reports whether f is a string whose JSON text is its text between quotes.
func (f Flat) Plain() bool { return f.leaf != nil && f.leaf.plain }

func (s *Sheet) tally(c *counts, n *leaf) {
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
func (s *Sheet) appendTree(dst []byte, n *leaf) []byte {
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
