// Package jsondoc reads JSON document.
package jsondoc

import (
	"errors"

	"asof/engine/ingest"
)

// Importer reads JSON document.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format { return ingest.Format{Name: "jsondoc", Title: "JSON document"} }

// Detect votes on a head.
func (Importer) Detect(head ingest.Head) ingest.Vote { return ingest.Vote{} }

// Open starts reading a source.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	return nil, errors.New("jsondoc: cannot be read yet")
}
