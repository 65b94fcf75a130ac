package value

// fresh makes the node that is to stand where old stands, at the given depth, so that it has v's value. A snap is returned
// where the node may change after this write.
//
// An equal value keeps the stamps of what it replaces; a value that is the same to the letter keeps the node.
func (d *Doc) fresh(old, v *Node, depth int) (n, snap *Node, op Op, err error) {
	switch {
	case old == nil:
		op = Add
	case old == v && v.body != nil:
		return old, d.journal().slab.freeze(old), Same, nil
	case !Equal(old, v):
		op = Replace
	}
	if op == Same && v.body == nil && old.text == v.text {
		return old, nil, Same, nil
	}
	if v.body == nil {
		stamp := d.stamp
		if op == Same {
			stamp = old.stamp
		}
		return d.journal().slab.scalar(v, stamp), nil, op, nil
	}
	c := copier{d: d, slab: &d.journal().slab, stamp: d.stamp}
	if op != Same {
		old = nil
	}
	if n, err = c.copy(v, old, depth); err != nil {
		return nil, nil, 0, err
	}
	if snap = v; c.owned {
		snap = c.slab.freeze(n)
	}
	return n, snap, op, nil
}

// copier copies values into a document.
type copier struct {
	d     *Doc
	slab  *nodeSlab
	stamp uint64
	owned bool // there were containers in the value that are part of a document, and so may change
}

// copy is a copy of v; where there is an old value, which equals v, it has that one's stamps.
func (c *copier) copy(v, old *Node, depth int) (*Node, error) {
	stamp := c.stamp
	if old != nil {
		stamp = old.stamp
	}
	if v.body == nil {
		return c.slab.scalar(v, stamp), nil
	}
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	c.owned = c.owned || v.flags&flagOwned != 0
	n := c.slab.container(v.kind, v.Len())
	n.flags, n.stamp = flagOwned, stamp
	for i, kid := range v.body.kids {
		if kid == nil {
			continue
		}
		var former *Node
		if v.kind == Object {
			n.body.names = append(n.body.names, c.d.name(v.body.names[i]))
			former = old.Get(v.body.names[i])
		} else {
			former = old.Item(i)
		}
		made, err := c.copy(kid, former, depth+1)
		if err != nil {
			return nil, err
		}
		made.parent, made.slot = n, uint32(len(n.body.kids))
		n.body.kids = append(n.body.kids, made)
	}
	return n, nil
}

// freeze is a copy of a part of a document that no verb changes: arrays and objects are copied, the rest is shared.
func (s *nodeSlab) freeze(n *Node) *Node {
	if n.body == nil {
		return n
	}
	c := s.container(n.kind, n.Len())
	c.stamp = n.stamp
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		c.body.kids = append(c.body.kids, s.freeze(kid))
		if n.kind == Object {
			c.body.names = append(c.body.names, n.body.names[i])
		}
	}
	return c
}
