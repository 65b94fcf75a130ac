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
	// Lines tells that records stand one after another, so that a grown file goes on where it ended, and can be followed. It does
	// not count for a source whose Head has a Wrapper.
	Lines bool
}

// Head is the start of a source after unpacking, with what every importer would otherwise have to find out again.
type Head struct {
	Name    string   // the file's base name; "-" for standard input
	Bytes   []byte   // the first MiB, without a byte order mark, as UTF-8
	Whole   bool     // Bytes is all there is
	Err     error    // what reading ended with after Bytes, if not with the end
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
	// Map is field to path: stream, type, time, id, version, recorded, correlation, causation, data, metadata, and sequence,
	// the number by which the source's records are to be ordered.
	Map  map[string]string
	Zone *time.Location // for times without a zone; nil = UTC
	// Limit bounds one record, in bytes; a longer one is rejected. 0 = 64 MiB.
	Limit int64
}

// Opener unpacks a source: it makes the input of its raw bytes. The raw bytes may be a prefix of the file, so that a decision
// that was made when the file was shorter comes out the same. The body is closed where it is an io.Closer.
type Opener func(ctx context.Context, name string, raw io.Reader) (Input, error)

// Input is one source, unpacked.
type Input struct {
	Context context.Context
	Name    string // base name, for ids and streams that the format itself leaves to the file's name
	Head    Head
	Body    io.Reader // unpacked, without a byte order mark, as UTF-8
	Plain   bool      // Body's bytes are the raw bytes after Mark, one for one: nothing was unpacked or converted
	Mark    int       // bytes of the byte order mark before Body, if Plain
	// Offset and Line say where Body's first byte stands: the bytes and the lines before it. They are 0 at the start. A
	// reader of a Lines format may be opened in the middle, where a record starts: what it decides, it decides by Head alone.
	Offset uint64
	Line   uint64
	// Chunk is how many bytes to read at a time, where many sources are read at once; 0 = as the reader likes.
	Chunk int
	// Buffers, if not nil, are what to read the body into.
	Buffers *Buffers
}

// Passer is a Body that must keep what was read until it is known where records end. A reader that passes a record which is too
// long tells it so, and need not hold that record either.
type Passer interface {
	// Pass says that no record ends between two offsets. It may be said again with a higher to.
	Pass(from, to uint64)
}

// Reader yields the records of one source in the source's own order.
type Reader interface {
	// Read appends the next records to batch: some hundreds at a time, so that a call costs nothing. What it makes of them lies in the
	// batch's room, in buffers that it took, or is the records' own. It returns io.EOF, with
	// or without records, when the source has ended. A record that cannot be read is a rejected record, not an error; an
	// error means that nothing more can be read, and everything before it stands.
	Read(batch *Batch) error
	// Verdict says, once the first batch is read, which fields became what and why.
	Verdict() Verdict
}

// Record is one record of a source: accepted, with its events, or rejected, with the reason.
type Record struct {
	Line     uint64 // from 1; 0 where the format has no lines
	Offset   uint64 // of its first byte, from 0
	End      uint64 // of the first byte after it
	Raw      []byte // its bytes, without the line's end
	Events   []event.Event
	Rejected string // why it is not an event; "" if it was accepted
	// Unfinished: the source ended within the record, or without a line's end after it, so that further bytes may still
	// belong to it.
	Unfinished bool
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
