// Package csv reads CSV.
package csv

import (
	"errors"

	"asof/engine/ingest"
)

// Importer reads CSV.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format { return ingest.Format{Name: "csv", Title: "CSV"} }

// Detect votes on a head.
func (Importer) Detect(head ingest.Head) ingest.Vote { return ingest.Vote{} }

// Open starts reading a source.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	return nil, errors.New("csv: cannot be read yet")
}
