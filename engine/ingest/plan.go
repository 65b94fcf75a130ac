package ingest

import (
	"time"

	"asof/engine/event"
)

// Plan is what will be read, and as what. Prepare makes it; nothing is written by it.
type Plan struct {
	Targets []string // as the person typed them
	Sources []Source
	Skipped []Skipped // files of a folder or glob that no importer reads
	config  Config
}

// Source is one file of a plan, or standard input.
type Source struct {
	Name    string // short and distinct: for ids, streams and listings
	Path    string // absolute; "-" for standard input
	Size    int64  // of the file as it lies there; -1 if unknown
	Verdict Detection

	lines bool    // it can be followed
	pipe  *pipe   // standard input, opened
	tail  *tailed // set while the file is followed
}

// Skipped is a file that was not named itself and that no importer reads.
type Skipped struct {
	Path   string
	Reason string
}

// Detection is the outcome of the importers' vote over one source.
type Detection struct {
	Format   string // "" for an empty file
	Reason   string // why this one: the importer's own words, or that the person said so
	Share    int    // percent of the head's records that match
	RunnerUp string // the next best format; "" if no other matched at all
	Second   string // and its reason
}

// Result is what one Run did.
type Result struct {
	Sources    []SourceResult
	Records    uint64 // = accepted + Rejected
	Events     uint64 // added to the log; a record can have several, or none that are new
	Rejected   uint64
	Duplicates uint64 // events whose id was there before: kept and marked, or left out under --dedupe id
	LeftOut    uint64 // events that are not of the slice
	Late       uint64 // events that came after the merge they belong to
	Bytes      uint64 // unpacked bytes that were read for the first time
	Elapsed    time.Duration
	Gaps       []Gap    // of files that are followed: what may be lost
	Notices    []string // what a person must be told: a file that turns backwards, one that was replaced
}

// SourceResult is one source's part in a Result.
type SourceResult struct {
	Name, Path, Format string
	Order              Order
	Vote               Detection
	Verdict            Verdict
	Records, Rejected  uint64 // of this run
	Bytes              uint64 // unpacked, of all runs
	Unchanged          bool   // nothing new was in it
}

// Progress is a report of a Run. Durable never counts what a kill could still lose.
type Progress struct {
	Stage      Stage
	BytesRead  int64          // of the files as they lie there
	BytesTotal int64          // -1 if unknown
	Durable    event.Position // position up to which the log is on disk
	Records    uint64         // durable records of this run
	Rejected   uint64         // durable rejected records of this run
}

// Stage is what a Run is doing.
type Stage uint8

// The stages of a Run, in order.
const (
	Checking Stage = iota // compares the sources with what the store remembers
	Deciding              // reads ahead to decide the order
	Sorting               // reads a whole source before its first event can be placed
	Loading
	Done
)

// Close gives up standard input, if the plan reads it. A plan of files holds nothing open.
func (p *Plan) Close() {
	for i := range p.Sources {
		if s := p.Sources[i].pipe; s != nil {
			s.close()
		}
	}
}
