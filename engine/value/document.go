package value

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of writing into a document.
var (
	ErrDetached = errors.New("the part is no longer in the document")
	ErrNoParent = errors.New("there is no object or array to write into")
	ErrNoValue  = errors.New("there is no value to write")
	ErrKind     = errors.New("the part is of another kind")
	ErrIndex    = errors.New("the index is outside the list")
	ErrTooDeep  = fmt.Errorf("more than %d arrays and objects in each other", MaxDepth)
)

// Doc is one key's document while it is folded. Each event's writes stand between Begin and Commit, or Rollback, which undoes
// them. Every node carries a stamp: that of the last event that changed it or something below it.
//
// A value that is written is copied, so that the document keeps no one else's bytes alive. Only one goroutine at a time may use
// a document; values in the writes that Commit returns are not part of it and may be kept and shared.
type Doc struct {
	root    *Node
	changed uint64 // stamp of the last change, also when that was a deletion
	stamp   uint64 // of the running event
	j       *Journal
	names   *Names // that it was decoded with, or nil
}

// NewDoc is an absent document.
func NewDoc() *Doc { return &Doc{} }

// Root is the whole value, nil while the document is absent.
func (d *Doc) Root() *Node { return d.root }

// Changed is the stamp of the document's last change, its deletion included; 0 if there was none.
func (d *Doc) Changed() uint64 { return d.changed }

// Share makes the document keep its running event in j, which other documents of the same goroutine may use too: then the
// slice that Commit returns is valid until the next Begin of any of them. Not to be called between Begin and Commit.
func (d *Doc) Share(j *Journal) { d.j = j }

// Begin starts the writes of the event with the given stamp.
func (d *Doc) Begin(stamp uint64) {
	j := d.journal()
	j.reset()
	j.changed = d.changed
	d.stamp = stamp
}

// SetRoot makes v the whole document.
func (d *Doc) SetRoot(v *Node) error {
	if v == nil {
		return ErrNoValue
	}
	fresh, snap, op, err := d.fresh(d.root, v, 1)
	if err != nil {
		return err
	}
	d.note(entry{verb: wholeVerb, op: op, old: d.root, new: fresh, snap: snap})
	d.root = fresh
	d.bump(nil, op)
	return nil
}

// name is a text of the name that may be kept: the table's own, if it has the name.
func (d *Doc) name(name string) string {
	if d.names != nil {
		if known, ok := d.journal().names.find(d.names, name); ok {
			return known.name
		}
	}
	return strings.Clone(name)
}

// Delete makes the document absent.
func (d *Doc) Delete() {
	if d.root == nil {
		return
	}
	d.note(entry{verb: wholeVerb, op: Remove, old: d.root})
	d.root = nil
	d.bump(nil, Remove)
}

// SetMember sets a member of the object parent; a new one comes last.
func (d *Doc) SetMember(parent *Node, name string, v *Node) error {
	depth, err := d.check(parent, Object, v)
	if err != nil {
		return err
	}
	slot := parent.body.find(name)
	if slot >= 0 {
		return d.put(parent, slot, v, depth)
	}
	return d.addMember(parent, name, v, depth)
}

// addMember adds a member to parent, which stands at the given depth and has none of that name.
func (d *Doc) addMember(parent *Node, name string, v *Node, depth int) error {
	fresh, snap, _, err := d.fresh(nil, v, depth+1)
	if err != nil {
		return err
	}
	parent.body.add(d.name(name), fresh)
	d.added(parent, fresh, snap)
	return nil
}

// DeleteMember takes a member out of the object parent. Where there is none, nothing is written.
func (d *Doc) DeleteMember(parent *Node, name string) error {
	if _, err := d.check(parent, Object, parent); err != nil {
		return err
	}
	slot := parent.body.find(name)
	if slot < 0 {
		return nil
	}
	old := parent.body.kids[slot]
	d.note(entry{verb: removeVerb, op: Remove, parent: parent, slot: uint32(slot), old: old})
	parent.body.kids[slot] = nil
	parent.body.dead++
	if last := len(d.j.holes) - 1; last < 0 || d.j.holes[last] != parent {
		d.j.holes = append(d.j.holes, parent)
	}
	d.bump(parent, Remove)
	return nil
}

