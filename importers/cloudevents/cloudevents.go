// Package cloudevents reads CloudEvents.
package cloudevents

import (
	"errors"

	"asof/engine/ingest"
)

// Importer reads CloudEvents.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format {
	return ingest.Format{Name: "cloudevents", Title: "CloudEvents"}
}

// Detect votes on a head.
func (Importer) Detect(head ingest.Head) ingest.Vote { return ingest.Vote{} }

// Open starts reading a source.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	return nil, errors.New("cloudevents: cannot be read yet")
}
