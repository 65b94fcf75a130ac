// Package event holds the nouns of asof: an event, its stream, version, position and times.
//
// Everything else imports it and it imports nothing of ours, so that a word means the same thing from the importer to the
// screen. Text that comes out of here is as the source wrote it, and therefore hostile: ui/present escapes it.
package event

import "strings"

// Position is an event's place in our log: 1, 2, 3 …, assigned at import in total order and never reused. Position 0 is
// before everything, and is where an empty log stands.
type Position uint64

// Version is an event's place in its stream as the source numbers it. Sources start at 0 or 1, leave gaps and repeat
// numbers; a version is never renumbered.
type Version int64

// Numbering says who numbered an event's version.
type Numbering uint8

const (
	// Unnumbered events have no version yet; the log gives them one of its own when they are appended.
	Unnumbered Numbering = iota
	// BySource is a version that the source wrote.
	BySource
	// ByAsof is our own count from 1 within the stream, for sources that number nothing.
	ByAsof
)

// StreamID names the ordered events of one entity.
type StreamID string

// Category is the text of the stream before the first '-', or the whole of it: KurrentDB's rule.
func (s StreamID) Category() string {
	category, _, _ := strings.Cut(string(s), "-")
	return category
}

// Mark is what import noticed about an event. Marks never change what an event says.
type Mark uint16

const (
	// DerivedID: the source has no id; ours is made of the source's name and the record's place.
	DerivedID Mark = 1 << iota
	// RepeatedID: an event with the same id came from another place before this one.
	RepeatedID
	// RepeatedKey: an object in the record names a key twice; the last one counts.
	RepeatedKey
	// InvalidUTF8: the record holds bytes that are not UTF-8.
	InvalidUTF8
	// Late: the event arrived after its source's merge had been made.
	Late
	// Outlier: the event's time is more than a day later than every one of the next 1,000 events; it does not move the clock.
	Outlier
	// BadTime: the record has a time that could not be read; the event has none.
	BadTime
	// GuessedUnit: the time was a bare number, read as s, ms, µs or ns by its size.
	GuessedUnit
)

// Has reports whether all of the given marks are set.
func (m Mark) Has(all Mark) bool { return m&all == all }

// Place is where a record stood in its source, in bytes and lines after unpacking.
type Place struct {
	Source uint32 // number of the source in the log's own table, from 1; 0 = appended here
	Line   uint64 // from 1; 0 where the format has no lines
	Offset uint64 // of the record's first byte, from 0
}

// Event is an immutable fact. The zero value of a field means that the source does not say.
//
// The byte slices of an event that was read from a log are valid for as long as the event is; nobody writes to them.
type Event struct {
	Position    Position
	ID          string
	Stream      StreamID   // the primary stream
	Others      []StreamID // further streams that the event belongs to, without the primary one
	Type        string
	Version     Version
	Numbering   Numbering
	Time        Time // when it happened
	Recorded    Time // when it was stored
	Correlation string
	Causation   string
	Ordinal     uint32 // place among the events of one record, from 0
	Marks       Mark
	Place       Place
	Raw         []byte // the record's original bytes, exactly
	Payload     Part   // where the data lie
	Meta        Part   // where the metadata lie
	Cast        *Cast  // how the record is made, where its reader has seen that; what a loose event has instead of Raw
}

// Data is the event's payload as JSON text, or nil if it has none.
func (e *Event) Data() []byte {
	if e.Raw == nil && e.Cast.Loose() {
		return e.Cast.Payload()
	}
	return e.Payload.In(e.Raw)
}

// Metadata is the event's metadata as JSON text, or nil if it has none.
func (e *Event) Metadata() []byte { return e.Meta.In(e.Raw) }

// Streams lists all streams of the event, the primary one first. It returns nil for an event without a stream.
func (e *Event) Streams() []StreamID {
	if e.Stream == "" && len(e.Others) == 0 {
		return nil
	}
	return append([]StreamID{e.Stream}, e.Others...)
}
