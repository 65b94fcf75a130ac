// Package compare aligns two documents by path, for showing them side by side.
package compare

import (
	"asof/engine/event"
	"asof/engine/value"
)

// Mark says how a row differs, from left to right.
type Mark byte

// The marks, named by the character that shows them.
const (
	Equal   Mark = ' '
	Added   Mark = '+' // only on the right
	Removed Mark = '-' // only on the left
	Changed Mark = '~'
	Inside  Mark = '.' // containers on both sides, in which something differs
)

// Row is one path with what each side holds there. Rows come in the order of the left document, with what is only on the
// right put where it stands there; a container comes before what is in it.
type Row struct {
	Path        value.Pointer
	Label       string
	Element     bool // Label is an index
	Depth       int  // 0 for the documents' own members
	Below       int  // how many of the following rows lie inside this one
	Mark        Mark
	Ignored     bool // counted as equal because its path is to be ignored
	Folded      bool // a container whose inside was left out, because Options.Open said no
	Left, Right Cell
}

// Cell is one side of a row.
type Cell struct {
	Node    *value.Node // nil = absent
	Text    string      // a scalar's text; "" for a container
	Changed event.Position
}

// Counts is how many leaves are equal, added, removed and changed.
type Counts struct{ Equal, Added, Removed, Changed int }

// Different is how many are not equal.
func (c Counts) Different() int { return c.Added + c.Removed + c.Changed }
