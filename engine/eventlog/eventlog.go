package eventlog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"asof/engine/event"
	"asof/engine/store"
)

var (
	// ErrDamaged is the root of every error about bytes that cannot be what was written.
	ErrDamaged = store.ErrDamaged
	// ErrNoEvent says that the log has no event at the position asked for.
	ErrNoEvent = errors.New("no event at that position")
	// ErrNoStream says that the log has no such stream, or no such version in it.
	ErrNoStream = errors.New("no such stream or version")
)

// FileName is the log's file in a store folder.
const FileName = "log.bolt"

// SegmentSize is how many positions a segment has. Segment 0 holds the positions 1 to 65,536.
const SegmentSize = 1 << 16

// Options say how a log is opened. The zero value opens for reading and writing.
type Options struct {
	ReadOnly   bool
	CacheBytes int64            // decompressed blocks kept in memory; 0 = 8 MiB
	BlockBytes int              // original bytes from which on a block is full; 0 = 64 KiB
	Workers    int              // that encode, hash and compress for a Writer; 0 = one per CPU, at most 8
	Now        func() time.Time // nil = time.Now
}

// Identity says what a log was made of, so that it is found again. It is the caller's text; the log only keeps it.
type Identity struct {
	Key      string            `json:"key"`
	Title    string            `json:"title,omitempty"`
	Settings map[string]string `json:"settings,omitempty"`
}

// Log is an append-only log of events in a folder. Its methods are safe for concurrent use, by several processes as well.
type Log struct {
	dir string
}

// Create makes a new, empty log in the folder dir and opens it.
func Create(ctx context.Context, dir string, id Identity, opts Options) (*Log, error) {
	return nil, errUnbuilt
}

// Open opens the log in the folder dir. Damage is an error that wraps ErrDamaged; no log, one that wraps fs.ErrNotExist.
func Open(ctx context.Context, dir string, opts Options) (*Log, error) { return nil, errUnbuilt }

var errUnbuilt = errors.New("not built")

// Close gives up the log. Iterators and subscriptions end first.
func (l *Log) Close() error { return nil }

// Dir is the folder of the log.
func (l *Log) Dir() string { return l.dir }

// Identity is what Create was given.
func (l *Log) Identity() Identity { return Identity{} }

// Head is the last position as last seen. Commits of this process and those that a Subscribe or Refresh saw count.
func (l *Log) Head() event.Position { return 0 }

// Root is the chain's link at Head: the hash of everything up to there. An empty log's root is 32 zero bytes.
func (l *Log) Root() [32]byte { return [32]byte{} }

// Refresh looks for commits of other processes and returns the head.
func (l *Log) Refresh(ctx context.Context) (event.Position, error) { return 0, errUnbuilt }

// Info is what is in a log.
type Info struct {
	Head       event.Position
	Root       [32]byte
	Streams    uint64     // distinct streams, primary and further ones
	Types      uint64     // distinct types
	First      event.Time // earliest time that is not an outlier
	Last       event.Time // the clock at Head
	Inversions uint64     // events whose time is earlier than that of the event before them
	Outliers   uint64     // see event.Outlier
	Untimed    uint64     // events without a time
	Repeated   uint64     // events with the mark RepeatedID
	Late       uint64     // events with the mark Late
	RawBytes   uint64     // of original bytes, each record once
	Rejected   uint64     // records
}

// Info is what is in the log at Head.
func (l *Log) Info() Info { return Info{} }

// Event is the event at a position. Its bytes and strings stay valid, and nobody may write to them.
func (l *Log) Event(ctx context.Context, at event.Position) (*event.Event, error) {
	return nil, errUnbuilt
}

// Range yields the events at the positions from … to, both included, backwards if to < from. What lies outside of the log is
// left out. An error ends it.
func (l *Log) Range(ctx context.Context, from, to event.Position) iter.Seq2[*event.Event, error] {
	return nil
}

// Blocks yields the events at the positions from … to, both included, in runs of some hundreds: the fast way to read all.
// Strings and bytes lie in the block's memory, so a run costs a few allocations whatever its length.
func (l *Log) Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return nil
}

