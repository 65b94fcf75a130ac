package scan

import (
	"io"
	"time"

	"asof/engine/ingest"
)

// How much of a source its mapping is chosen on, and how many records one Read hands out.
const (
	sampleBytes   = 4 << 20
	sampleRecords = 2000
	batchRecords  = 256
)

// Reader reads JSON records as an ingest.Reader.
type Reader struct {
	in      ingest.Input
	opts    ingest.Options
	source  Source
	scanner Scanner
	choose  func(*Table) (*Mapping, error)
	shape   *Shape
	pending []ingest.Record // the sample, until it is handed out
	failed  error           // what reading ended with, behind pending
	verdict ingest.Verdict
}

// NewReader reads in's records with a mapping that is chosen on the first of them. Format and reason go into the verdict.
func NewReader(in ingest.Input, opts ingest.Options, format, reason string) (*Reader, error) {
	zone := ZoneName(opts.Zone)
	return NewReaderWith(in, opts, format, reason, func(t *Table) (*Mapping, error) { return Choose(t, opts.Map, zone) })
}

// NewReaderWith is NewReader with another way to choose the mapping.
func NewReaderWith(in ingest.Input, opts ingest.Options, format, reason string, choose func(*Table) (*Mapping, error)) (*Reader, error) {
	if err := checkFields(opts.Map); err != nil {
		return nil, err
	}
	r := &Reader{in: in, opts: opts, source: NewSource(in, opts.Limit), choose: choose}
	r.verdict = ingest.Verdict{Format: format, Reason: reason}
	return r, nil
}

// ZoneName is the name of a zone for a verdict.
func ZoneName(zone *time.Location) string {
	if zone == nil {
		return "UTC"
	}
	return zone.String()
}

// Verdict is the mapping, once the first batch is read.
func (r *Reader) Verdict() ingest.Verdict { return r.verdict }

// Read is the next batch. At a live source it may be empty.
func (r *Reader) Read(batch *ingest.Batch) error {
	if r.in.Context != nil && r.in.Context.Err() != nil {
		return r.in.Context.Err()
	}
	if r.shape == nil {
		if ready, err := r.learn(); !ready || err != nil {
			return err
		}
	}
	for n := 0; n < batchRecords; n++ {
		var rec ingest.Record
		if len(r.pending) > 0 {
			rec, r.pending = r.pending[0], r.pending[1:]
			if rec.Rejected == "" {
				// Only what was accepted gets here: this scan cannot fail.
				_, _ = r.scanner.Scan(rec.Raw, 0)
			}
		} else if err := r.next(&rec); err == ErrIdle {
			return nil
		} else if err != nil {
			return err
		}
		if rec.Rejected == "" {
			r.shape.Event(&rec, &r.scanner)
		}
		batch.Records = append(batch.Records, rec)
	}
	return nil
}

func (r *Reader) next(rec *ingest.Record) error {
	if r.failed != nil {
		return r.failed
	}
	return r.source.Next(&r.scanner, rec)
}

// learn reads the sample and chooses the mapping. It reports false if a live source has not given a record yet.
func (r *Reader) learn() (ready bool, err error) {
	for bytes := 0; bytes < sampleBytes && len(r.pending) < sampleRecords; {
		var rec ingest.Record
		err := r.source.Next(&r.scanner, &rec)
		if err == ErrIdle && !accepted(r.pending) {
			return false, nil
		}
		if err == ErrIdle {
			break
		}
		if err != nil {
			r.failed = err
			break
		}
		bytes += len(rec.Raw)
		r.pending = append(r.pending, rec)
	}
	if r.failed == nil && len(r.pending) == 0 {
		r.failed = io.EOF
	}
	table := NewTable()
	for _, rec := range r.pending {
		if rec.Rejected == "" {
			_, _ = r.scanner.Scan(rec.Raw, 0)
			table.AddObject(rec.Raw, r.scanner.Members)
		}
	}
	mapping, err := r.choose(table)
	if err != nil {
		return false, err
	}
	r.shape = NewShape(mapping, NewArena(r.in.Name), r.opts.Zone)
	r.verdict.Fields, r.verdict.Order, r.verdict.Zone = mapping.Fields, mapping.order, mapping.zone
	return true, nil
}

func accepted(records []ingest.Record) bool {
	for _, rec := range records {
		if rec.Rejected == "" {
			return true
		}
	}
	return false
}
