package value

// Sketch is a document of which only some fields are drawn: what an expression reads of it that reads no more. It serves one
// document after the other; a field's text lies where it was read from, and what Root gives is good until the next change.
type Sketch struct {
	top    *sketched
	leaves []*sketched
	names  *Names
	named  int // names that were there when the fields' names were looked up
}

// sketched is an object on the way to a field, or a field.
type sketched struct {
	node   *Node // the object; of a field, what it has for a scalar
	parent *sketched
	slot   int // in the parent
	name   string
	id     uint32 // of the name, if known
	known  bool
	kids   []*sketched // of an object
	field  int         // the field's number and 1; 0 for an object
}

// NewSketch is a sketch of the fields at the given paths, none of which lies below another; all of them lead through objects.
func NewSketch(paths []Pointer) *Sketch {
	s := &Sketch{top: &sketched{node: &Node{kind: Object, body: &body{}}}}
	for i, p := range paths {
		at := s.top
		for token := range p.Each() {
			at = at.kid(token)
		}
		at.field = i + 1
		at.node = &Node{}
		s.leaves = append(s.leaves, at)
	}
	s.top.fill()
	return s
}

// kid is the part of the object with a name.
func (k *sketched) kid(name string) *sketched {
	for _, kid := range k.kids {
		if kid.name == name {
			return kid
		}
	}
	kid := &sketched{name: name, parent: k, slot: len(k.kids), node: &Node{kind: Object, body: &body{}}}
	k.kids = append(k.kids, kid)
	return kid
}

// fill makes the objects, whose fields are absent.
func (k *sketched) fill() {
	b := k.node.body
	for _, kid := range k.kids {
		b.names = append(b.names, kid.name)
		if kid.field > 0 {
			b.kids = append(b.kids, nil)
			b.dead++
			continue
		}
		b.kids = append(b.kids, kid.node)
		kid.fill()
	}
}

// Root is the document as far as it is drawn.
func (s *Sketch) Root() *Node { return s.top.node }

// Fields is how many fields there are.
func (s *Sketch) Fields() int { return len(s.leaves) }

// Field is what stands at field i; nil if nothing does.
func (s *Sketch) Field(i int) *Node {
	k := s.leaves[i]
	return k.parent.node.body.kids[k.slot]
}

// Put makes n, which may be nil, what stands at field i.
func (s *Sketch) Put(i int, n *Node) {
	k := s.leaves[i]
	b := k.parent.node.body
	if was := b.kids[k.slot]; (was == nil) != (n == nil) {
		if b.dead++; was == nil {
			b.dead -= 2
		}
	}
	b.kids[k.slot] = n
}

// PutText makes a scalar what stands at field i. The text is not copied.
func (s *Sketch) PutText(i int, kind Kind, text string) {
	n := s.leaves[i].node
	n.kind, n.text, n.flags = kind, text, 0
	s.Put(i, n)
}

// PutLike makes what stands at field i of another sketch of the same fields what stands here.
func (s *Sketch) PutLike(i int, other *Sketch) {
	n := other.Field(i)
	if n == nil || n.body != nil {
		s.Put(i, n)
		return
	}
	s.PutText(i, n.kind, n.text)
}

// Clear makes all fields absent.
func (s *Sketch) Clear() {
	for i := range s.leaves {
		s.Put(i, nil)
	}
}

// Below lists the fields at or below a path; Above is the field that the path lies below, or -1.
func (s *Sketch) Below(p Pointer) (fields []int, above int) {
	at := s.top
	for token := range p.Each() {
		if at.field > 0 {
			return nil, at.field - 1
		}
		found := false
		for _, kid := range at.kids {
			if kid.name == token {
				at, found = kid, true
				break
			}
		}
		if !found {
			return nil, -1
		}
	}
	return at.fields(nil), -1
}

func (k *sketched) fields(list []int) []int {
	if k.field > 0 {
		return append(list, k.field-1)
	}
	for _, kid := range k.kids {
		list = kid.fields(list)
	}
	return list
}

// Draw makes a value what stands at a path, and so the fields at and below it; nil removes them.
func (s *Sketch) Draw(p Pointer, n *Node) {
	fields, _ := s.Below(p)
	for _, i := range fields {
		s.Put(i, n.At(s.leaves[i].below(p)))
	}
}

// below is the rest of the field's path behind p.
func (k *sketched) below(p Pointer) Pointer {
	var path Pointer
	for at := k; at.parent != nil; at = at.parent {
		path = "/" + Pointer(escape(at.name)) + path
	}
	return path[len(p):]
}