// ClockAt is the log's clock at a position: the highest time up to there, outliers left out.
func (l *Log) ClockAt(ctx context.Context, at event.Position) (event.Time, error) {
	return event.Time{}, errUnbuilt
}

// AtTime is the last position whose clock is not later than t; 0 if there is none.
func (l *Log) AtTime(ctx context.Context, t event.Time) (event.Position, error) {
	return 0, errUnbuilt
}

// AtRecorded is the last position up to which no event was recorded later than t; 0 if there is none.
func (l *Log) AtRecorded(ctx context.Context, t event.Time) (event.Position, error) {
	return 0, errUnbuilt
}

// Density is how many events fall into each of some equal parts of a range.
type Density struct {
	Counts []uint64
	// Start and End bound the range in time; zero where the range was cut by position or has no times.
	Start, End event.Time
	Most       uint64 // the highest count
}

// Density counts the events at the positions from … to in equal parts, by event time or by position. By time, outliers and
// events without a time are left out, and a wide range is counted from the blocks' first and last times: a block that
// spans several parts is spread evenly over them.
func (l *Log) Density(ctx context.Context, from, to event.Position, parts int, byTime bool) (Density, error) {
	return Density{}, errUnbuilt
}

// Filter chooses events. The zero value of a field lets everything through; all of the others must match.
type Filter struct {
	Stream      event.StreamID // primary or further stream
	Type        string
	Category    string // of the primary or a further stream
	Correlation string
	ID          string
	From, To    event.Position // both included; To 0 = no end
}

// Next is the first position after `after` whose event the filter lets through, and whether there is one.
func (l *Log) Next(ctx context.Context, f Filter, after event.Position) (event.Position, bool, error) {
	return 0, false, errUnbuilt
}

// Prev is the last position before `before` whose event the filter lets through, and whether there is one.
func (l *Log) Prev(ctx context.Context, f Filter, before event.Position) (event.Position, bool, error) {
	return 0, false, errUnbuilt
}

// Count is how many events the filter lets through.
func (l *Log) Count(ctx context.Context, f Filter) (uint64, error) { return 0, errUnbuilt }

// Name is a stream or a type with what the log knows of it.
type Name struct {
	Text    string
	Count   uint64         // events
	First   event.Position // its first event
	Last    event.Position // its last event
	Version event.Version  // of its last event as a primary stream; 0 for types
}

// Types yields the types that start with prefix, in byte order, from the text `from` on.
func (l *Log) Types(ctx context.Context, prefix, from string) iter.Seq2[Name, error] { return nil }

// Streams yields the streams that start with prefix, in byte order, from the text `from` on.
func (l *Log) Streams(ctx context.Context, prefix, from string) iter.Seq2[Name, error] { return nil }

// Stream is what the log knows of one stream, and whether it has it.
func (l *Log) Stream(ctx context.Context, id event.StreamID) (Name, bool, error) {
	return Name{}, false, errUnbuilt
}

// StreamAt is the position of the first event of the stream that has the version, or an error that wraps ErrNoStream.
func (l *Log) StreamAt(ctx context.Context, id event.StreamID, v event.Version) (event.Position, error) {
	return 0, errUnbuilt
}

// Subscribe yields the head whenever it has grown beyond from, commits of other processes included, until ctx ends or the
// log is closed. Positions may be passed over: the value is the newest head.
func (l *Log) Subscribe(ctx context.Context, from event.Position) iter.Seq[event.Position] {
	return nil
}

// Expect is what an append expects of its stream.
type Expect struct {
	kind    uint8
	version event.Version
}

// Any expects nothing.
func Any() Expect { return Expect{} }

// NoStream expects that the stream has no event yet.
func NoStream() Expect { return Expect{kind: 1} }

// Exact expects that the stream's last event has the version v.
func Exact(v event.Version) Expect { return Expect{kind: 2, version: v} }

