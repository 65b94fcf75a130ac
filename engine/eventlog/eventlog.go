package eventlog

import (
	"errors"
	"fmt"
	"time"

	"asof/engine/event"
	"asof/engine/store"
)

var (
	// ErrDamaged is the root of every error about bytes that cannot be what was written.
	ErrDamaged = store.ErrDamaged
	// ErrVersion means that a log, whole as it may be, is of another format version than this program reads and writes.
	ErrVersion = errors.New("this store was made by another version of asof: load its files again with --fresh")
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
	BlockBytes int              // original bytes from which on a block is full; 0 = 160 KiB
	Workers    int              // that encode, hash and compress for a Writer; 0 = one per CPU, at most 8
	Streams    int              // whose last version a Writer remembers; beyond them it looks them up; 0 = 1,048,576
	Now        func() time.Time // nil = time.Now
}

// Identity says what a log was made of, so that it is found again. It is the caller's text; the log only keeps it.
type Identity struct {
	Key      string            `json:"key"`
	Title    string            `json:"title,omitempty"`
	Settings map[string]string `json:"settings,omitempty"`
}

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

// Name is a stream or a type with what the log knows of it.
type Name struct {
	Text    string
	Count   uint64         // events
	First   event.Position // its first event
	Last    event.Position // its last event
	Version event.Version  // of its last event as a primary stream; 0 for types
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

// Rejected is a record that is not an event.
type Rejected struct {
	Number uint64 // among the log's rejected records, from 1
	Source uint32
	Line   uint64
	Offset uint64
	Reason string
	Bytes  []byte
}
