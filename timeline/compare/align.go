package compare

import (
	"strconv"

	"asof/engine/event"
	"asof/engine/value"
)

// Options say how two documents are aligned. The zero value lists everything.
type Options struct {
	// Ignore are paths that, with what lies below them, count as equal.
	Ignore []value.Pointer
	// Open says whether the inside of a container is listed; nil = always. It is called in the order of the rows. What is not
	// listed is not counted.
	Open func(path value.Pointer, depth, length int) bool
	// Differ says whether two containers that are not opened differ; nil = by value.
	Differ func(left, right *value.Node) bool
}

// Align lists the paths of two documents, either of which may be absent. The documents themselves have no row, unless there
// is no other way to show that they differ: one is no container, or they are of two kinds.
func Align(left, right *value.Node, o Options) ([]Row, Counts) {
	if o.Differ == nil {
		o.Differ = func(l, r *value.Node) bool { return !value.Equal(l, r) }
	}
	a := aligner{Options: o}
	root := pair{left: left, right: right}
	switch {
	case left == nil && right == nil:
	case rooted(left, right):
		a.row(root)
	default:
		a.inside(root)
	}
	return a.rows, a.counts
}

func rooted(left, right *value.Node) bool {
	switch {
	case left == nil:
		return !right.IsContainer() || right.Len() == 0
	case right == nil:
		return !left.IsContainer() || left.Len() == 0
	}
	return left.Kind() != right.Kind() || !left.IsContainer()
}

type aligner struct {
	Options
	rows   []Row
	counts Counts
}

// pair is one path with both sides.
type pair struct {
	path        value.Pointer
	label       string
	element     bool
	depth       int
	left, right *value.Node
	ignored     bool
	settled     bool // an ancestor was counted as a whole: what lies below it is not counted again
}

// row lists a pair and what lies in it, and reports whether its sides differ.
func (a *aligner) row(p pair) bool {
	p.ignored = p.ignored || a.ignores(p.path)
	at := len(a.rows)
	a.rows = append(a.rows, Row{
		Path: p.path, Label: p.label, Element: p.element, Depth: p.depth, Ignored: p.ignored,
		Left: cell(p.left), Right: cell(p.right),
	})
	mark := p.mark()
	if inside := p.length(); inside > 0 {
		mark = a.container(p, mark, inside, at)
	} else if !p.settled {
		a.counts.Add(mark)
	}
	if p.ignored {
		mark = Equal
	}
	a.rows[at].Mark = mark
	return mark != Equal
}

// container lists what lies in a pair of which at least one side is a container with something in it.
func (a *aligner) container(p pair, mark Mark, inside, at int) Mark {
	if mark == Changed && !p.settled {
		a.counts.Add(mark)
		p.settled = true
	}
	if a.Open != nil && !a.Open(p.path, p.depth, inside) {
		a.rows[at].Folded = true
		if mark == Equal && p.left != p.right && a.Differ(p.left, p.right) {
			mark = Inside
		}
		return mark
	}
	child := p
	child.depth++
	if a.inside(child) && mark == Equal {
		mark = Inside
	}
	a.rows[at].Below = len(a.rows) - at - 1
	return mark
}

// mark compares what two sides are, without what lies in them.
func (p pair) mark() Mark {
	switch {
	case p.ignored:
		return Equal
	case p.left == nil:
		return Added
	case p.right == nil:
		return Removed
	case p.left.Kind() != p.right.Kind():
		return Changed
	case p.left.IsContainer(), p.left == p.right:
		return Equal // of a container the rows inside say the rest
	case value.Equal(p.left, p.right):
		return Equal
	}
	return Changed
}

func (p pair) length() int {
	n := 0
	if p.left.IsContainer() {
		n = p.left.Len()
	}
	if p.right.IsContainer() {
		n = max(n, p.right.Len())
	}
	return n
}

// inside lists what lies in both sides of a pair; p.depth is the depth of those rows.
func (a *aligner) inside(p pair) bool {
	differs := false
	if p.left.Kind() == value.Object || p.right.Kind() == value.Object {
		differs = a.members(p)
	}
	if p.left.Kind() == value.Array || p.right.Kind() == value.Array {
		differs = a.items(p) || differs
	}
	return differs
}

func (a *aligner) items(p pair) bool {
	n := 0
	if p.left.Kind() == value.Array {
		n = p.left.Len()
	}
	if p.right.Kind() == value.Array {
		n = max(n, p.right.Len())
	}
	differs := false
	for i := range n {
		child := p
		child.path, child.label, child.element = p.path.Elem(i), strconv.Itoa(i), true
		child.left, child.right = p.left.Item(i), p.right.Item(i)
		differs = a.row(child) || differs
	}
	return differs
}

// members lists the left object's members in their order; what only the right one has comes after its neighbour there.
func (a *aligner) members(p pair) bool {
	differs := false
	list := func(name string, left, right *value.Node) {
		child := p
		child.path, child.label, child.element = p.path.Child(name), name, false
		child.left, child.right = left, right
		differs = a.row(child) || differs
	}
	if p.left == p.right {
		for name, v := range p.left.Members() {
			list(name, v, v)
		}
		return differs
	}
	extra := rightOnly(p.left, p.right)
	follow := func(name string) {
		for _, m := range extra[name] {
			list(m.Name, nil, m.Value)
		}
	}
	follow("")
	for name, left := range p.left.Members() {
		list(name, left, p.right.Get(name))
		follow("/" + name)
	}
	return differs
}

// rightOnly are the members that only the right object has, by "/" and the common member that they follow; "" = they come first.
func rightOnly(left, right *value.Node) map[string][]value.Member {
	extra := map[string][]value.Member{}
	after := ""
	for name, v := range right.Members() {
		if left.Get(name) != nil {
			after = "/" + name
			continue
		}
		extra[after] = append(extra[after], value.Member{Name: name, Value: v})
	}
	return extra
}

func (a *aligner) ignores(path value.Pointer) bool {
	for _, p := range a.Ignore {
		if path.HasPrefix(p) {
			return true
		}
	}
	return false
}

func cell(n *value.Node) Cell {
	if n == nil {
		return Cell{}
	}
	return Cell{Node: n, Text: n.Text(), Changed: event.Position(n.Changed())}
}

// Add counts one more thing with this mark.
func (c *Counts) Add(m Mark) {
	switch m {
	case Added:
		c.Added++
	case Removed:
		c.Removed++
	case Changed:
		c.Changed++
	default:
		c.Equal++
	}
}