// VersionConflict says that a stream was not as expected. Nothing was written.
type VersionConflict struct {
	Stream   event.StreamID
	Expected Expect
	Actual   event.Version
	Exists   bool // false: the stream has no event, and Actual means nothing
}

// Error says both versions.
func (e *VersionConflict) Error() string {
	actual := "no events"
	if e.Exists {
		actual = fmt.Sprintf("version %d", e.Actual)
	}
	want := fmt.Sprintf("version %d", e.Expected.version)
	if e.Expected.kind == 1 {
		want = "no events"
	}
	return fmt.Sprintf("stream %q has %s, not %s", string(e.Stream), actual, want)
}

// New is an event to append. Data and Metadata are JSON texts; the log makes the record of them.
type New struct {
	ID          string // "" = made at random
	Type        string
	Time        event.Time // zero = now
	Correlation string
	Causation   string
	Data        []byte // nil = none
	Metadata    []byte // nil = none
}

// Appended says where an append ended.
type Appended struct {
	First, Last event.Position
	Version     event.Version // of the last event
}

// Append appends events to a stream if it is as expected, all or none, across processes; durable when it returns. A stream
// that is not as expected is a *VersionConflict; a log that another process keeps writing to, a *store.HeldError.
func (l *Log) Append(ctx context.Context, id event.StreamID, expect Expect, events []New) (Appended, error) {
	return Appended{}, errUnbuilt
}

// Source is a row of the table of sources: what was read, and how far.
type Source struct {
	ID       uint32            `json:"id"` // from 1, given by the log
	Name     string            `json:"name"`
	Path     string            `json:"path,omitempty"`
	Format   string            `json:"format,omitempty"`
	Options  map[string]string `json:"options,omitempty"`
	HeadHash string            `json:"head_hash,omitempty"` // SHA-256, hex, of the first bytes, unpacked
	TailHash string            `json:"tail_hash,omitempty"` // SHA-256, hex, of the last bytes consumed, unpacked
	Consumed uint64            `json:"consumed"`            // bytes, unpacked
	Line     uint64            `json:"line,omitempty"`      // lines consumed
	Records  uint64            `json:"records"`             // accepted and rejected
	Rejected uint64            `json:"rejected"`
	Events   uint64            `json:"events"`
	Size     int64             `json:"size"`               // of the file as it lies, packed
	SHA256   string            `json:"sha256,omitempty"`   // hex, of the file as it lies; "" until it has ended
	Imported time.Time         `json:"imported,omitempty"` // when it had ended
	Ended    bool              `json:"ended"`
	Verdict  []byte            `json:"verdict,omitempty"` // JSON
	State    []byte            `json:"state,omitempty"`   // the importer's own, to go on from
}

// Sources is the table of sources, by ID.
func (l *Log) Sources(ctx context.Context) ([]Source, error) { return nil, errUnbuilt }

// Rejected is a record that is not an event.
type Rejected struct {
	Number uint64 // among the log's rejected records, from 1
	Source uint32
	Line   uint64
	Offset uint64
	Reason string
	Bytes  []byte
}

// Rejects yields the rejected records with a Number above after, in the order in which they were read.
func (l *Log) Rejects(ctx context.Context, after uint64) iter.Seq2[Rejected, error] { return nil }

// Report is what Verify found.
type Report struct {
	OK      bool
	Head    event.Position
	Root    [32]byte
	Bad     event.Position // the first event that is not what was written; 0 if none is known
	Reason  string         // why not OK, in words
	Checked event.Position // the last position that was recomputed
	Sources []SourceReport
}

// SourceReport says whether a source is still as it was imported.
type SourceReport struct {
	Source   Source
	Checked  bool // the file was there and its SHA-256 was known
	Same     bool
	Trouble  string
	Compared time.Time
}

// Verify recomputes the chain over all events, reads every other value, compares the head with the one that is kept beside
// the log, and compares the sources that still exist. Progress is called now and then with the last position checked.
// Damage is in the report; an error means that the check itself could not be made.
func (l *Log) Verify(ctx context.Context, progress func(event.Position)) (Report, error) {
	return Report{}, errUnbuilt
}
