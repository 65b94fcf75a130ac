package value

import (
	"encoding/binary"
	"strings"
)

// Outline is a document of which only the names of its members are drawn, or how many items it has: what an expression knows of it
// that asks for no more. What stands there is null. A document that is neither an object nor an array is drawn as it is.
type Outline struct {
	top   Node // if it is an object or array
	body  body
	other *Node // else
}

// drawn stands for every part. Nobody writes to it.
var drawn = &Node{kind: Null, text: "null"}

// Root is the document as far as it is drawn, until the next change; nil while it is absent.
func (o *Outline) Root() *Node {
	if o.top.kind == Absent {
		return o.other
	}
	return &o.top
}

// Clear makes the document absent.
func (o *Outline) Clear() { o.begin(Absent) }

func (o *Outline) begin(kind Kind) {
	o.body.kids, o.body.names, o.body.dead = o.body.kids[:0], o.body.names[:0], 0
	o.body.index.Store(nil)
	o.top, o.other = Node{kind: kind}, nil
	if kind != Absent {
		o.top.body = &o.body
	}
}

// Set draws a whole document; nil is none. Names are not copied.
func (o *Outline) Set(n *Node) {
	switch n.Kind() {
	case Object:
		o.begin(Object)
		for name := range n.Members() {
			o.body.add(name, drawn)
		}
	case Array:
		o.begin(Array)
		o.grow(n.Len())
	default:
		o.begin(Absent)
		o.other = n.Copy()
	}
}

func (o *Outline) grow(items int) {
	for range items {
		o.body.kids = append(o.body.kids, drawn)
	}
}

// Add draws a part that a write names, unless it is there: a member, or an item behind the last. It reports whether the outline
// changes.
func (o *Outline) Add(name string, names *Names) bool {
	switch {
	case o.top.kind == Array:
		if i, ok := elemIndex(name); ok && i < len(o.body.kids) {
			return false
		}
		o.grow(1)
		return true
	case o.top.kind != Object || o.body.find(name) >= 0:
		return false
	}
	if id, ok := names.Find(name); ok {
		name, _ = names.Name(id)
	} else {
		name = strings.Clone(name)
	}
	o.body.add(name, drawn)
	return true
}

// Remove takes a member out, or the last item.
func (o *Outline) Remove(name string) {
	b := &o.body
	if o.top.kind == Array && len(b.kids) > 0 {
		b.kids = b.kids[:len(b.kids)-1]
	}
	slot := -1
	if o.top.kind == Object {
		slot = b.find(name)
	}
	if slot < 0 {
		return
	}
	b.kids[slot] = nil
	if b.dead++; b.dead*2 < len(b.kids) {
		return
	}
	live := 0
	for i, kid := range b.kids {
		if kid != nil {
			b.kids[live], b.names[live] = kid, b.names[i]
			live++
		}
	}
	b.kids, b.names, b.dead = b.kids[:live], b.names[:live], 0
	b.index.Store(nil)
}

// Load draws a document that AppendBinary wrote.
func (o *Outline) Load(src []byte, names *Names) error {
	r := decoder{src: src, names: names, stamped: true}
	r.uvarint() // the last change
	if nodes := r.uvarint(); nodes == 0 {
		o.Clear()
		return r.err()
	}
	for range 3 {
		r.uvarint() // counts
	}
	from := r.pos
	size, code := r.head()
	if code < codeArray {
		r.pos = from
		s := sketcher{r, nil}
		o.Set(s.whole(1))
		return s.err()
	}
	r.uvarint() // stamp
	o.begin(kindOf[code])
	if code == codeArray {
		if size > len(src) {
			r.fail("a count is too large")
			return r.err()
		}
		o.grow(size)
		return r.err()
	}
	s := sketcher{r, nil}
	for range size {
		o.named(&s.decoder)
		if s.value(nil, 2); s.bad != "" {
			break
		}
	}
	return s.err()
}

// named draws the member whose name's number comes next.
func (o *Outline) named(r *decoder) {
	name, ok := r.names.Name(uint32(min(r.uvarint(), 1<<32-1)))
	if !ok {
		r.fail("no such name")
		return
	}
	o.body.add(name, drawn)
}

// Append encodes the outline, so that Restore reads it back.
func (o *Outline) Append(dst []byte, names *Names) []byte {
	if o.top.kind == Absent {
		if dst = append(dst, byte(Absent)); o.other != nil {
			dst = AppendValue(dst, o.other, names)
		}
		return dst
	}
	dst = binary.AppendUvarint(append(dst, byte(o.top.kind)), uint64(o.top.Len()))
	for i, name := range o.body.names {
		if o.body.kids[i] != nil {
			dst = binary.AppendUvarint(dst, uint64(names.ID(name)))
		}
	}
	return dst
}

// Restore draws what Append encoded. The text of a document that is neither an object nor an array is that of src.
func (o *Outline) Restore(src []byte, names *Names) (err error) {
	o.Clear()
	if len(src) == 1 {
		return nil
	}
	if Kind(src[0]) == Absent {
		o.other, err = DecodeValue(src[1:], names)
		return err
	}
	r := decoder{src: src, pos: 1, names: names}
	size := r.uvarint()
	if size > uint64(len(src)) && Kind(src[0]) == Object {
		r.fail("a count is too large")
		return r.err()
	}
	o.begin(Kind(src[0]))
	if o.top.kind == Array {
		o.grow(int(size))
		return r.err()
	}
	for range size {
		o.named(&r)
	}
	return r.err()
}
