package eventlog

import "asof/engine/event"

// A record of a known mould says by its mould where its fields are: a text, a version or a time is one of its values, and a
// payload is what lies between two places of its gaps. All events of the mould have them at the same places, so that nothing of it
// is kept an event.

// castFields is where the fields of a mould's events were last found.
type castFields struct {
	at    [fieldCount]uint32 // number of the value
	parts [fieldCount][2]int32
	fails [fieldCount]uint8
}

// slot writes a field into the shape if the mould says where it is.
func (c *columns) slot(f int, e *event.Event, s *shape) bool {
	k := &c.moulds.last.fields
	switch f {
	case fieldMeta:
		return k.part(f, &e.Meta, e.Cast.Values, s)
	case fieldPayload:
		return k.part(f, &e.Payload, e.Cast.Values, s)
	}
	if !inRecord(f, e, s) {
		return false
	}
	i := int(k.at[f])
	if i >= len(e.Cast.Values) || !c.stands(f, e, s, i) {
		if i = c.searchSlot(f, e, s); i < 0 {
			return false
		}
		k.at[f] = uint32(i)
	}
	k.fails[f] = 0
	s.forms[f], s.gaps[f] = formSlot, int32(i)
	return true
}

// inRecord reports whether an event has a field that a value of its record may be.
func inRecord(f int, e *event.Event, s *shape) bool {
	switch f {
	case fieldVersion:
		return e.Numbering == event.BySource
	case fieldTime:
		return s.kind != 0
	case fieldRecorded:
		return s.rkind != 0
	}
	return textField(f, e) != ""
}

func textField(f int, e *event.Event) string {
	switch f {
	case fieldID:
		return e.ID
	case fieldStream:
		return string(e.Stream)
	case fieldCorrelation:
		return e.Correlation
	}
	return e.Causation
}

// stands reports whether a field is what the i-th value says.
func (c *columns) stands(f int, e *event.Event, s *shape, i int) bool {
	v := e.Cast.Values[i]
	raw := e.Raw[v.Off : v.Off+v.Len]
	switch f {
	case fieldVersion:
		got, n := readNumber(raw)
		return n == len(raw) && n > 0 && got == int64(e.Version)
	case fieldTime:
		got, n := c.day[0].read(raw, s.zone, s.kind)
		return n == len(raw) && n > 0 && got == e.Time
	case fieldRecorded:
		got, n := c.day[1].read(raw, s.rzone, s.rkind)
		return n == len(raw) && n > 0 && got == e.Recorded
	}
	return string(raw) == textField(f, e)
}

// searchSlot is the value that a field is, or -1.
func (c *columns) searchSlot(f int, e *event.Event, s *shape) int {
	k := &c.moulds.last.fields
	if k.fails[f]++; k.fails[f] > mostFails {
		k.fails[f] = mostFails
		return -1
	}
	for i := range e.Cast.Values {
		if c.stands(f, e, s, i) {
			return i
		}
	}
	return -1
}

// part writes where a payload is if it is one run of the record.
func (k *castFields) part(f int, p *event.Part, values []event.Span, s *shape) bool {
	if p.Own != nil || p.Members || len(p.Spans) != 1 {
		return false
	}
	from, to := p.Spans[0].Off, p.Spans[0].Off+p.Spans[0].Len
	places := &k.parts[f]
	if !standsAt(values, places[0], from) || !standsAt(values, places[1], to) {
		if k.fails[f]++; k.fails[f] > mostFails {
			k.fails[f] = mostFails
			return false
		}
		a, fits := placeAmong(values, from)
		b, both := placeAmong(values, to)
		if !fits || !both {
			return false
		}
		*places = [2]int32{a, b}
	}
	k.fails[f] = 0
	s.forms[f], s.gaps[f], s.sizes[f] = formSlot, places[0], places[1]
	return true
}

// A place is the number of the last value that ends before it, from 1 and 0 for none, and how far behind it, in one number.
const (
	placeBits = 9
	mostPlace = 1<<(31-placeBits) - 1
)

// placeAmong is the place of an offset; fits tells that it is one.
func placeAmong(values []event.Span, at uint32) (place int32, fits bool) {
	n, end := 0, uint32(0)
	for n < len(values) && values[n].Off+values[n].Len <= at {
		end = values[n].Off + values[n].Len
		n++
	}
	return int32(at-end)<<placeBits | int32(n), n < 1<<placeBits && at-end <= mostPlace
}

func standsAt(values []event.Span, place int32, at uint32) bool {
	n := int(place & (1<<placeBits - 1))
	behind := uint32(place) >> placeBits
	if n == 0 {
		return behind == at
	}
	return n <= len(values) && values[n-1].Off+values[n-1].Len+behind == at
}

// offset is the offset of a place in the record at hand, or -1.
func (m *mouldIn) offset(place int32, size int) int {
	n, at := int(place&(1<<placeBits-1)), int(place>>placeBits)
	if place < 0 || n > len(m.slots) {
		return -1
	}
	if n > 0 {
		at += m.slots[n-1].at + m.slots[n-1].size
	}
	if at > size {
		return -1
	}
	return at
}

// fromSlot reads a field of which the mould says where it is.
func (d *decoder) fromSlot(t *step, e *event.Event, s *shape, raw []byte) {
	m := d.cast
	switch {
	case m == nil:
		d.bad = true
		return
	case t.field == fieldMeta, t.field == fieldPayload:
		from, to := m.offset(t.gap, len(raw)), m.offset(t.size, len(raw))
		if from < 0 || to < from {
			d.bad = true
			return
		}
		if t.field == fieldMeta {
			e.Meta = d.run(from, to-from)
		} else {
			e.Payload = d.run(from, to-from)
		}
		return
	case t.gap < 0 || int(t.gap) >= len(m.slots):
		d.bad = true
		return
	}
	v := &m.slots[t.gap]
	text := raw[v.at : v.at+v.size]
	switch f := int(t.field); f {
	case fieldVersion, fieldTime, fieldRecorded:
		d.bad = d.numberIn(f, e, s, text) != v.size || d.bad
	default:
		d.setText(f, e, textOf(text))
	}
}
