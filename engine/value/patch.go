package value

import "fmt"

// Patch puts a value that AppendValue wrote where p points, as the event with the given stamp left it, and objects on the way to it
// where there are none. It is no write: the stamps above go up to that stamp, and not down. The value is copied.
func (d *Doc) Patch(stamp uint64, p Pointer, src []byte, names *Names) error {
	n, err := d.patched(stamp, src, names)
	if err != nil {
		return err
	}
	d.changed = max(d.changed, stamp)
	if p == "" {
		d.root = n
		return nil
	}
	slab := &d.journal().slab
	if d.root == nil {
		d.root = slab.container(Object, 0)
		d.root.flags = flagOwned
	}
	at, parent := d.root, p.Parent()
	for name := range parent.Each() {
		if at, err = d.inside(at, name); err != nil {
			return err
		}
	}
	if at.kind != Object {
		return fmt.Errorf("%w: no object at %q", ErrEncoding, string(parent))
	}
	name := p.Last()
	d.attach(at, at.body.find(name), name, n)
	for ; n != nil; n = n.parent {
		n.stamp = max(n.stamp, stamp)
	}
	return nil
}

// patched is the value that a patch puts.
func (d *Doc) patched(stamp uint64, src []byte, names *Names) (*Node, error) {
	slab := &d.journal().slab
	r := decoder{src: src}
	size, code := r.head()
	if r.bad == "" && code >= codeArray && size == len(src)-r.pos {
		whole := decoder{src: src[r.pos:], names: names, slab: slab}
		nodes := whole.uvarint()
		n := whole.whole(nodes, 0)
		if whole.bad != "" || nodes == 0 {
			return nil, fmt.Errorf("%w: %s", ErrEncoding, whole.bad)
		}
		n.own(stamp)
		return n, nil
	}
	v, err := DecodeValue(src, names)
	if err != nil {
		return nil, err
	}
	return slab.scalar(v, stamp), nil
}

// inside is the member of an object, which is made an empty object if it is not there.
func (d *Doc) inside(at *Node, name string) (*Node, error) {
	if at.kind != Object {
		return nil, fmt.Errorf("%w: no object for %q", ErrEncoding, name)
	}
	if i := at.body.find(name); i >= 0 {
		return at.body.kids[i], nil
	}
	n := d.journal().slab.container(Object, 0)
	n.flags = flagOwned
	d.attach(at, -1, name, n)
	return n, nil
}

// attach puts a node into a slot of an object, or behind its members if the slot is negative.
func (d *Doc) attach(at *Node, slot int, name string, n *Node) {
	n.parent, n.slot = at, uint32(slot)
	if slot < 0 {
		n.slot = uint32(len(at.body.kids))
		d.journal().slab.add(at.body, d.name(name), n)
		return
	}
	at.body.kids[slot] = n
}
