package value

// Redo puts a number or string, whose text is the first shared bytes of what stands there and then text, where a number or string
// stands or nothing does, in an object that is there: the most frequent of the writes that Apply does again, done without a
// journal. It reports false, and does nothing, if the write is another one. The text is copied.
func (d *Doc) Redo(stamp uint64, p Pointer, kind Kind, plain bool, shared int, text []byte) bool {
	if p == "" || d.root == nil {
		return false
	}
	parent, token := d.parentOf(p)
	if parent.Kind() != Object {
		return false
	}
	slab := &d.journal().slab
	name := unescape(token)
	slot := parent.body.find(name)
	head := ""
	if slot >= 0 {
		old := parent.body.kids[slot]
		if old.body != nil || shared > len(old.text) {
			return false
		}
		if shared > 0 {
			kind, plain, head = old.kind, plain && old.kind == String, old.text[:shared]
		}
	} else if shared > 0 {
		return false
	}
	if text := slab.join(head, text); kind == String || kind == Number && numberEnd(text, 0) == len(text) {
		n := slab.node() // others may know the old one
		n.kind, n.text, n.flags = kind, text, flagOwned
		if plain {
			n.flags |= flagPlain
		}
		d.place(parent, slot, name, n, stamp)
		return true
	}
	return false
}

// place puts a new node into a slot of parent, or behind its parts if the slot is negative, and moves the stamps from it up to the
// document's.
func (d *Doc) place(parent *Node, slot int, name string, n *Node, stamp uint64) {
	n.parent, n.slot = parent, uint32(slot)
	if slot < 0 {
		n.slot = uint32(len(parent.body.kids))
		d.journal().slab.add(parent.body, d.name(name), n)
	} else {
		parent.body.kids[slot] = n
	}
	for ; n != nil; n = n.parent {
		n.stamp = stamp
	}
	d.changed = stamp
}

// RedoWhole is Redo for an array or object that AppendValue wrote and that is another value than what stands there, if anything does.
func (d *Doc) RedoWhole(stamp uint64, p Pointer, src []byte, names *Names) bool {
	if p == "" || d.root == nil {
		return false
	}
	parent, token := d.parentOf(p)
	r := decoder{src: src}
	size, code := r.head()
	if parent.Kind() != Object || r.bad != "" || code < codeArray || size != len(src)-r.pos {
		return false
	}
	whole := decoder{src: src[r.pos:], names: names, slab: &d.journal().slab}
	nodes := whole.uvarint()
	if nodes == 0 {
		return false
	}
	n := whole.whole(nodes, 0)
	if whole.bad != "" || whole.pos != len(whole.src) || n.body == nil {
		return false
	}
	n.own(stamp)
	name := unescape(token)
	d.place(parent, parent.body.find(name), name, n, stamp)
	return true
}

// own makes a value that was just read a part of a document, all of which an event wrote.
func (n *Node) own(stamp uint64) {
	n.stamp, n.flags = stamp, n.flags|flagOwned
	if n.body == nil {
		return
	}
	for i, kid := range n.body.kids {
		kid.parent, kid.slot = n, uint32(i)
		kid.own(stamp)
	}
}
