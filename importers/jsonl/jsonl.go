// Package jsonl reads JSON Lines.
package jsonl

import (
	"errors"

	"asof/engine/ingest"
)

// Importer reads JSON Lines.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format { return ingest.Format{Name: "jsonl", Title: "JSON Lines"} }

// Detect votes on a head.
func (Importer) Detect(head ingest.Head) ingest.Vote { return ingest.Vote{} }

// Open starts reading a source.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	return nil, errors.New("jsonl: cannot be read yet")
}
