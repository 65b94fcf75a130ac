package eventlog

import "asof/engine/event"

// mostRead is more than a number or a time takes in a record.
const mostRead = 48

// fill puts the record at hand in place up to n, or takes back what is in place beyond it.
func (d *decoder) fill(n int) {
	switch {
	case n < d.cut:
		d.bad = true
	case n < d.filled:
		d.next -= d.filled - n
		d.filled = n
	default:
		d.peek(n)
		d.bad = d.bad || d.filled < n
	}
}

// peek puts the record at hand in place up to n, as far as there is any.
func (d *decoder) peek(n int) {
	if n = min(n, len(d.out)); n > d.filled {
		copied := copy(d.out[d.filled:n], d.rest[d.next:])
		d.next += copied
		d.filled += copied
	}
}

// varying is a number of a shape, or of the column if it varies.
func (d *decoder) varying(col int, n int32) int {
	if n == varies {
		return int(d.col[col].int())
	}
	return int(n)
}

// step reads a field that stands in the record, or a text, and returns where it ends in the record; a text that is kept apart
// ends where the field before it does.
func (d *decoder) step(t *step, e *event.Event, s *shape, raw []byte, end int) int {
	if t.form == formSlot {
		d.fromSlot(t, e, s, raw)
		return end
	}
	f, size := int(t.field), 0
	if t.sized {
		size = d.varying(colSize+f, t.size)
	}
	if !placed(t.form) {
		d.setText(f, e, d.textApart(t, size))
		return end
	}
	at := end + d.varying(colGap+f, t.gap)
	if at < 0 || size < 0 || at > len(raw) || size > len(raw)-at {
		d.bad = true
		return end
	}
	if t.form == formCut {
		d.insert(raw, at, size)
	}
	switch f {
	case fieldMeta:
		e.Meta = d.run(at, size)
	case fieldPayload:
		e.Payload = d.run(at, size)
	case fieldVersion, fieldTime, fieldRecorded:
		size = d.number(f, e, s, raw, at)
	default:
		d.setText(f, e, textOf(raw[at:at+size]))
	}
	return at + size
}

func (d *decoder) setText(f int, e *event.Event, text string) {
	switch f {
	case fieldID:
		e.ID = text
	case fieldStream:
		e.Stream = event.StreamID(text)
	case fieldCorrelation:
		e.Correlation = text
	case fieldCausation:
		e.Causation = text
	}
}

// number reads a version or a time, which end by themselves, and returns its length. What follows in what it looks at may be
// another record, or what stands behind a cut.
func (d *decoder) number(f int, e *event.Event, s *shape, raw []byte, at int) (n int) {
	if s.flags&flagSameRecord == 0 && s.mould == 0 {
		d.peek(at + mostRead)
	}
	if at > d.filled {
		d.bad = true
		return 0
	}
	return d.numberIn(f, e, s, raw[at:d.filled])
}

// numberIn reads the version or the time at the start of b, and returns its length.
func (d *decoder) numberIn(f int, e *event.Event, s *shape, b []byte) (n int) {
	switch f {
	case fieldVersion:
		var v int64
		v, n = readNumber(b)
		e.Version = event.Version(v)
	case fieldTime:
		e.Time, n = d.day[0].read(b, s.zone, s.kind)
	case fieldRecorded:
		e.Recorded, n = d.day[1].read(b, s.rzone, s.rkind)
	}
	return n
}

// textApart is a text that is not in the record.
func (d *decoder) textApart(t *step, size int) string {
	if t.form == formApart {
		d.last[t.field] = textOf(d.col[colText].bytes(uint64(size)))
	}
	return d.last[t.field]
}

// insert puts what was cut out of a record back into it.
func (d *decoder) insert(raw []byte, at, size int) {
	d.fill(at)
	cut := d.cuts.bytes(uint64(size))
	if d.bad || len(cut) < size {
		d.bad = true
		return
	}
	d.filled = at + copy(raw[at:], cut)
	d.cut = d.filled
}

// run is a part that is one run of the record.
func (d *decoder) run(at, size int) event.Part {
	n := len(d.spans)
	d.spans = append(d.spans, event.Span{Off: uint32(at), Len: uint32(size)})
	return event.Part{Spans: d.spans[n : n+1 : n+1]}
}

// apart reads the numbers that are kept in columns.
func (d *decoder) apart(e *event.Event, before event.Time, s *shape) {
	if s.forms[fieldVersion] == formApart {
		e.Version = event.Version(d.col[colVersion].int())
	}
	if s.forms[fieldTime] == formApart {
		sec, _ := before.Unix()
		sec += d.col[colTime].int()
		e.Time = event.Unpack(sec, d.nano(colNano, s.kind), s.zone, s.kind)
	}
	if s.forms[fieldRecorded] == formApart {
		sec, _ := e.Time.Unix()
		sec += d.col[colRecorded].int()
		e.Recorded = event.Unpack(sec, d.nano(colRecorded, s.rkind), s.rzone, s.rkind)
	}
}

func (d *decoder) nano(col int, kind uint8) int32 {
	v := d.col[col].uint()
	if v&1 != 0 {
		return int32(v >> 1)
	}
	return int32(v>>1) * nanoUnit(kind)
}

func (d *decoder) others(e *event.Event) bool {
	r := &d.col[colOthers]
	n := r.uint()
	if n > uint64(len(r.b)) {
		return false
	}
	e.Others = make([]event.StreamID, n)
	for i := range e.Others {
		ref := r.uint()
		size := ref >> 1
		if ref&1 == 0 {
			e.Others[i] = event.StreamID(textOf(d.col[colText].bytes(size)))
			continue
		}
		at := r.uint()
		if at > uint64(len(e.Raw)) || size > uint64(len(e.Raw))-at {
			return false
		}
		e.Others[i] = event.StreamID(textOf(e.Raw[at : at+size]))
	}
	return true
}

// partsIn reads the parts that are kept apart.
func (d *decoder) partsIn(e *event.Event, s *shape) bool {
	if s.forms[fieldMeta] == formApart {
		e.Meta = d.runs(e.Raw)
	}
	if s.forms[fieldPayload] == formApart {
		e.Payload = d.runs(e.Raw)
	}
	return !d.bad
}

// runs reads a payload that is not one run of the record. Runs that do not lie in the record are damage.
func (d *decoder) runs(raw []byte) event.Part {
	r := &d.col[colParts]
	ref := r.uint()
	n := ref >> 2
	if ref&3 == 3 {
		return event.Part{Own: d.col[colText].bytes(n)}
	}
	if n > uint64(len(r.b)) {
		d.bad = true
		return event.Part{}
	}
	start, end := len(d.spans), int64(0)
	for range n {
		off, length := end+r.int(), r.uint()
		if off < 0 || off > int64(len(raw)) || length > uint64(int64(len(raw))-off) {
			d.bad = true
			return event.Part{}
		}
		d.spans = append(d.spans, event.Span{Off: uint32(off), Len: uint32(length)})
		end = off + int64(length)
	}
	return event.Part{Spans: d.spans[start:len(d.spans):len(d.spans)], Members: ref&3 == 1}
}
