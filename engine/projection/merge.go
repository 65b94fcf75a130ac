package projection

import (
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
func merge(doc *value.Doc, e *event.Event) error {
	root := doc.Root()
	if root == nil {
		if err := doc.SetRoot(value.Obj()); err != nil {
			return err
		}
		root = doc.Root()
	}
	if err := mergeHead(doc, root, e); err != nil {
		return err
	}
	payload, err := parsePayload(e)
	if err != nil || payload == nil {
		return err
	}
	if payload.Kind() != value.Object {
		return doc.SetMember(root, mergeData, payload)
	}
	return mergeInto(doc, root, payload)
}

func mergeHead(doc *value.Doc, root *value.Node, e *event.Event) error {
	if err := doc.SetMember(root, mergeType, value.Str(e.Type)); err != nil {
		return err
	}
	if err := increment(doc, root, mergeCount); err != nil {
		return err
	}
	if e.Time.IsZero() {
		return nil
	}
	at := value.Str(e.Time.Text())
	if root.Get(mergeFirst) == nil {
		if err := doc.SetMember(root, mergeFirst, at); err != nil {
			return err
		}
	}
	return doc.SetMember(root, mergeLast, at)
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
func increment(doc *value.Doc, at *value.Node, name string) error {
	n := int64(0)
	if old := at.Get(name); old != nil {
		var err error
		if n, err = strconv.ParseInt(old.Text(), 10, 64); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return doc.SetMember(at, name, value.Int(n+1))
}

// parsePayload is an event's payload, or nil if it has none.
func parsePayload(e *event.Event) (*value.Node, error) {
	data := e.Data()
	if len(data) == 0 {
		return nil, nil
	}
	n, err := value.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return n, nil
}