// SetItem sets item i of the array parent, which must be there.
func (d *Doc) SetItem(parent *Node, i int, v *Node) error {
	depth, err := d.check(parent, Array, v)
	if err != nil {
		return err
	}
	if i < 0 || i >= len(parent.body.kids) {
		return ErrIndex
	}
	return d.put(parent, i, v, depth)
}

// Append adds an item at the end of the array parent.
func (d *Doc) Append(parent, v *Node) error {
	depth, err := d.check(parent, Array, v)
	if err != nil {
		return err
	}
	fresh, snap, _, err := d.fresh(nil, v, depth+1)
	if err != nil {
		return err
	}
	parent.body.kids = append(parent.body.kids, fresh)
	d.added(parent, fresh, snap)
	return nil
}

// Pop takes the last item out of the array parent and returns it.
func (d *Doc) Pop(parent *Node) (*Node, error) {
	if _, err := d.check(parent, Array, parent); err != nil {
		return nil, err
	}
	last := len(parent.body.kids) - 1
	if last < 0 {
		return nil, ErrIndex
	}
	old := parent.body.kids[last]
	d.note(entry{verb: popVerb, op: Remove, parent: parent, slot: uint32(last), old: old})
	parent.body.kids[last] = nil
	parent.body.kids = parent.body.kids[:last]
	d.bump(parent, Remove)
	return old, nil
}

// ReplaceList gives the array parent new items, in one write at its path. The array stays the same part of the document, but
// its former items, of which some may be among the new ones, do not: the items are copied.
func (d *Doc) ReplaceList(parent *Node, items []*Node) error {
	list := Arr(items...)
	depth, err := d.check(parent, Array, list)
	if err != nil {
		return err
	}
	fresh, snap, op, err := d.fresh(parent, list, depth)
	if err != nil {
		return err
	}
	former := &Node{kind: Array, body: parent.body, stamp: parent.stamp}
	d.note(entry{verb: listVerb, op: op, parent: parent, old: former, new: parent, snap: snap})
	parent.body = fresh.body
	for _, kid := range parent.body.kids {
		kid.parent = parent
	}
	d.bump(parent, op)
	return nil
}

// put replaces what stands in a slot.
func (d *Doc) put(parent *Node, slot int, v *Node, depth int) error {
	old := parent.body.kids[slot]
	fresh, snap, op, err := d.fresh(old, v, depth+1)
	if err != nil {
		return err
	}
	if op != Replace || !d.amend(parent, old, fresh) {
		d.note(entry{verb: putVerb, op: op, parent: parent, slot: uint32(slot), old: old, new: fresh, snap: snap})
	}
	if fresh != old {
		fresh.parent, fresh.slot = parent, uint32(slot)
		parent.body.kids[slot] = fresh
	}
	d.bump(parent, op)
	return nil
}

// added notes that fresh has been put behind the other parts of parent.
func (d *Doc) added(parent, fresh, snap *Node) {
	slot := uint32(len(parent.body.kids) - 1)
	fresh.parent, fresh.slot = parent, slot
	d.note(entry{verb: addVerb, op: Add, parent: parent, slot: slot, new: fresh, snap: snap})
	d.bump(parent, Add)
}

// check is asked before each write: v is a value, parent is of the right kind and in the document. It returns the depth at
// which parent stands, from 1.
func (d *Doc) check(parent *Node, kind Kind, v *Node) (int, error) {
	if v == nil {
		return 0, ErrNoValue
	}
	if parent == nil {
		return 0, ErrNoParent
	}
	if parent.kind != kind {
		return 0, fmt.Errorf("%w: %s, not %s", ErrKind, parent.kind, kind)
	}
	depth, n := 1, parent
	for ; n.parent != nil; n = n.parent {
		kids := n.parent.body.kids
		if int(n.slot) >= len(kids) || kids[n.slot] != n {
			return 0, ErrDetached
		}
		depth++
	}
	if n != d.root {
		return 0, ErrDetached
	}
	return depth, nil
}
