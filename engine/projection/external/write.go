package external

import (
	"fmt"

	"asof/engine/event"
	"asof/engine/value"
)

// pen writes answers into documents, so that only what differs is a change.
type pen struct {
	parser value.Parser
	doc    *value.Doc
	guard  guard
}

// write makes the document what the answer says.
func (p *pen) write(doc *value.Doc, e *event.Event, a answer, exact bool) error {
	p.doc = doc
	p.guard.begin(e, exact)
	src, what := a.state, "state"
	if a.state == nil {
		src, what = a.patch, "patch"
	}
	n, _, err := p.parser.Parse(src)
	if err != nil {
		return fmt.Errorf("the answer's %s: %w", what, err)
	}
	if a.state == nil {
		return p.patch(n)
	}
	return p.become(n)
}

// become makes n the whole document; null is none.
func (p *pen) become(n *value.Node) error {
	root := p.doc.Root()
	switch {
	case n.Kind() == value.Null:
		p.doc.Delete()
		return nil
	case root == nil, root.Kind() != n.Kind(), !n.IsContainer():
		if value.Equal(root, n) {
			return nil
		}
		if err := p.guard.check("", root, n); err != nil {
			return err
		}
		return p.doc.SetRoot(n)
	}
	return p.turn(root, n)
}

// turn makes a part of the document, an object or an array, the value n of the same kind.
func (p *pen) turn(at, n *value.Node) error {
	if n.Kind() == value.Object {
		return p.object(at, n)
	}
	return p.array(at, n)
}

func (p *pen) object(at, n *value.Node) error {
	kept := 0
	for name, v := range n.Members() {
		old := at.Get(name)
		if old != nil {
			kept++
		}
		if turned, err := p.same(old, v, func() value.Pointer { return value.PathOf(at).Child(name) }); err != nil || turned {
			if err != nil {
				return err
			}
			continue
		}
		if err := p.doc.SetMember(at, name, v); err != nil {
			return err
		}
		if old == nil {
			kept++
		}
	}
	if kept == at.Len() {
		return nil
	}
	for name := range at.Members() {
		if n.Get(name) == nil {
			if err := p.doc.DeleteMember(at, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// same does what can be done without writing v in the place of old: nothing if they are equal, or their parts.
func (p *pen) same(old, v *value.Node, path func() value.Pointer) (bool, error) {
	if old != nil && old.Kind() == v.Kind() {
		if v.IsContainer() {
			return true, p.turn(old, v)
		}
		if value.Equal(old, v) {
			return true, nil
		}
	}
	return false, p.guard.checkAt(path, old, v)
}

// array follows the rule for lists: what is appended, popped or put in an item's place is a change of that item, and everything
// else is one change of the list.
func (p *pen) array(at, n *value.Node) error {
	first, shorter := 0, min(at.Len(), n.Len())
	for first < shorter && value.Equal(at.Item(first), n.Item(first)) {
		first++
	}
	if at.Len() != n.Len() && first < shorter && value.Equal(at.Item(at.Len()-1), n.Item(n.Len()-1)) {
		if err := p.guard.checkAt(func() value.Pointer { return value.PathOf(at) }, at, n); err != nil {
			return err
		}
		items := make([]*value.Node, 0, n.Len())
		for _, v := range n.Items() {
			items = append(items, v)
		}
		return p.doc.ReplaceList(at, items)
	}
	for at.Len() > n.Len() {
		if _, err := p.doc.Pop(at); err != nil {
			return err
		}
	}
	for i := first; i < n.Len(); i++ {
		v := n.Item(i)
		if turned, err := p.same(at.Item(i), v, func() value.Pointer { return value.PathOf(at).Elem(i) }); err != nil {
			return err
		} else if turned {
			continue
		}
		if i < at.Len() {
			if err := p.doc.SetItem(at, i, v); err != nil {
				return err
			}
		} else if err := p.doc.Append(at, v); err != nil {
			return err
		}
	}
	return nil
}
