package external

import (
	"fmt"
	"strconv"

	"asof/engine/value"
)

// patch does the steps of a JSON Patch (RFC 6902) to the document. An absent document has no places but the whole, "".
func (p *pen) patch(steps *value.Node) error {
	if steps.Kind() != value.Array {
		return fmt.Errorf("the answer's patch is %s: a JSON Patch is an array of steps", steps.Kind())
	}
	for i, step := range steps.Items() {
		if err := p.step(step); err != nil {
			return fmt.Errorf("step %d of the answer's patch, %s: %w", i+1, clip(step.JSON()), err)
		}
	}
	if p.doc.Root().Kind() == value.Null {
		p.doc.Delete()
	}
	return nil
}

func (p *pen) step(step *value.Node) error {
	path, err := pointer(step, "path")
	if err != nil {
		return err
	}
	op := step.Get("op").Text()
	switch op {
	case "add", "replace", "test":
		v := step.Get("value")
		if v == nil {
			return fmt.Errorf("it has no value")
		}
		switch op {
		case "add":
			return p.add(path, v)
		case "replace":
			return p.replace(path, v)
		}
		if there := p.doc.Root().At(path); !value.Equal(there, v) {
			return fmt.Errorf("there stands %s", clip(there.JSON()))
		}
		return nil
	case "remove":
		return p.remove(path)
	case "move", "copy":
		from, err := pointer(step, "from")
		if err != nil {
			return err
		}
		return p.take(op, from, path)
	}
	return fmt.Errorf("op is add, remove, replace, move, copy or test")
}

// pointer is the path that a member of a step names.
func pointer(step *value.Node, name string) (value.Pointer, error) {
	n := step.Get(name)
	if n.Kind() != value.String {
		return "", fmt.Errorf("it has no %s", name)
	}
	return value.ParsePointer(n.Text())
}

func (p *pen) replace(path value.Pointer, v *value.Node) error {
	old := p.doc.Root().At(path)
	if old == nil {
		return missing(path)
	}
	if err := p.guard.check(path, old, v); err != nil {
		return err
	}
	return p.doc.Set(path, v)
}

func (p *pen) add(path value.Pointer, v *value.Node) error {
	parent, i, err := p.place(path)
	if err != nil {
		return err
	}
	if parent.Kind() != value.Array {
		if err := p.guard.check(path, p.doc.Root().At(path), v); err != nil {
			return err
		}
		return p.doc.Set(path, v)
	}
	if err := p.guard.check(path, nil, v); err != nil {
		return err
	}
	if i == parent.Len() {
		return p.doc.Append(parent, v)
	}
	items := make([]*value.Node, 0, parent.Len()+1)
	for k, item := range parent.Items() {
		if k == i {
			items = append(items, v)
		}
		items = append(items, item)
	}
	return p.doc.ReplaceList(parent, items)
}

func (p *pen) remove(path value.Pointer) error {
	if p.doc.Root().At(path) == nil {
		return missing(path)
	}
	return p.doc.Remove(path)
}

// take moves or copies what stands at a path.
func (p *pen) take(op string, from, path value.Pointer) error {
	v := p.doc.Root().At(from)
	switch {
	case v == nil:
		return missing(from)
	case op == "move" && from == path:
		return nil
	case op == "move" && path.HasPrefix(from):
		return fmt.Errorf("a value cannot be moved into itself")
	}
	v = v.Clone()
	if op == "move" {
		if err := p.doc.Remove(from); err != nil {
			return err
		}
	}
	return p.add(path, v)
}

// place is the part that a path names a place in, nil for the whole document, and in an array the item's index.
func (p *pen) place(path value.Pointer) (parent *value.Node, i int, err error) {
	if path == "" {
		return nil, 0, nil
	}
	parent = p.doc.Root().At(path.Parent())
	switch parent.Kind() {
	case value.Object:
		return parent, 0, nil
	case value.Array:
		last := path.Last()
		if last == "-" {
			return parent, parent.Len(), nil
		}
		i, err := strconv.Atoi(last)
		if err != nil || i < 0 || i > parent.Len() || strconv.Itoa(i) != last {
			return nil, 0, fmt.Errorf("%s: the list has %d items", path, parent.Len())
		}
		return parent, i, nil
	}
	return nil, 0, fmt.Errorf("%s: %w", path, value.ErrNoParent)
}

func missing(path value.Pointer) error {
	return fmt.Errorf("nothing stands at %q", string(path))
}
