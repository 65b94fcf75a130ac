package value

import "unsafe"

// Keep is the document's value in room of its own, no more than it needs: it stays good when the journal is cleared, and keeps its
// stamps. One that is too large for the room which the journal uses again takes that with it instead of being copied. The document is not
// to be used any more.
func (d *Doc) Keep() *Node {
	if d.root == nil {
		return nil
	}
	if s := &d.journal().slab; s.large() {
		*s = nodeSlab{}
		return d.root
	}
	var c counts
	c.add(d.root)
	k := keeper{nodes: make([]Node, c.nodes), texts: make([]byte, 0, c.texts)}
	if c.containers > 0 {
		k.bodies, k.kids, k.names = make([]body, c.containers), make([]*Node, c.nodes-1), make([]string, c.members)
	}
	return k.keep(d.root)
}

// keeper copies a value into room that was counted out for it.
type keeper struct {
	nodes  []Node
	bodies []body
	kids   []*Node
	names  []string
	texts  []byte
}

func (k *keeper) keep(n *Node) *Node {
	c := &k.nodes[0]
	k.nodes = k.nodes[1:]
	c.kind, c.flags, c.stamp, c.text = n.kind, n.flags&^flagOwned, n.stamp, n.text
	if n.kind == Number || n.kind == String {
		c.text = k.text(n.text)
	}
	if n.body == nil {
		return c
	}
	c.body = &k.bodies[0]
	k.bodies = k.bodies[1:]
	size := n.Len()
	c.body.kids, k.kids = k.kids[:0:size], k.kids[size:]
	if n.kind == Object {
		c.body.names, k.names = k.names[:0:size], k.names[size:]
	}
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		if n.kind == Object {
			c.body.names = append(c.body.names, n.body.names[i])
		}
		c.body.kids = append(c.body.kids, k.keep(kid))
	}
	return c
}

func (k *keeper) text(t string) string {
	if t == "" {
		return ""
	}
	from := len(k.texts)
	k.texts = append(k.texts, t...)
	return unsafe.String(&k.texts[from], len(t))
}
