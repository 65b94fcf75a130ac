package projection

import (
	"asof/engine/event"
	"asof/engine/value"
)

// last makes the document equal to the event's payload. It writes member by member, so that blame tells for each field which
// event brought the value that it has, and not only which event came last.
func last(t *tools, doc *value.Doc, e *event.Event) error {
	payload, err := t.parsePayload(e)
	if err != nil || payload == nil {
		return err
	}
	root := doc.Root()
	if root.Kind() != value.Object || payload.Kind() != value.Object {
		return doc.SetRoot(payload)
	}
	return become(doc, root, payload)
}

// become makes the object at equal to want.
func become(doc *value.Doc, at, want *value.Node) error {
	var gone []string
	for name := range at.Members() {
		if want.Get(name) == nil {
			gone = append(gone, name)
		}
	}
	for _, name := range gone {
		if err := doc.DeleteMember(at, name); err != nil {
			return err
		}
	}
	for name, v := range want.Members() {
		old := at.Get(name)
		if old.Kind() == value.Object && v.Kind() == value.Object {
			if err := become(doc, old, v); err != nil {
				return err
			}
			continue
		}
		if err := doc.SetMember(at, name, v); err != nil {
			return err
		}
	}
	return nil
}
