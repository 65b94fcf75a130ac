package eventlog

import (
	"bytes"
	"slices"
	"strings"

	"asof/engine/event"
)

// decoder turns a block's bytes back into events that point into them.
type decoder struct {
	rest    []byte // the records that are kept whole, without what was cut out of them
	next    int    // how much of rest is in place
	cuts    reader
	out     []byte // the records from the one at hand on
	filled  int    // how much of that is in place
	cut     int    // where the last cut in it ends
	col     [columnCount]reader
	order   [fieldCount]uint8
	types   []string
	shapes  []plan
	last    [fieldCount]string
	day     [2]calendar
	spans   []event.Span
	sieve   *sieve // what passed over some columns; or nil
	lengths reader // of rest, and of the moulds' columns
	moulds  []mouldIn
	cast    *mouldIn // of the record at hand, or nil
	slots   []byte   // rest, with the moulds' columns
	room    []byte   // to put records together in
	rooms   int      // how much room to take at a time
	made    int      // how much was put together
	passed  passed   // where only some events are made
	loose   *loose   // where events may be loose; or nil
	bad     bool
}

// plan is a shape with the fields that its events have, in the order in which they are read.
type plan struct {
	shape
	steps [fieldCount]step
	n     int
	over  *over // how to pass over such an event; nil = not known yet
}

type step struct {
	field, form uint8
	sized       bool
	gap, size   int32
}

func (d *decoder) plan(s *shape) plan {
	p := plan{shape: *s}
	for _, f := range d.order {
		if form := s.forms[f]; placed(form) || form != formNone && isText(int(f)) {
			p.steps[p.n] = step{f, form, sized(int(f), form), s.gaps[f], s.sizes[f]}
			p.n++
		}
	}
	return p
}

// decodeBlock reads count events from first on, and nothing of what it is given is kept.
func decodeBlock(first event.Position, count int, p parts) ([]event.Event, error) {
	d := decoder{rooms: roomBytes}
	return d.decode(first, count, p)
}

// decode is decodeBlock by a decoder that was told how.
func (d *decoder) decode(first event.Position, count int, p parts) ([]event.Event, error) {
	if count > len(p.cols) {
		return nil, damaged("block %d: its columns are cut", first)
	}
	events := make([]event.Event, count)
	return events, d.decodeInto(events, first, p)
}

// decodeInto is decode into events that say nothing yet.
func (d *decoder) decodeInto(events []event.Event, first event.Position, p parts) error {
	if !d.open(p) || len(events) > len(d.col[colShape].b) {
		return damaged("block %d: its columns are cut", first)
	}
	d.col[colText].b = bytes.Clone(d.col[colText].b)
	d.spans = slices.Grow(d.spans, 2*len(events)+8)
	prev := &event.Event{}
	for i := range events {
		events[i].Position = first + event.Position(i)
		if !d.event(&events[i], prev) {
			return damaged("block %d: event %d cannot be read", first, events[i].Position)
		}
		prev = &events[i]
	}
	for i := range d.col {
		d.bad = d.bad || d.col[i].bad
	}
	if d.bad || len(d.out) > 0 {
		return damaged("block %d: its columns are cut", first)
	}
	return nil
}

// open takes a block, and reads what stands before its columns.
func (d *decoder) open(p parts) bool {
	if d.types == nil && !d.openColumns(p.cols) {
		return false
	}
	d.rest, d.cuts.b, d.lengths.b, d.sieve = p.rest, p.cuts, p.lengths, p.sieve
	d.openSlots()
	d.out = make([]byte, len(d.rest)+len(d.cuts.b))
	return !d.bad
}

// openColumns takes the columns of a block's events.
func (d *decoder) openColumns(cols []byte) bool {
	r := reader{b: cols}
	var seen [fieldCount]bool
	for i := range d.order {
		f := r.byte()
		if f >= fieldCount || seen[f] {
			return false
		}
		d.order[i], seen[f] = f, true
	}
	names := r.uint()
	if names > uint64(len(cols)) {
		return false
	}
	d.types = make([]string, names)
	for i := range d.types {
		d.types[i] = strings.Clone(r.text())
	}
	var sizes [columnCount]uint64
	for i := range sizes {
		sizes[i] = r.uint()
	}
	for i := range d.col {
		d.col[i].b = r.bytes(sizes[i])
	}
	d.openMoulds()
	return !r.bad && !d.bad
}

// nextShape is the shape of the next event, or nil.
func (d *decoder) nextShape() *plan {
	number := d.col[colShape].uint()
	if number == uint64(len(d.shapes)) {
		s := d.col[colShapes].shape()
		if d.col[colShapes].bad || int(s.typ) >= len(d.types) {
			return nil
		}
		d.shapes = append(d.shapes, d.plan(&s))
	}
	if number >= uint64(len(d.shapes)) {
		return nil
	}
	return &d.shapes[number]
}

func (d *decoder) event(e, prev *event.Event) bool {
	p := d.nextShape()
	if p == nil {
		return false
	}
	var raw []byte
	same := p.flags&flagSameRecord != 0
	switch {
	case p.flags&flagNextPlace == 0:
		e.Place = d.place()
	case d.loose == nil:
		e.Place = nextPlace(prev, same)
	}
	switch {
	case same:
		if raw = prev.Raw; raw == nil && prev.Cast.Loose() {
			raw = prev.Cast.Record()
		}
	case p.mould > 0:
		if k := d.loose.mould(p.mould); k != nil {
			return d.scatter(p, k, e, prev.Time)
		}
		raw = d.recast(p.mould)
	}
	return d.make(p, e, raw, prev.Time)
}

func (d *decoder) place() event.Place {
	r := &d.col[colPlace]
	return event.Place{Source: uint32(r.uint()), Line: r.uint(), Offset: r.uint()}
}

// make makes an event of a shape, but for its position and its place. Raw is its record if that is whole, and before the time of
// the event before it.
func (d *decoder) make(p *plan, e *event.Event, raw []byte, before event.Time) bool {
	if d.bad { // its record could not be put together
		return false
	}
	s := &p.shape
	same := s.flags&flagSameRecord != 0
	whole := same || s.mould > 0
	if same || s.mould == 0 {
		d.cast = nil
	}
	if d.filled, d.cut = 0, 0; whole {
		d.filled, d.cut = len(raw), len(raw)+1
	} else {
		raw = d.out
	}
	e.Type, e.Numbering = d.types[s.typ], event.Numbering(s.numbering)
	end, far := 0, 0
	for i := range p.steps[:p.n] {
		end = d.step(&p.steps[i], e, s, raw, end)
		far = max(far, end)
	}
	if d.bad {
		return false
	}
	d.apart(e, before, s)
	if whole {
		e.Raw = raw
	} else {
		size := end + d.varying(colTail, s.tail)
		if size < far || size > len(raw) {
			return false
		}
		d.fill(size)
		e.Raw, d.out = raw[:size:size], raw[size:]
	}
	if s.flags&flagOthers != 0 && !d.others(e) {
		return false
	}
	if s.flags&flagExtra != 0 {
		e.Marks = event.Mark(d.col[colExtra].uint())
		e.Ordinal = uint32(d.col[colExtra].uint())
	}
	return !d.bad && d.partsIn(e, s)
}
