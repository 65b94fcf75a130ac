package value

import "fmt"

// Set makes v what stands at p. The parent must be there: an object, or an array in which p names an item or, by its length or
// "-", the place behind the last.
func (d *Doc) Set(p Pointer, v *Node) error {
	if p == "" {
		return d.SetRoot(v)
	}
	parent, token := d.parentOf(p)
	if parent.Kind() != Array {
		if parent.Kind() != Object {
			return fmt.Errorf("%s: %w", p, ErrNoParent)
		}
		return d.SetMember(parent, unescape(token), v)
	}
	if token == "-" {
		return d.Append(parent, v)
	}
	i, ok := elemIndex(token)
	if !ok {
		return fmt.Errorf("%s: %w", p, ErrIndex)
	}
	if i == parent.Len() {
		return d.Append(parent, v)
	}
	return d.SetItem(parent, i, v)
}

// Remove takes out what stands at p; where nothing does, nothing is written. An item that is not the last of its array makes
// the array move up, which is a new list.
func (d *Doc) Remove(p Pointer) error {
	if p == "" {
		d.Delete()
		return nil
	}
	parent, token := d.parentOf(p)
	switch parent.Kind() {
	case Object:
		return d.DeleteMember(parent, unescape(token))
	case Array:
		i, ok := elemIndex(token)
		if !ok || i >= parent.Len() {
			return nil
		}
		if i == parent.Len()-1 {
			_, err := d.Pop(parent)
			return err
		}
		items := append([]*Node(nil), parent.body.kids[:i]...)
		return d.ReplaceList(parent, append(items, parent.body.kids[i+1:]...))
	}
	return nil
}

// parentOf is the part that p's last name, still escaped, is a name in; nil if it is not there.
func (d *Doc) parentOf(p Pointer) (*Node, string) {
	parent := p.Parent()
	return d.root.At(parent), string(p[len(parent)+1:])
}

// Apply does a committed write again, to a document that is as the one was before it. It asks for no Begin, cannot be undone,
// and gives the same stamps as the first time. An error says that the write does not fit the document.
func (d *Doc) Apply(stamp uint64, w Write) error {
	d.Begin(stamp)
	defer d.Commit()
	if w.Op == Remove {
		return d.Remove(w.Path)
	}
	if list := d.root.At(w.Path); w.Path != "" && list.Kind() == Array && w.New.Kind() == Array {
		return d.ReplaceList(list, w.New.body.kids)
	}
	return d.Set(w.Path, w.New)
}
