// Package cloudevents reads CloudEvents 1.0 in JSON: one event, a batch, or one event a line.
package cloudevents

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"asof/engine/event"
	"asof/engine/ingest"
	"asof/importers/scan"
)

// Importer reads CloudEvents.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format {
	return ingest.Format{
		Name:       "cloudevents",
		Title:      "CloudEvents 1.0",
		Detect:     "objects with specversion, id, source and type; a batch, or one after another",
		Projection: "merge",
		Lines:      true,
	}
}

// required are the attributes that every event has.
func required() []string { return []string{"specversion", "id", "source", "type"} }

// Detect votes with the share of the head's objects that have the required attributes.
func (Importer) Detect(head ingest.Head) ingest.Vote {
	if head.Wrapper != "" && head.Wrapper != "[]" {
		return ingest.Vote{}
	}
	n := matching(head)
	if n == 0 {
		return ingest.Vote{}
	}
	return ingest.Vote{Weight: len(required()), Share: 100 * n / len(head.Records), Reason: reason(n, len(head.Records))}
}

func reason(n, of int) string {
	return fmt.Sprintf("%d of %d objects have specversion, id, source and type", n, of)
}

func matching(head ingest.Head) int {
	var s scan.Scanner
	n := 0
	for _, record := range head.Records {
		if _, err := s.Scan(record, 0); err == nil && isEvent(record, s.Members) {
			n++
		}
	}
	return n
}

func isEvent(record []byte, members []scan.Member) bool {
	for _, name := range required() {
		found := false
		for _, m := range members {
			found = found || string(record[m.Key:m.KeyEnd]) == name && m.Kind == scan.String
		}
		if !found {
			return false
		}
	}
	return true
}

// Open starts reading a source. The attributes' names are fixed by the specification, so nothing is guessed; what the options
// map differently is read as they say. Attributes that fill no field, extensions among them, become metadata.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	r, err := scan.NewReaderWith(in, opts, "cloudevents", reason(matching(in.Head), len(in.Head.Records)),
		func(t *scan.Table) (*scan.Mapping, error) {
			return scan.Fixed(t, attributes(), opts.Map, scan.ZoneName(opts.Zone))
		})
	if err != nil {
		return nil, err
	}
	return &reader{Reader: r}, nil
}

// reader adds to the records of a scan.Reader what is particular to CloudEvents.
type reader struct {
	*scan.Reader
	scanner scan.Scanner
}

// Read is the next batch.
func (r *reader) Read(batch *ingest.Batch) error {
	from := len(batch.Records)
	err := r.Reader.Read(batch)
	for i := from; i < len(batch.Records); i++ {
		for j := range batch.Records[i].Events {
			r.finish(&batch.Records[i].Events[j])
		}
	}
	return err
}

// finish adds the partition key as a further stream and, if binary data turn out to be JSON, puts the JSON in their place. Binary
// data of another kind, and what is no base64 at all, stay the text that they are in the record.
func (r *reader) finish(e *event.Event) {
	if !bytes.Contains(e.Raw, []byte(`"partitionkey"`)) && !bytes.Contains(e.Raw, []byte(`"data_base64"`)) {
		return
	}
	if _, err := r.scanner.Scan(e.Raw, 0); err != nil {
		return
	}
	plain := false
	for _, m := range r.scanner.Members {
		switch string(e.Raw[m.Key:m.KeyEnd]) {
		case "partitionkey":
			if key := event.StreamID(m.Text(e.Raw)); key != "" && key != e.Stream {
				e.Others = []event.StreamID{key}
			}
		case "data":
			plain = plain || m.Kind != scan.Null
		case "data_base64":
			if plain || len(e.Payload.Spans) != 1 || e.Payload.Spans[0].Off != m.Value {
				continue
			}
			if data, err := base64.StdEncoding.DecodeString(m.Text(e.Raw)); err == nil && scan.Valid(data) {
				e.Payload = event.Built(data)
			}
		}
	}
}

// attributes says which attributes fill which field; the first that an event has, and that is not null, counts.
func attributes() map[string][]string {
	return map[string][]string{
		scan.FieldID:          {"id"},
		scan.FieldType:        {"type"},
		scan.FieldStream:      {"subject", "source"},
		scan.FieldTime:        {"time"},
		scan.FieldRecorded:    {"recordedtime"},
		scan.FieldVersion:     {"sequence"},
		scan.FieldCorrelation: {"correlationid"},
		scan.FieldCausation:   {"causationid"},
		scan.FieldData:        {"data", "data_base64"},
	}
}
