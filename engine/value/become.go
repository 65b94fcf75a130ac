package value

// Become makes the object at equal to the object want, member by member: it takes out what want does not have, then writes what
// want has, and where both have objects it does the same inside them.
func (d *Doc) Become(at, want *Node) error {
	depth, err := d.check(at, Object, want)
	if err != nil {
		return err
	}
	if want.kind != Object {
		return ErrKind
	}
	return d.become(at, want, depth)
}

func (d *Doc) become(at, want *Node, depth int) error {
	b, w := at.body, want.body
	for i, name := range b.names {
		if b.kids[i] != nil && w.slot(i, name) < 0 {
			if err := d.DeleteMember(at, name); err != nil {
				return err
			}
		}
	}
	next := 0
	for i, v := range w.kids {
		if v == nil {
			continue
		}
		slot := b.slot(next, w.names[i])
		var err error
		switch {
		case slot < 0:
			slot = len(b.kids)
			err = d.addMember(at, w.names[i], v, depth)
		case v.kind == Object && b.kids[slot].kind == Object:
			err = d.become(b.kids[slot], v, depth+1)
		default:
			err = d.renew(at, slot, v, depth)
		}
		if err != nil {
			return err
		}
		next = slot + 1
	}
	return nil
}

// renew is put, quicker where the very same text stands there.
func (d *Doc) renew(at *Node, slot int, v *Node, depth int) error {
	if old := at.body.kids[slot]; v.body == nil && v.kind == old.kind && v.text == old.text {
		d.note(entry{verb: putVerb, op: Same, parent: at, slot: uint32(slot), old: old, new: old})
		return nil
	}
	return d.put(at, slot, v, depth)
}
