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
	return doc.Become(root, payload)
}
