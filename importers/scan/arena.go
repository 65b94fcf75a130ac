package scan

import (
	"strconv"

	"asof/engine/event"
	"asof/engine/ingest"
)

// Arena makes what a source's events consist of, in the room of the batch at hand.
type Arena struct {
	*ingest.Room
	name string // of the source, for derived ids
}

// NewArena serves the events of the source of that name.
func NewArena(name string) *Arena { return &Arena{name: name} }

// In takes the room of the batch that is to be filled.
func (a *Arena) In(batch *ingest.Batch) { a.Room = &batch.Room }

// Stream is the stream of events that name none, where no field of the source does: the source's own name.
func (a *Arena) Stream() event.StreamID {
	if a.name == "-" {
		return "stdin"
	}
	return event.StreamID(a.name)
}

// DerivedID names an event that has no id by its source and its place there: line, or offset where there are no lines.
func (a *Arena) DerivedID(line, offset uint64) string {
	id := append(a.Bytes(len(a.name)+21), a.name...)
	if line > 0 {
		return view(strconv.AppendUint(append(id, ':'), line, 10))
	}
	return view(strconv.AppendUint(append(id, '@'), offset, 10))
}

// Unquoted is what the inside of a JSON string means.
func (a *Arena) Unquoted(inside []byte) string {
	return view(AppendUnquoted(a.Bytes(len(inside)), inside))
}
