package projection

import (
	"errors"
	"fmt"
	"strconv"

	"asof/engine/event"
	"asof/engine/value"
)

// Members that merge adds to a document beside the payload's own. The dollar keeps them apart from fields of the log.
const (
	mergeType  = "$type"       // of the last event
	mergeCount = "$count"      // of events
	mergeFirst = "$first_time" // of the first event that has a time
	mergeLast  = "$last_time"  // of the last event that has a time
	mergeData  = "$data"       // the last payload that is not an object
)

// merge folds an event's payload into the document: objects member by member, everything else as a whole. A null in a
// payload is a value like any other; nothing is ever removed.
func merge(t *tools, doc *value.Doc, e *event.Event) error {
	payload := e.Data()
	root, err := t.mergeHead(doc, e)
	if err != nil || len(payload) == 0 {
		return err
	}
	err = t.pen.Merge(doc, root, payload)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, value.ErrRepeatedKey): // which of them counts shows at the end only
		doc.Rollback()
		if root, err = t.mergeHead(doc, e); err != nil {
			return err
		}
	case !errors.Is(err, value.ErrKind):
		return payloadError(err)
	}
	return mergeParsed(doc, root, payload)
}

// mergeParsed is merge for the payloads that the pen leaves.
func mergeParsed(doc *value.Doc, root *value.Node, payload []byte) error {
	n, err := value.Parse(payload)
	if err != nil {
		return payloadError(err)
	}
	if n.Kind() != value.Object {
		return doc.SetMember(root, mergeData, n)
	}
	return mergeInto(doc, root, n)
}

// mergeHead writes what merge adds to the payload, and returns the document's root.
func (t *tools) mergeHead(doc *value.Doc, e *event.Event) (*value.Node, error) {
	root, err := object(doc)
	if err != nil {
		return nil, err
	}
	if err := doc.SetMember(root, mergeType, t.pen.Str(e.Type)); err != nil {
		return nil, err
	}
	if err := t.increment(doc, root, mergeCount); err != nil {
		return nil, err
	}
	if e.Time.IsZero() {
		return root, nil
	}
	at := t.pen.Text(t.clock.text(e.Time))
	if root.Get(mergeFirst) == nil {
		if err := doc.SetMember(root, mergeFirst, at); err != nil {
			return nil, err
		}
	}
	return root, doc.SetMember(root, mergeLast, at)
}

func mergeInto(doc *value.Doc, at, payload *value.Node) error {
	for name, v := range payload.Members() {
		old := at.Get(name)
		if old.Kind() == value.Object && v.Kind() == value.Object {
			if err := mergeInto(doc, old, v); err != nil {
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

// increment adds 1 to a counter of the document, which starts at 0.
func (t *tools) increment(doc *value.Doc, at *value.Node, name string) error {
	n := int64(0)
	if old := at.Get(name); old != nil {
		var err error
		if n, err = strconv.ParseInt(old.Text(), 10, 64); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return doc.SetMember(at, name, t.pen.Int(n+1))
}

// parsePayload is an event's payload, or nil if it has none. It is good until the next use of the tools' parser.
func (t *tools) parsePayload(e *event.Event) (*value.Node, error) {
	data := e.Data()
	if len(data) == 0 {
		return nil, nil
	}
	n, _, err := t.pen.Parse(data)
	if err != nil {
		return nil, payloadError(err)
	}
	return n, nil
}

func payloadError(err error) error { return fmt.Errorf("payload: %w", err) }
