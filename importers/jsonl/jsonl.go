// Package jsonl reads JSON Lines: JSON objects of any shape one after another, also pretty-printed or on one line.
package jsonl

import (
	"bytes"
	"fmt"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// Importer reads JSON Lines.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format {
	return ingest.Format{
		Name:       "jsonl",
		Title:      "JSON Lines",
		Detect:     "JSON objects one after another, one a line or pretty-printed; fields are found by their names and values",
		Projection: "merge",
		Lines:      true,
	}
}

// Detect votes with the share of the head's values that are objects.
func (Importer) Detect(head ingest.Head) ingest.Vote {
	if head.Wrapper != "" {
		return ingest.Vote{}
	}
	objects, others := count(head)
	if objects == 0 {
		if start := bytes.TrimLeft(head.Bytes, " \t\r\n"); others == 0 && len(start) > 0 && start[0] == '{' {
			return ingest.Vote{Weight: 1, Share: 100, Reason: "it begins with an object that does not end yet"}
		}
		return ingest.Vote{Reason: firstFault(head)}
	}
	share := 100 * objects / (objects + others)
	if share < 50 {
		return ingest.Vote{Reason: firstFault(head)}
	}
	return ingest.Vote{Weight: 1, Share: share, Reason: reason(objects, others)}
}

// firstFault says why the first value that is no object is none, where the text begins as JSON does, or has some objects.
func firstFault(head ingest.Head) string {
	var s scan.Scanner
	src := scan.NewSource(ingest.Input{Body: scan.Memory(head.Bytes)}, 0)
	json := false
	for range scan.HeadRecords {
		var rec ingest.Record
		if src.Next(&s, &rec) != nil {
			break
		}
		json = json || rec.Rejected == "" || bytes.HasPrefix(rec.Raw, []byte("{")) || bytes.HasPrefix(rec.Raw, []byte("["))
		if json && rec.Rejected != "" {
			return fmt.Sprintf("line %d: %s", rec.Line, rec.Rejected)
		}
	}
	return ""
}

func reason(objects, others int) string {
	if objects+others == 1 {
		return fmt.Sprintf("%d of 1 value is an object", objects)
	}
	return fmt.Sprintf("%d of the first %d values are objects", objects, objects+others)
}

// count counts the objects in a head, and everything else that should be one. What the head cuts off counts as neither.
func count(head ingest.Head) (objects, others int) {
	s := scan.Scanner{Few: true}
	src := scan.NewSource(ingest.Input{Body: scan.Memory(head.Bytes)}, 0)
	for objects+others < scan.HeadRecords {
		var rec ingest.Record
		if src.Next(&s, &rec) != nil {
			break
		}
		switch {
		case rec.Rejected == "":
			objects++
		case !rec.Unfinished || head.Whole && objects > 0:
			others++
		}
	}
	return objects, others
}

// Open starts reading a source. A head's wrapper is not followed: each value is a record.
func (i Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	in.Head.Wrapper = ""
	why := i.Detect(in.Head).Reason
	if why == "" {
		why = reason(count(in.Head))
	}
	return scan.NewReader(in, opts, "jsonl", why)
}
