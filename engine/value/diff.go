package value

import "strconv"

// Op is what a write did to a path.
type Op uint8

// The ops of writes and differences.
const (
	Same    Op = iota // wrote an equal value again
	Add               // nothing stood there
	Replace           // another value stood there
	Remove            // nothing stands there now
)

// String is the op's word.
func (o Op) String() string {
	words := [...]string{"same", "add", "replace", "remove"}
	if int(o) < len(words) {
		return words[o]
	}
	return "op " + strconv.Itoa(int(o))
}

// Difference is one step from a value to another.
type Difference struct {
	Path     Pointer
	Op       Op
	Old, New *Node
}

// Diff lists the steps that make b's value of a, to be done in their order; none if they are equal. In arrays Add inserts
// before the index and Remove takes out, as in RFC 6902; what arrays share at their ends is no difference. The order of an
// object's members does not count.
func Diff(a, b *Node) []Difference {
	var d differ
	d.walk("", a, b)
	return d.steps
}

type differ struct{ steps []Difference }

func (d *differ) step(p Pointer, op Op, old, new *Node) {
	d.steps = append(d.steps, Difference{p, op, old, new})
}

func (d *differ) walk(p Pointer, a, b *Node) {
	switch {
	case a == nil && b == nil:
	case a == nil:
		d.step(p, Add, nil, b)
	case b == nil:
		d.step(p, Remove, a, nil)
	case a.kind == Object && b.kind == Object:
		d.objects(p, a, b)
	case a.kind == Array && b.kind == Array:
		d.arrays(p, a.body.kids, b.body.kids)
	case !Equal(a, b):
		d.step(p, Replace, a, b)
	}
}

func (d *differ) objects(p Pointer, a, b *Node) {
	for name, kid := range a.Members() {
		d.walk(p.Child(name), kid, b.Get(name))
	}
	for name, kid := range b.Members() {
		if a.Get(name) == nil {
			d.step(p.Child(name), Add, nil, kid)
		}
	}
}

// arrays leaves out what both begin and end with, and pairs the rest by index.
func (d *differ) arrays(p Pointer, a, b []*Node) {
	first := 0
	for first < len(a) && first < len(b) && Equal(a[first], b[first]) {
		first++
	}
	for len(a) > first && len(b) > first && Equal(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	paired := min(len(a), len(b))
	for i := first; i < paired; i++ {
		d.walk(p.Elem(i), a[i], b[i])
	}
	for i := len(a) - 1; i >= paired; i-- {
		d.step(p.Elem(i), Remove, a[i], nil)
	}
	for i := paired; i < len(b); i++ {
		d.step(p.Elem(i), Add, nil, b[i])
	}
}
