package scan

import (
	"strconv"

	"asof/engine/event"
)

// Arena makes the small things of many events in few allocations. What it gave out is never touched again.
type Arena struct {
	events []event.Event
	spans  []event.Span
	casts  []event.Cast
	text   []byte
	name   string // of the source, for derived ids
}

// more is the size of the next piece: twice the last one, up to most, so that a small source takes little.
func more(last, most int) int { return min(max(2*last, 16), most) }

// NewArena serves the events of the source of that name.
func NewArena(name string) *Arena { return &Arena{name: name} }

// Stream is the stream of events that name none, where no field of the source does: the source's own name.
func (a *Arena) Stream() event.StreamID {
	if a.name == "-" {
		return "stdin"
	}
	return event.StreamID(a.name)
}

// Event is an empty event, as a list of one that does not grow into its neighbour.
func (a *Arena) Event() []event.Event {
	if len(a.events) == cap(a.events) {
		a.events = make([]event.Event, 0, more(cap(a.events), 256))
	}
	n := len(a.events)
	a.events = a.events[:n+1]
	return a.events[n : n+1 : n+1]
}

// Spans keeps a copy of spans.
func (a *Arena) Spans(spans ...event.Span) []event.Span {
	if len(spans) == 0 {
		return nil
	}
	if cap(a.spans)-len(a.spans) < len(spans) {
		a.spans = make([]event.Span, 0, max(more(cap(a.spans), 4096), len(spans)))
	}
	n := len(a.spans)
	a.spans = append(a.spans, spans...)
	return a.spans[n:len(a.spans):len(a.spans)]
}

// Cast is a cast with a copy of values.
func (a *Arena) Cast(mould *event.Mould, values []event.Span) *event.Cast {
	if len(a.casts) == cap(a.casts) {
		a.casts = make([]event.Cast, 0, more(cap(a.casts), 256))
	}
	a.casts = append(a.casts, event.Cast{Mould: mould, Values: a.Spans(values...)})
	return &a.casts[len(a.casts)-1]
}

// Bytes is room for n bytes, to append to.
func (a *Arena) Bytes(n int) []byte {
	if cap(a.text)-len(a.text) < n {
		a.text = make([]byte, 0, max(more(cap(a.text), 64<<10), n))
	}
	at := len(a.text)
	a.text = a.text[:at+n]
	return a.text[at : at : at+n]
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
