package value

import "strings"

// Copy is a copy of n that shares nothing with it, for who keeps a value that lies in another's room or bytes.
func (n *Node) Copy() *Node {
	if n == nil {
		return nil
	}
	c := &Node{kind: n.kind, flags: n.flags &^ flagOwned, text: strings.Clone(n.text), stamp: n.stamp}
	if n.body == nil {
		return c
	}
	c.body = &body{kids: make([]*Node, 0, n.Len())}
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		c.body.kids = append(c.body.kids, kid.Copy())
		if n.kind == Object {
			c.body.names = append(c.body.names, strings.Clone(n.body.names[i]))
		}
	}
	return c
}
