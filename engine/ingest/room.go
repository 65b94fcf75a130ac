package ingest

import "asof/engine/event"

// Batch is a run of records, with room for what is made of them. All of it stays valid and unwritten until the batch is recycled,
// which is when the log needs nothing of it any more.
type Batch struct {
	Records []Record
	Room    Room

	buffers [][]byte // that the reader has left: no later batch has a record in them

	// What is known of the records since they were read, when they were at hand.
	events      int
	first, last stamp // the times of the first and the last event that has one
	falls       bool  // an event is more than a day later than the next one that has a time
}

// look takes down what is asked of the batch as a whole.
func (b *Batch) look() {
	b.events, b.first, b.last, b.falls = 0, stamp{}, stamp{}, false
	for i := range b.Records {
		events := b.Records[i].Events
		b.events += len(events)
		for j := range events {
			t := stampOf(events[j].Time)
			if !t.Has {
				continue
			}
			if !b.first.Has {
				b.first = t
			}
			b.falls = b.falls || b.last.Has && b.last.seconds(t) > outlierDay
			b.last = t
		}
	}
}

// empty makes an empty batch of one whose records nobody looks at any more.
func (b *Batch) empty() {
	b.Records = b.Records[:0]
	b.Room.empty()
}

// forget makes an empty batch of one whose records are still looked at.
func (b *Batch) forget() {
	clear(b.Records)
	*b = Batch{Records: b.Records[:0]}
}

// Room makes the small things of many events in few allocations.
type Room struct {
	events []event.Event
	spans  []event.Span
	casts  []event.Cast
	text   []byte
}

// more is the size of the next piece: twice the last one, up to most, so that a small source takes little.
func more(last, most int) int { return min(max(2*last, 16), most) }

// empty takes back all that was given out. Of what was too little for a batch, the largest piece stays.
func (r *Room) empty() {
	r.events, r.spans, r.casts, r.text = r.events[:0], r.spans[:0], r.casts[:0], r.text[:0]
}

// Event is an empty event, as a list of one that does not grow into its neighbour.
func (r *Room) Event() []event.Event {
	if len(r.events) == cap(r.events) {
		r.events = make([]event.Event, 0, more(cap(r.events), 256))
	}
	n := len(r.events)
	r.events = r.events[:n+1]
	r.events[n] = event.Event{} // now, when it is about to be written to
	return r.events[n : n+1 : n+1]
}

// Lend is room for n spans, to append to. What it holds is lost with the next call, unless Cast is given it before, which keeps it where it
// is.
func (r *Room) Lend(n int) []event.Span {
	if cap(r.spans)-len(r.spans) < n {
		r.spans = make([]event.Span, 0, max(more(cap(r.spans), 16<<10), n))
	}
	at := len(r.spans)
	return r.spans[at : at : at+n]
}

// keep keeps spans that were lent; not ok says that they were not.
func (r *Room) keep(spans []event.Span) (kept []event.Span, ok bool) {
	at, n := len(r.spans), len(spans)
	if n == 0 || cap(r.spans)-at < n || &r.spans[:at+1][at] != &spans[0] {
		return nil, false
	}
	r.spans = r.spans[:at+n]
	return r.spans[at : at+n : at+n], true
}

// Spans keeps a copy of spans.
func (r *Room) Spans(spans ...event.Span) []event.Span {
	if len(spans) == 0 {
		return nil
	}
	if cap(r.spans)-len(r.spans) < len(spans) {
		r.spans = make([]event.Span, 0, max(more(cap(r.spans), 16<<10), len(spans)))
	}
	n := len(r.spans)
	r.spans = append(r.spans, spans...)
	return r.spans[n:len(r.spans):len(r.spans)]
}

// Span is Spans of one.
func (r *Room) Span(span event.Span) []event.Span {
	n := len(r.spans)
	if n == cap(r.spans) {
		return r.Spans(span)
	}
	r.spans = append(r.spans, span)
	return r.spans[n : n+1 : n+1]
}

// Cast is a cast with a copy of values.
func (r *Room) Cast(mould *event.Mould, values []event.Span) *event.Cast {
	if len(r.casts) == cap(r.casts) {
		r.casts = make([]event.Cast, 0, more(cap(r.casts), 256))
	}
	kept, lent := r.keep(values)
	if !lent {
		kept = r.Spans(values...)
	}
	r.casts = append(r.casts, event.Cast{Mould: mould, Values: kept})
	return &r.casts[len(r.casts)-1]
}

// Bytes is room for n bytes, to append to.
func (r *Room) Bytes(n int) []byte {
	if cap(r.text)-len(r.text) < n {
		r.text = make([]byte, 0, max(more(cap(r.text), 64<<10), n))
	}
	at := len(r.text)
	r.text = r.text[:at+n]
	return r.text[at : at : at+n]
}

// Buffers are what a reader reads into. A reader takes one after another and leaves each when it goes on to the next; the log's side
// gives them back when nothing of them is needed any more. The nil Buffers serves too.
type Buffers struct {
	size int         // of those that are kept
	free chan []byte // given back
	left [][]byte    // by the reader, since the last batch
}

func newBuffers(size, most int) *Buffers { return &Buffers{size: size, free: make(chan []byte, most)} }

// Take is a buffer of n bytes, whose contents are arbitrary.
func (b *Buffers) Take(n int) []byte {
	if b != nil && n == b.size {
		select {
		case buf := <-b.free:
			return buf
		default:
		}
	}
	return make([]byte, n)
}

// Leave gives up a buffer that was taken: no further record lies in it.
func (b *Buffers) Leave(buf []byte) {
	if b != nil && len(buf) == b.size {
		b.left = append(b.left, buf)
	}
}

// put gives a batch's buffers back.
func (b *Buffers) put(batch *Batch) {
	for _, buf := range batch.buffers {
		select {
		case b.free <- buf:
		default: // there are enough
		}
	}
	clear(batch.buffers)
	batch.buffers = batch.buffers[:0]
}
