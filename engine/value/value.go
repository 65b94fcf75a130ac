package value

import (
	"iter"
	"strconv"
	"unicode/utf8"
)

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds, in the order in which Compare sorts values.
const (
	Absent Kind = iota // no value at all: the kind of a nil *Node
	Null
	Bool
	Number
	String
	Array
	Object
)

// String is the kind's word, in lower case.
func (k Kind) String() string {
	words := [...]string{"absent", "null", "bool", "number", "string", "array", "object"}
	if int(k) < len(words) {
		return words[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Node is a JSON value. A nil *Node is an absent value, and all methods may be called on it.
//
// A node is immutable, unless it is part of a Doc: then only the verbs of that document change it, and whoever is to keep it
// past the next verb takes a Clone.
type Node struct {
	kind   Kind
	flags  nodeFlags
	slot   uint32 // where it stands in its parent's body; meaningful in documents only
	text   string // a number's token, a string's text, true or false
	body   *body  // an array's or object's parts; else nil
	parent *Node  // in documents only
	stamp  uint64 // in documents only
}

type nodeFlags uint8

const (
	flagPlain nodeFlags = 1 << iota // a string whose JSON text is its text between quotes
	flagOwned                       // part of a document, or cut out of one, or of a Parser's room: it may change
)

// Member is a name and its value, for Obj.
type Member struct {
	Name  string
	Value *Node
}

// Nul is JSON's null.
func Nul() *Node { return &Node{kind: Null, text: "null"} }

// Boolean is true or false.
func Boolean(b bool) *Node {
	if b {
		return &Node{kind: Bool, text: "true"}
	}
	return &Node{kind: Bool, text: "false"}
}

// Num is the number that text writes. It returns nil if text is not a JSON number.
func Num(text string) *Node {
	if numberEnd(text, 0) != len(text) || text == "" {
		return nil
	}
	return &Node{kind: Number, text: text}
}

// Int is a whole number.
func Int(i int64) *Node { return &Node{kind: Number, text: strconv.FormatInt(i, 10)} }

// Str is a string. Bytes of s that are not UTF-8 become U+FFFD; surrogates in their three-byte form stay.
func Str(s string) *Node {
	if !utf8.ValidString(s) {
		s, _ = repair(s)
	}
	n := &Node{kind: String, text: s}
	if isPlain(s) {
		n.flags = flagPlain
	}
	return n
}

// Arr is an array of the given items; an absent item becomes null.
func Arr(items ...*Node) *Node {
	b := &body{kids: make([]*Node, len(items))}
	for i, item := range items {
		b.kids[i] = orNull(item)
	}
	return &Node{kind: Array, body: b}
}

// Obj is an object of the given members. Of members with one name the last counts, at the first's place; absent ones are
// left out.
func Obj(members ...Member) *Node {
	b := &body{kids: make([]*Node, 0, len(members)), names: make([]string, 0, len(members))}
	for _, m := range members {
		if m.Value == nil {
			continue
		}
		if i := b.find(m.Name); i >= 0 {
			b.kids[i] = m.Value
		} else {
			b.add(m.Name, m.Value)
		}
	}
	return &Node{kind: Object, body: b}
}

func orNull(n *Node) *Node {
	if n == nil {
		return Nul()
	}
	return n
}

// Kind is the kind of the value; Absent for nil.
func (n *Node) Kind() Kind {
	if n == nil {
		return Absent
	}
	return n.kind
}

// IsContainer reports whether n is an array or an object.
func (n *Node) IsContainer() bool { return n != nil && n.body != nil }

// Text is a number's token as it was written, a string's decoded text, "true", "false" or "null"; "" for the rest.
//
// It is UTF-8, but for surrogates that stood alone in the source: those are kept in the three-byte form.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.text
}

// IsTrue reports whether n is the boolean true.
func (n *Node) IsTrue() bool { return n != nil && n.kind == Bool && n.text == "true" }

// IsPlain reports whether n is a string whose JSON text is its text between quotes, as far as is known.
func (n *Node) IsPlain() bool { return n != nil && n.flags&flagPlain != 0 }

// Decimal is the value of a number node.
func (n *Node) Decimal() (Decimal, error) {
	if n.Kind() != Number {
		return Decimal{}, ErrNotNumber
	}
	return ParseNumber(n.text)
}

// Len is the count of an array's items or an object's members; 0 for the rest.
func (n *Node) Len() int {
	if n == nil || n.body == nil {
		return 0
	}
	return len(n.body.kids) - n.body.dead
}

// Item is item i of an array; nil where there is none.
func (n *Node) Item(i int) *Node {
	if n.Kind() != Array || i < 0 || i >= len(n.body.kids) {
		return nil
	}
	return n.body.kids[i]
}

// Get is the value of an object's member; nil where there is none.
func (n *Node) Get(name string) *Node {
	if n.Kind() != Object {
		return nil
	}
	if i := n.body.find(name); i >= 0 {
		return n.body.kids[i]
	}
	return nil
}

// Members yields an object's members in their order; nothing for the rest.
func (n *Node) Members() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n.Kind() != Object {
			return
		}
		for i, kid := range n.body.kids {
			if kid != nil && !yield(n.body.names[i], kid) {
				return
			}
		}
	}
}

// Items yields an array's items with their indexes; nothing for the rest.
func (n *Node) Items() iter.Seq2[int, *Node] {
	return func(yield func(int, *Node) bool) {
		if n.Kind() != Array {
			return
		}
		for i, kid := range n.body.kids {
			if !yield(i, kid) {
				return
			}
		}
	}
}

// Changed is the stamp of the last change at or below the node. It is 0 outside documents.
func (n *Node) Changed() uint64 {
	if n == nil {
		return 0
	}
	return n.stamp
}

// Clone is a copy of n that no document changes. It keeps the stamps, and shares what cannot change.
func (n *Node) Clone() *Node {
	if n == nil || n.body == nil {
		return n
	}
	c := &Node{kind: n.kind, stamp: n.stamp, body: &body{kids: make([]*Node, 0, n.Len())}}
	if n.kind == Object {
		c.body.names = make([]string, 0, n.Len())
	}
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		c.body.kids = append(c.body.kids, kid.Clone())
		if n.kind == Object {
			c.body.names = append(c.body.names, n.body.names[i])
		}
	}
	return c
}
