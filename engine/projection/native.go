package projection

import (
	"asof/engine/event"
	"asof/engine/value"
)

// fold is a built-in: a default key and what an event does to a document. It keeps nothing between events but its tools.
type fold struct {
	key   func(e *event.Event) string
	apply func(t *tools, doc *value.Doc, e *event.Event) error
}

// tools are what the folds of one goroutine write with. They make no difference to what is written.
type tools struct {
	pen   value.Pen
	clock clock
}

func builtin(name string) (fold, bool) {
	switch name {
	case "merge":
		return fold{byStream, merge}, true
	case "last":
		return fold{byStream, last}, true
	case "counts":
		return fold{func(*event.Event) string { return "all" }, counts}, true
	case "tally":
		return fold{byStream, tally}, true
	}
	return fold{}, false
}

func byStream(e *event.Event) string { return string(e.Stream) }

// native is a built-in projection.
type native struct {
	name string
	by   by
	fold fold
}

func (n *native) Name() string      { return n.name }
func (n *native) By() string        { return n.by.text }
func (n *native) Identity() string  { return identity("built-in", n.name, n.by.text) }
func (n *native) Source() []byte    { return nil }
func (n *native) NewFolder() Folder { return &nativeFolder{native: n} }

type nativeFolder struct {
	*native
	tools tools
}

func (n *nativeFolder) Prepare(e *event.Event) (*event.Event, error) { return e, nil }

func (n *nativeFolder) Keys(e *event.Event, dst []string) ([]string, error) {
	if n.by.text != "" {
		return n.by.keys(e, dst)
	}
	if k := n.fold.key(e); k != "" {
		dst = append(dst, k)
	}
	return dst, nil
}

func (n *nativeFolder) Apply(doc *value.Doc, e *event.Event, _ string) error {
	return n.fold.apply(&n.tools, doc, e)
}
