package ingest

import (
	"context"
	"io"
	"time"

	"asof/engine/event"
)

// Importer reads one outside format. It holds no state: a Reader does.
type Importer interface {
	// Format describes the format, for `asof formats` and for the verdict.
	Format() Format
	// Detect says whether the head of a source looks like this format.
	Detect(head Head) Vote
	// Open starts reading a source at its first byte.
	Open(in Input, opts Options) (Reader, error)
}

// Format is what a person is told about an importer.
type Format struct {
	Name       string // "jsonl", as --format takes it
	Title      string // "JSON Lines"
	Detect     string // how it is recognised, in one sentence
	Projection string // the projection that shows it best: a built-in's name
	Lines      bool   // one record a line: a grown file goes on where it ended, and can be followed
}

// Head is the start of a source after unpacking, with what every importer would otherwise have to find out again.
type Head struct {
	Name    string   // the file's base name; "-" for standard input
	Bytes   []byte   // the first 64 KiB, without a byte order mark, as UTF-8
	Whole   bool     // Bytes is all there is
	Records [][]byte // the first JSON objects in it (at most 200), after unwrapping; nil if it is not JSON
	Wrapper string   // the path that was unwrapped: "", "events", "history.events" …; "[]" for a bare array
}

// Vote is one importer's opinion of a head.
type Vote struct {
	Weight int    // 0 = no; else the number of key names (or the like) that had to match: the more specific format wins
	Share  int    // percent of the head's records that match
	Reason string // "200 of 200 objects have specversion, id, source and type"
}

// Options are what the user or the store's memory fixes about reading a source.
type Options struct {
	Map  map[string]string // field to path: stream, type, time, id, version, recorded, correlation, causation, data, metadata
	Zone *time.Location    // for times without a zone; nil = UTC
	// Limit bounds one record, in bytes; a longer one is rejected. 0 = 64 MiB.
	Limit int64
}

// Input is one source, unpacked.
type Input struct {
	Context context.Context
	Name    string // base name, for ids and streams that the format itself leaves to the file's name
	Head    Head
	Body    io.Reader // from the first byte on, unpacked, without a byte order mark, as UTF-8
}

// Reader yields the records of one source in the source's own order.
type Reader interface {
	// Read appends the next records to batch: some hundreds at a time, so that a call costs nothing. It returns io.EOF, with
	// or without records, when the source has ended. A record that cannot be read is a rejected record, not an error; an
	// error means that nothing more can be read, and everything before it stands.
	Read(batch *Batch) error
	// Verdict says, once the first batch is read, which fields became what and why.
	Verdict() Verdict
}

// Batch is a run of records. Slices in it stay valid and unwritten after the next Read.
type Batch struct {
	Records []Record
}

// Record is one record of a source: accepted, with its events, or rejected, with the reason.
type Record struct {
	Line     uint64 // from 1; 0 where the format has no lines
	Offset   uint64 // of its first byte, from 0
	End      uint64 // of the first byte after it
	Raw      []byte // its bytes, without the line's end
	Events   []event.Event
	Rejected string // why it is not an event; "" if it was accepted
	// Sequence is the number by which the source orders its records, where it has one; Sequenced says so.
	Sequence  int64
	Sequenced bool
}

// Verdict is what a reader made of its source.
type Verdict struct {
	Format string
	Reason string  // of the detection
	Fields []Field // which path became which field of the event
	// Order is how the format wants to be ordered: "" (file order, unless time runs backwards), "sequence", "file", "time" or
	// "reverse" (newest first).
	Order string
	Zone  string // the zone that was assumed for times without one; "" if none was needed
}

// Field is one decision of a mapping.
type Field struct {
	Name  string // stream, type, time, …
	Path  string // JSON Pointer into the record, or the column's name
	Guess bool   // taken for want of a better candidate
	Why   string
}
