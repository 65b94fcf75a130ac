// Package importers lists the outside formats that asof reads, and opens their sources.
package importers

import (
	"context"
	"errors"
	"io"

	"asof/engine/ingest"
	"asof/importers/cloudevents"
	"asof/importers/csv"
	"asof/importers/jsondoc"
	"asof/importers/jsonl"
	"asof/importers/scan"
)

// All lists the importers, in the order in which `asof formats` shows them.
func All() []ingest.Importer {
	return []ingest.Importer{
		cloudevents.Importer{},
		jsonl.Importer{},
		jsondoc.Importer{},
		csv.Importer{},
	}
}

// Open makes the input of a source's raw bytes: unpacked, as UTF-8, with its head. It is an ingest.Opener. The input's Body is an
// io.Closer, which does not close raw.
func Open(ctx context.Context, name string, raw io.Reader) (ingest.Input, error) {
	unpacked, packing, err := scan.Unpack(raw, scan.Limits{})
	if err != nil {
		return ingest.Input{}, err
	}
	text, mark, err := scan.Text(unpacked)
	if err != nil {
		return ingest.Input{}, errors.Join(err, unpacked.Close())
	}
	head, whole, err := scan.HeadOf(name, text)
	if err != nil {
		return ingest.Input{}, errors.Join(err, unpacked.Close())
	}
	in := ingest.Input{Context: ctx, Name: name, Head: head, Body: body{whole, unpacked}}
	if packing == "" && mark >= 0 {
		in.Plain, in.Mark = true, mark
	}
	return in, nil
}

// body is an input's reader with what must be closed behind it.
type body struct {
	io.Reader
	io.Closer
}
