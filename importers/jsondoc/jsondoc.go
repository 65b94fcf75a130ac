// Package jsondoc reads one JSON document that holds its records in a list: the whole of it, or a member such as "events".
package jsondoc

import (
	"fmt"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// Importer reads one JSON document. It is streamed: no more than a record is held.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format {
	return ingest.Format{
		Name:       "json",
		Title:      "JSON document",
		Detect:     "one list of objects, bare or as events, history.events, Records, items, data … of one object, or as most of it",
		Projection: "merge",
	}
}

// Detect votes for a head with a list of records.
func (Importer) Detect(head ingest.Head) ingest.Vote {
	if head.Wrapper == "" {
		return ingest.Vote{}
	}
	return ingest.Vote{Weight: 1, Share: 100, Reason: reason(head)}
}

func reason(head ingest.Head) string {
	seen := "1 object"
	if n := len(head.Records); n != 1 {
		seen = fmt.Sprintf("%d objects", n)
	}
	switch head.Wrapper {
	case "":
		return "it was asked for; no list was found, so each value is a record"
	case "[]":
		return "one list; " + seen + " seen in its head"
	}
	return fmt.Sprintf("one object with the list %s; %s seen in its head", head.Wrapper, seen)
}

// Open starts reading a source.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	return scan.NewReader(in, opts, "json", reason(in.Head))
}
