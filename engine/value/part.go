package value

import "strings"

// Below is the unescaped name, in the object or array at q, of the part that p points at or into. It is not ok if p does not point
// below q.
func (p Pointer) Below(q Pointer) (name string, ok bool) {
	if len(p) <= len(q) || !p.HasPrefix(q) {
		return "", false
	}
	token, _ := cutToken(string(p[len(q):]))
	return unescape(token), true
}

// IsChild reports whether p points at a part of what q points at, and not further below.
func (p Pointer) IsChild(q Pointer) bool {
	return len(p) > len(q) && p.HasPrefix(q) && strings.IndexByte(string(p[len(q)+1:]), '/') < 0
}

// AppendHollow is AppendBinary of the document as if the given objects of it had no members. They keep their stamps.
func (d *Doc) AppendHollow(dst []byte, names *Names, hollow []*Node) []byte {
	kept := make([]*body, len(hollow))
	for i, n := range hollow {
		kept[i], n.body = n.body, &body{}
	}
	dst = d.AppendBinary(dst, names)
	for i, n := range hollow {
		n.body = kept[i]
	}
	return dst
}

// AppendMembers appends, in the form of AppendBinary, a document that holds some members of an object alone. The document's stamp is
// changed, which is not less than theirs.
func (d *Doc) AppendMembers(dst []byte, names *Names, members []string, values []*Node, changed uint64) []byte {
	some := Doc{root: &Node{kind: Object, stamp: changed, body: &body{names: members, kids: values}}, changed: changed, j: d.j}
	return some.AppendBinary(dst, names)
}

// Touch gives what stands at p, and all above it, the stamp of an event that wrote below it.
func (d *Doc) Touch(stamp uint64, p Pointer) {
	for n := d.root.At(p); n != nil; n = n.parent {
		n.stamp = stamp
	}
	d.changed = stamp
}

// Adopt gives the object at p of the document members, which are taken out of other documents with their stamps: behind those that
// it has, or in their place. It is no write. It reports false if no object stands there.
func (d *Doc) Adopt(p Pointer, members []Member, instead bool) bool {
	at := d.root.At(p)
	if at.Kind() != Object {
		return false
	}
	b := &body{}
	if !instead {
		b.kids, b.names, b.dead = at.body.kids, at.body.names, at.body.dead
	}
	if free := cap(b.kids) - len(b.kids); free < len(members) {
		b.kids = append(make([]*Node, 0, len(b.kids)+len(members)), b.kids...)
		b.names = append(make([]string, 0, len(b.names)+len(members)), b.names...)
	}
	for _, m := range members {
		m.Value.parent, m.Value.slot = at, uint32(len(b.kids))
		b.kids, b.names = append(b.kids, m.Value), append(b.names, m.Name)
	}
	at.body = b
	return true
}

// Widest visits the objects of a value, from the outside, which have at least so many members, and does not look into them.
func (n *Node) Widest(least int, visit func(*Node)) {
	if n.Kind() == Object && n.Len() >= least {
		visit(n)
		return
	}
	if n.IsContainer() {
		for _, kid := range n.body.kids {
			if kid.IsContainer() {
				kid.Widest(least, visit)
			}
		}
	}
}
