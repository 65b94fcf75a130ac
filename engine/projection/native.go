package projection

import (
	"asof/engine/event"
	"asof/engine/value"
)

// fold is a built-in: a default key and what an event does to a document. It keeps nothing between events.
type fold struct {
	key   func(e *event.Event) string
	apply func(doc *value.Doc, e *event.Event) error
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

// native is a built-in projection. It is its own folder, since built-in folds keep no state.
type native struct {
	name string
	by   by
	fold fold
}

func (n *native) Name() string      { return n.name }
func (n *native) By() string        { return n.by.text }
func (n *native) Identity() string  { return identity("built-in", n.name, n.by.text) }
func (n *native) Source() []byte    { return nil }
func (n *native) NewFolder() Folder { return n }

func (n *native) Prepare(e *event.Event) (*event.Event, error) { return e, nil }

func (n *native) Keys(e *event.Event, dst []string) ([]string, error) {
	if n.by.text != "" {
		return n.by.keys(e, dst)
	}
	if k := n.fold.key(e); k != "" {
		dst = append(dst, k)
	}
	return dst, nil
}

func (n *native) Apply(doc *value.Doc, e *event.Event, _ string) error { return n.fold.apply(doc, e) }
