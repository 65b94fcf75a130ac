package eventlog

import (
	"encoding/binary"
	"unsafe"

	"asof/engine/event"
)

// textOf is b as a string without a copy. Nobody writes to b afterwards.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// stringBytes is s as bytes without a copy, only to be read.
func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// reader reads varints and runs of bytes, and remembers whether it came to the end too early.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		v := r.b[0]
		r.b = r.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	u := r.uint()
	return int64(u>>1) ^ -int64(u&1)
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

// bytes is the next n bytes, without room to grow into what follows.
func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) text() string { return textOf(r.bytes(r.uint())) }

// decoder turns a block's bytes back into events that point into them.
type decoder struct {
	raws  reader
	col   [columnCount]reader
	types []string
	last  [columnCount]string
	spans []event.Span
}

// decodeBlock reads count events from first on. Raws are the records, one after the other; cols what columns.appendTo wrote.
func decodeBlock(first event.Position, count int, raws, cols []byte) ([]event.Event, error) {
	d := decoder{raws: reader{b: raws}}
	r := reader{b: cols}
	names := r.uint()
	if names > uint64(len(cols)) {
		return nil, damaged("block %d: %d types", first, names)
	}
	d.types = make([]string, names)
	for i := range d.types {
		d.types[i] = r.text()
	}
	var sizes [columnCount]uint64
	for i := range sizes {
		sizes[i] = r.uint()
	}
	for i := range d.col {
		d.col[i].b = r.bytes(sizes[i])
	}
	if r.bad || count > len(d.col[colFlags].b) {
		return nil, damaged("block %d: its columns are cut", first)
	}
	d.spans = make([]event.Span, 0, count+count/4+8)
	events := make([]event.Event, count)
	prev := &event.Event{}
	for i := range events {
		events[i].Position = first + event.Position(i)
		if !d.event(&events[i], prev, i > 0) {
			return nil, damaged("block %d: event %d cannot be read", first, events[i].Position)
		}
		prev = &events[i]
	}
	return events, nil
}

func (d *decoder) event(e, prev *event.Event, follows bool) bool {
	flags := d.col[colFlags].uint()
	if flags&flagSameRecord != 0 {
		e.Raw = prev.Raw
	} else {
		e.Raw = d.raws.bytes(d.col[colRawLen].uint())
	}
	d.times(e, prev, flags)
	if flags&flagNextPlace != 0 {
		e.Place = nextPlace(prev, flags&flagSameRecord != 0)
	} else {
		p := &d.col[colPlace]
		e.Place = event.Place{Source: uint32(p.uint()), Line: p.uint(), Offset: p.uint()}
	}
	number := d.col[colType].uint()
	if number >= uint64(len(d.types)) {
		return false
	}
	e.Type = d.types[number]
	e.Version = event.Version(d.col[colVersion].int())
	e.Numbering = event.Numbering(flags / flagNumbering & 3)
	e.ID = d.text(colID, e.Raw)
	e.Stream = event.StreamID(d.text(colStream, e.Raw))
	if flags&flagOthers != 0 && !d.others(e) {
		return false
	}
	if flags&flagCorrelation != 0 {
		e.Correlation = d.text(colCorrelation, e.Raw)
	}
	if flags&flagCausation != 0 {
		e.Causation = d.text(colCausation, e.Raw)
	}
	if flags&flagPayload != 0 {
		e.Payload = d.part(colPayload, e.Raw)
	}
	if flags&flagMeta != 0 {
		e.Meta = d.part(colMeta, e.Raw)
	}
	if flags&flagExtra != 0 {
		e.Marks = event.Mark(d.col[colExtra].uint())
		e.Ordinal = uint32(d.col[colExtra].uint())
	}
	return d.whole()
}

// whole reports whether nothing was cut so far.
func (d *decoder) whole() bool {
	bad := d.raws.bad
	for i := range d.col {
		bad = bad || d.col[i].bad
	}
	return !bad
}

func (d *decoder) others(e *event.Event) bool {
	n := d.col[colOthers].uint()
	if n > uint64(len(d.col[colOthers].b)) {
		return false
	}
	e.Others = make([]event.StreamID, n)
	for i := range e.Others {
		e.Others[i] = event.StreamID(d.text(colOthers, e.Raw))
	}
	return true
}

func (d *decoder) times(e, prev *event.Event, flags uint64) {
	prevSec, _, zone, kind := prev.Time.Pack()
	if flags&flagSameForm == 0 {
		kind = d.col[colTimeForm].byte()
		zone = int16(d.col[colTimeForm].int())
	}
	sec := int64(0)
	if kind != 0 {
		sec = prevSec + d.col[colTime].int()
		e.Time = event.Unpack(sec, d.nano(colNano, kind), zone, kind)
	}
	if flags&flagRecorded != 0 {
		r := &d.col[colRecorded]
		kind, zone := r.byte(), int16(r.int())
		at := sec + r.int()
		e.Recorded = event.Unpack(at, d.nano(colRecorded, kind), zone, kind)
	}
}

func (d *decoder) nano(col int, kind uint8) int32 {
	v := d.col[col].uint()
	if v&1 != 0 {
		return int32(v >> 1)
	}
	return int32(v>>1) * nanoUnit(kind)
}

func (d *decoder) text(col int, raw []byte) string {
	r := &d.col[col]
	ref := r.uint()
	switch n := ref >> 2; ref & 3 {
	case textInRecord:
		at := r.uint()
		if at > uint64(len(raw)) || n > uint64(len(raw))-at {
			r.bad = true
			return ""
		}
		return textOf(raw[at : at+n])
	case textInline:
		d.last[col] = textOf(d.col[colText].bytes(n))
		return d.last[col]
	case textSame:
		return d.last[col]
	}
	r.bad = true
	return ""
}

// part reads where a payload lies. Spans that do not lie in the record are damage.
func (d *decoder) part(col int, raw []byte) event.Part {
	r := &d.col[col]
	ref := r.uint()
	n := ref >> 2
	if ref&3 == 3 {
		return event.Part{Own: d.col[colText].bytes(n)}
	}
	if n > uint64(len(r.b)) {
		r.bad = true
		return event.Part{}
	}
	start, end := len(d.spans), int64(0)
	for range n {
		off, length := end+r.int(), r.uint()
		if off < 0 || off > int64(len(raw)) || length > uint64(int64(len(raw))-off) {
			r.bad = true
			return event.Part{}
		}
		d.spans = append(d.spans, event.Span{Off: uint32(off), Len: uint32(length)})
		end = off + int64(length)
	}
	return event.Part{Spans: d.spans[start:len(d.spans):len(d.spans)], Members: ref&3 == 1}
}
