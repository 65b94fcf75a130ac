package projection

import (
	"fmt"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// counts keeps the number of events by type.
func counts(t *tools, doc *value.Doc, e *event.Event) error {
	root, err := object(doc)
	if err != nil {
		return err
	}
	return t.increment(doc, root, e.Type)
}

// tallyIDs is how many distinct ids tally keeps per field; events with a further one are counted under "more".
const tallyIDs = 100

// tally keeps, for one key:
//
//	events    type → number of events
//	sums      type → field → sum of the numbers that events of the type brought there
//	ids       field → id → number of events that named it, for fields whose name ends in "id"
//	more      field → number of events whose id came after the first hundred of the field
//	repeated  number of events whose own id the log had seen before
//
// A field is written with dots, items[].qty for the parts of a list. Ids are not summed up. So a double refund shows as
// 2 in events and as twice the amount in sums.
func tally(tools *tools, doc *value.Doc, e *event.Event) error {
	root, err := object(doc)
	if err != nil {
		return err
	}
	events, err := child(doc, root, "events")
	if err != nil {
		return err
	}
	if err := tools.increment(doc, events, e.Type); err != nil {
		return err
	}
	if e.Marks.Has(event.RepeatedID) {
		if err := tools.increment(doc, root, "repeated"); err != nil {
			return err
		}
	}
	payload, err := tools.parsePayload(e)
	if err != nil || payload == nil {
		return err
	}
	t := tallier{tools: tools, doc: doc, root: root, typ: e.Type}
	return t.walk("", "", payload)
}

type tallier struct {
	*tools
	doc  *value.Doc
	root *value.Node
	sums *value.Node // of the event's type; nil until there is a number
	typ  string
}

// walk visits a part of the payload. Name is the member name nearest above it, field the way to it.
func (t *tallier) walk(field, name string, n *value.Node) error {
	switch n.Kind() {
	case value.Object:
		for name, v := range n.Members() {
			if err := t.walk(join(field, name), name, v); err != nil {
				return err
			}
		}
	case value.Array:
		for _, v := range n.Items() {
			if err := t.walk(field+"[]", name, v); err != nil {
				return err
			}
		}
	case value.String, value.Number:
		if isID(name) {
			return t.id(field, n.Text())
		}
		if n.Kind() == value.Number {
			return t.sum(field, n)
		}
	}
	return nil
}

func (t *tallier) sum(field string, n *value.Node) error {
	if t.sums == nil {
		sums, err := child(t.doc, t.root, "sums")
		if err != nil {
			return err
		}
		if t.sums, err = child(t.doc, sums, t.typ); err != nil {
			return err
		}
	}
	total, err := t.pen.Sum(t.sums.Get(field).Text(), n.Text())
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return t.doc.SetMember(t.sums, field, total)
}

func (t *tallier) id(field, id string) error {
	ids, err := child(t.doc, t.root, "ids")
	if err != nil {
		return err
	}
	of, err := child(t.doc, ids, field)
	if err != nil {
		return err
	}
	if of.Get(id) != nil || of.Len() < tallyIDs {
		return t.increment(t.doc, of, id)
	}
	more, err := child(t.doc, t.root, "more")
	if err != nil {
		return err
	}
	return t.increment(t.doc, more, field)
}

// isID reports whether a member's name says that it holds an id: id, order_id, orderId, orderID, order-id.
func isID(name string) bool {
	switch {
	case name == "id" || name == "ID" || name == "Id":
		return true
	case strings.HasSuffix(name, "_id"), strings.HasSuffix(name, "-id"), strings.HasSuffix(name, "_ID"):
		return true
	}
	return strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID")
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

// object is the document's root, made if there is none.
func object(doc *value.Doc) (*value.Node, error) {
	if doc.Root() == nil {
		if err := doc.SetRoot(value.Obj()); err != nil {
			return nil, err
		}
	}
	return doc.Root(), nil
}

// child is an object inside the document, made if there is none.
func child(doc *value.Doc, at *value.Node, name string) (*value.Node, error) {
	if at.Get(name) == nil {
		if err := doc.SetMember(at, name, value.Obj()); err != nil {
			return nil, err
		}
	}
	return at.Get(name), nil
}
