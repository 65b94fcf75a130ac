package projection

import (
	"errors"

	"asof/engine/event"
	"asof/engine/value"
)

// Narrowing is a Projection of which some members of documents can be folded alone: what an event does to them does not depend on the
// others. Who folds the same events again and again has each taken apart once.
type Narrowing interface {
	Projection
	// Narrow makes what folds the members of those names, for one goroutine; nil if there is none.
	Narrow(names []string) Narrower
}

// Narrower folds some members of documents. Where Folder's Apply of all that came before has gone into one document, and Apply of their
// effects into another, the members are equal in both.
type Narrower interface {
	// Read takes a prepared event apart. Not ok means that events like this one have to be folded as a whole.
	Read(e *event.Event) (x Effect, ok bool)
	// Apply does what was read to a document, as Folder's Apply does.
	Apply(doc *value.Doc, x *Effect) error
}

// Effect is what an event does to some members of a document. It keeps nothing of the event, and may be shared.
type Effect struct {
	err   error // the event cannot be folded
	kind  string
	time  string // "" = none
	names []string
	parts []*value.Node
}

// Narrow is not nil for merge.
func (n *native) Narrow(names []string) Narrower {
	if n.name != "merge" {
		return nil
	}
	m := &mergeNarrower{wants: map[string]bool{}}
	for _, name := range names {
		m.wants[name] = true
	}
	m.kind, m.count, m.first, m.last = m.wants[mergeType], m.wants[mergeCount], m.wants[mergeFirst], m.wants[mergeLast]
	return m
}

// mergeNarrower does what merge does.
type mergeNarrower struct {
	tools tools
	wants map[string]bool

	kind, count, first, last bool // of those that merge adds
}

// Read is not ok for events that write where merge counts, and may so make it fail later.
func (m *mergeNarrower) Read(e *event.Event) (x Effect, ok bool) {
	x.kind = e.Type
	if !e.Time.IsZero() {
		x.time = string(m.tools.clock.text(e.Time))
	}
	payload := e.Data()
	if len(payload) == 0 {
		return x, true
	}
	n, err := value.Parse(payload)
	switch {
	case err != nil:
		return Effect{err: payloadError(err)}, true
	case n.Kind() != value.Object:
		x.add(m, mergeData, n)
		return x, true
	case n.Get(mergeCount) != nil:
		return x, false
	}
	for name, v := range n.Members() {
		x.add(m, name, v)
	}
	return x, true
}

func (x *Effect) add(m *mergeNarrower, name string, v *value.Node) {
	if m.wants[name] {
		x.names, x.parts = append(x.names, name), append(x.parts, v.Copy())
	}
}

func (m *mergeNarrower) Apply(doc *value.Doc, x *Effect) error {
	if x.err != nil {
		return x.err
	}
	root, err := object(doc)
	if err != nil {
		return err
	}
	if err := m.head(doc, root, x); err != nil {
		return err
	}
	for i, name := range x.names {
		old, v := root.Get(name), x.parts[i]
		if old.Kind() == value.Object && v.Kind() == value.Object {
			err = mergeInto(doc, old, v)
		} else {
			err = doc.SetMember(root, name, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// head is mergeHead.
func (m *mergeNarrower) head(doc *value.Doc, root *value.Node, x *Effect) error {
	var errs [4]error
	if m.kind {
		errs[0] = doc.SetMember(root, mergeType, m.tools.pen.Str(x.kind))
	}
	if m.count {
		errs[1] = m.tools.increment(doc, root, mergeCount)
	}
	if x.time == "" {
		return errors.Join(errs[:]...)
	}
	if m.first && root.Get(mergeFirst) == nil {
		errs[2] = doc.SetMember(root, mergeFirst, value.Str(x.time))
	}
	if m.last {
		errs[3] = doc.SetMember(root, mergeLast, value.Str(x.time))
	}
	return errors.Join(errs[:]...)
}
