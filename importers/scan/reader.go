package scan

import (
	"context"
	"slices"
	"time"

	"asof/engine/ingest"
)

// SampleRecords is how many records of a head a mapping is chosen on, at most.
const SampleRecords = 2000

// BatchRecords is how many records one Read hands out, at most.
const BatchRecords = 256

// Reader reads JSON records as an ingest.Reader.
type Reader struct {
	ctx     context.Context // of the input; or nil
	source  Source
	scanner Scanner
	shape   *Shape
	verdict ingest.Verdict
}

// NewReader reads in's records with a mapping that is chosen on its head. Format and reason go into the verdict.
func NewReader(in ingest.Input, opts ingest.Options, format, reason string) (*Reader, error) {
	return NewReaderWith(in, opts, format, reason, func(t *Table) (*Mapping, error) {
		return Choose(t, opts.Map, ZoneName(opts.Zone))
	})
}

// NewReaderWith is NewReader with another way to choose the mapping.
func NewReaderWith(in ingest.Input, opts ingest.Options, format, reason string, choose func(*Table) (*Mapping, error)) (*Reader, error) {
	r := &Reader{ctx: in.Context}
	mapping, err := choose(sampleOf(&r.scanner, in.Head))
	if err != nil {
		return nil, err
	}
	r.source, r.verdict = NewSource(in, opts.Limit), mapping.Verdict()
	r.verdict.Format, r.verdict.Reason = format, reason
	r.shape = NewShape(mapping, NewArena(in.Name), opts.Zone)
	return r, nil
}

// sampleOf is a table of the head's records. What the scanner learns of them serves for those to come.
func sampleOf(s *Scanner, head ingest.Head) *Table {
	table := NewTable()
	source := NewSource(ingest.Input{Head: head, Body: Memory(head.Bytes)}, 0)
	for table.Records < SampleRecords {
		var rec ingest.Record
		if source.Next(s, &rec) != nil {
			break
		}
		if rec.Rejected == "" {
			table.AddObject(rec.Raw, s.Members)
		}
	}
	return table
}

// ZoneName is the name of a zone for a verdict.
func ZoneName(zone *time.Location) string {
	if zone == nil {
		return "UTC"
	}
	return zone.String()
}

// Verdict says what was decided by the head.
func (r *Reader) Verdict() ingest.Verdict { return r.verdict }

// Read is the next batch. At a live source it may be empty.
func (r *Reader) Read(batch *ingest.Batch) error {
	if r.ctx != nil && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	r.shape.arena.In(batch)
	r.scanner.moulds.room = &batch.Room
	for range BatchRecords {
		n := len(batch.Records)
		batch.Records = slices.Grow(batch.Records, 1)
		rec := &batch.Records[:n+1][n]
		if err := r.source.Next(&r.scanner, rec); err == ErrIdle {
			return nil
		} else if err != nil {
			return err
		}
		if rec.Rejected == "" {
			r.shape.Event(rec, &r.scanner)
		}
		batch.Records = batch.Records[:n+1]
	}
	return nil
}
