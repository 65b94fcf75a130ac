package present

import (
	"strings"

	"asof/engine/value"
)

// Kind is what a text stands for, so that a screen can choose its colour.
type Kind uint8

// The kinds of JSON values and of the text around them.
const (
	Plain Kind = iota
	Null
	Bool
	Number
	String
	Container
	Name
	Punct
)

// KindOf is the kind of a value's text.
func KindOf(k value.Kind) Kind {
	switch k {
	case value.Null:
		return Null
	case value.Bool:
		return Bool
	case value.Number:
		return Number
	case value.String:
		return String
	case value.Array, value.Object:
		return Container
	case value.Absent:
	}
	return Plain
}

// Scalar is a scalar's text in at most cells columns: a string between quotes, a number with its own digits.
func Scalar(k value.Kind, text string, cells int) Safe {
	switch k {
	case value.String:
		return quoted(text, cells)
	case value.Null:
		return Truncate("null", cells)
	case value.Absent:
		return Truncate("absent", cells)
	case value.Bool, value.Number, value.Array, value.Object:
	}
	return Clip(text, cells)
}

// quoted keeps the closing quote where a long string is cut.
func quoted(text string, cells int) Safe {
	if cells < 3 {
		return Truncate(Ellipsis, cells)
	}
	return `"` + Clip(text, cells-2) + `"`
}

// Summary says how much is in a container: 2 items, 1 field, empty list, {}.
func Summary(k value.Kind, length int) Safe {
	switch {
	case k == value.Array && length == 0:
		return "[]"
	case k == value.Object && length == 0:
		return "{}"
	case k == value.Array:
		return Counted(length, "item")
	}
	return Counted(length, "field")
}

// Preview is a value on one line of at most cells columns. Containers show what is in them as far as there is room.
func Preview(n *value.Node, cells int) Safe {
	if !n.IsContainer() {
		return Scalar(n.Kind(), n.Text(), cells)
	}
	if n.Len() == 0 {
		return Truncate(Summary(n.Kind(), 0), cells)
	}
	var b strings.Builder
	preview(&b, n, cells, 0)
	return Truncate(Safe(b.String()), cells)
}

const previewDepth = 3

func preview(b *strings.Builder, n *value.Node, cells, depth int) {
	if !n.IsContainer() {
		b.WriteString(string(Scalar(n.Kind(), n.Text(), max(cells, 12))))
		return
	}
	if depth >= previewDepth {
		b.WriteString(string(Summary(n.Kind(), n.Len())))
		return
	}
	opening, closing := "{", "}"
	if n.Kind() == value.Array {
		opening, closing = "[", "]"
	}
	b.WriteString(opening)
	first := true
	next := func(name string, child *value.Node) bool {
		if !first {
			b.WriteString(", ")
		}
		first = false
		if name != "" {
			b.WriteString(string(Clip(name, cells)) + ": ")
		}
		preview(b, child, cells, depth+1)
		return b.Len() <= 4*cells+16
	}
	if n.Kind() == value.Array {
		for i := range n.Len() {
			if !next("", n.Item(i)) {
				break
			}
		}
	} else {
		for name, child := range n.Members() {
			if !next(name, child) {
				break
			}
		}
	}
	b.WriteString(closing)
}

// farAlike is how far, in columns, two values that begin alike are read to find where they differ.
const farAlike = 400

// Change is a field's old and new value: "paid" → "refunded". A nil node is absent.
func Change(before, after *value.Node, cells int) Safe {
	side := max((cells-3)/2, 1)
	whole, now := Preview(before, farAlike), Preview(after, farAlike)
	if a, b := Unlike(whole, now, cells-3, Ellipsis); a != whole {
		a = Truncate(a, max(side, cells-3-Width(b)))
		return a + " → " + Truncate(b, max(cells-3-Width(a), 1))
	}
	old := Preview(before, side)
	return old + " → " + Preview(after, max(cells-3-Width(old), 1))
}

// Unlike is the two sides of a change without the middle of what they begin with alike, where both together do not fit in so many
// columns: two times of one day differ at their ends. They may still be too wide.
func Unlike(before, after Safe, cells int, tail Safe) (Safe, Safe) {
	const lead, context = 1, 2 // columns that stay: a string's quote, and what leads up to the difference
	over := Width(before) + Width(after) - cells
	if over <= 0 {
		return before, after
	}
	drop := min((over+1)/2+Width(tail), Width(alike(before, after))-lead-context)
	if drop <= Width(tail) {
		return before, after
	}
	return without(before, lead, drop, tail), without(after, lead, drop, tail)
}

// alike is what two texts begin with, in whole clusters.
func alike(a, b Safe) Safe {
	for i := 0; i < len(a); {
		cluster, _ := nextCluster(a[i:])
		if !strings.HasPrefix(string(b[i:]), string(cluster)) {
			return a[:i]
		}
		i += len(cluster)
	}
	return a
}

// without is s with tail in place of so many columns behind its first ones.
func without(s Safe, lead, drop int, tail Safe) Safe {
	head, rest := splitAt(s, lead)
	_, rest = splitAt(rest, drop)
	return head + tail + rest
}

// Path is a JSON Pointer for people: the empty one, which means the whole document, is written as (all).
func Path(p value.Pointer) Safe {
	if p == "" {
		return "(all)"
	}
	return Text(string(p))
}
