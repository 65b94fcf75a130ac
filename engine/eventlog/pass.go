package eventlog

import (
	"bytes"

	"asof/engine/event"
)

// passed is what a decoder that makes only some events knows of the others: what the ones behind them are told from.
type passed struct {
	begun bool       // there was an event
	raw   []byte     // the record of the last one, if it was put together
	mould uint32     // of that record; 0 = it has none, and was put together
	time  event.Time // of that event
	sure  bool       // it is known
	// Places follow from the last one that was written, by the lengths of the records since.
	place   event.Place
	span    int // counts the places that were written
	records uint64
	bytes   uint64 // of those records whose lengths are known
}

// mouldTally counts a mould's records. Their values are found by counting ends, when somebody asks.
type mouldTally struct {
	seen  int // records before the one at hand
	found int // how many of them the columns are past
	span  int // the last written place behind which there is one of them, and how many stand before that
	base  int
}

// some makes the events that are wanted of the first count ones, in order, without their positions. It tells none of the damage
// that lies behind them. Not ok says that the block does not let events be passed over, or is damaged.
func (d *decoder) some(count int, wanted func(i int) bool, room func(i int) *event.Event) bool {
	d.passed = passed{sure: true}
	for i := range count {
		p := d.nextShape()
		if p == nil || !d.meet(p) {
			return false
		}
		if wanted(i) {
			if !d.reach(p, room(i)) {
				return false
			}
		} else if p.mould == 0 && p.flags&flagSameRecord == 0 {
			var e event.Event // its end is told by what stands in it
			if !d.reach(p, &e) {
				return false
			}
		} else if !d.pass(p) {
			return false
		}
	}
	return true
}

// meet books the event at hand: its place, and its record.
func (d *decoder) meet(p *plan) bool {
	l := &d.passed
	same, follows := p.flags&flagSameRecord != 0, p.flags&flagNextPlace != 0
	if p.forms[fieldTime] == formApart && !l.sure || same && (!l.begun || !follows) {
		return false
	}
	if same {
		return true
	}
	d.end()
	if !follows {
		l.place, l.records, l.bytes = d.place(), 0, 0
		l.span++
	}
	l.records++
	l.begun, l.mould, l.raw = true, p.mould, nil
	return int(p.mould) <= len(d.moulds)
}

// end books the record before the one at hand.
func (d *decoder) end() {
	l := &d.passed
	l.bytes += uint64(len(l.raw))
	if l.mould == 0 {
		return
	}
	t := &d.moulds[l.mould-1].tally
	if t.span != l.span {
		t.span, t.base = l.span, t.seen
	}
	t.seen++
}

// find goes on to a mould's record at hand, and returns the length of those of its records that stand behind the last written
// place and were not gone through before.
func (d *decoder) find(m *mouldIn) (size int) {
	t := &m.tally
	since := t.seen
	if t.span == d.passed.span {
		since = t.base
	}
	if n := since - t.found; n > 0 {
		d.skip(m, n)
		t.found = since
	}
	if n := t.seen - t.found; n > 0 {
		size = d.skip(m, n)
		t.found = t.seen
	}
	return size
}

// skip goes over n records of a mould and returns their length.
func (d *decoder) skip(m *mouldIn, n int) (size int) {
	for i := range m.slots {
		s := &m.slots[i]
		length := endOf(d.slots[s.next:s.end], n)
		if length < 0 {
			d.bad = true
			return 0
		}
		s.next += length
		size += length - n
	}
	return size + n*m.text
}

// endOf is where the n-th value of a column ends, with its end; -1 if there are less.
func endOf(column []byte, n int) int {
	const step = 256
	at := 0
	for ; n > 8; at += step {
		next := column[at:min(at+step, len(column))]
		ends := bytes.Count(next, slotEnds)
		if ends >= n || len(next) < step {
			break
		}
		n -= ends
	}
	for ; n > 0; n-- {
		i := bytes.IndexByte(column[at:], slotEnd)
		if i < 0 {
			return -1
		}
		at += i + 1
	}
	return at
}

var slotEnds = []byte{slotEnd}

// record is the bytes of the record at hand.
func (d *decoder) record() []byte {
	l := &d.passed
	if l.raw == nil && l.mould > 0 {
		m := &d.moulds[l.mould-1]
		l.bytes += uint64(d.find(m))
		if l.raw = d.recast(l.mould); l.raw != nil {
			m.tally.found++
		}
	}
	return l.raw
}

// reach makes the event at hand.
func (d *decoder) reach(p *plan, e *event.Event) bool {
	l := &d.passed
	if p.mould > 0 || p.flags&flagSameRecord != 0 {
		if d.record(); d.bad {
			return false
		}
	}
	if !d.make(p, e, l.raw, l.time) {
		return false
	}
	for i := range d.moulds {
		if m := &d.moulds[i]; m.tally.span == l.span {
			l.bytes += uint64(d.find(m))
		}
	}
	e.Place = l.place
	e.Place.Line += l.records - 1
	e.Place.Offset += l.bytes + l.records - 1
	l.raw, l.time, l.sure = e.Raw, e.Time, true
	return !d.bad
}

// over is how to pass over an event of a shape.
type over struct {
	lone  []uint8 // columns of which each such event has one number
	texts []step  // texts that are kept apart
}

func (p *plan) pass() *over {
	if p.over != nil {
		return p.over
	}
	o := &over{}
	for i := range p.steps[:p.n] {
		t := &p.steps[i]
		if t.form == formSlot {
			continue
		}
		if placed(t.form) && t.gap == varies {
			o.lone = append(o.lone, colGap+t.field)
		}
		if t.form == formApart {
			o.texts = append(o.texts, *t)
		} else if t.sized && t.size == varies {
			o.lone = append(o.lone, colSize+t.field)
		}
	}
	p.over = o
	return o
}

// pass passes over the event at hand, whose record is of a mould or was met before.
func (d *decoder) pass(p *plan) bool {
	s, l, o := &p.shape, &d.passed, p.pass()
	for _, col := range o.lone {
		d.col[col].skip(1)
	}
	for i := range o.texts {
		t := &o.texts[i]
		d.textApart(t, d.varying(colSize+int(t.field), t.size))
	}
	if s.forms[fieldVersion] == formApart || s.forms[fieldTime] == formApart || s.forms[fieldRecorded] == formApart {
		var e event.Event
		d.apart(&e, l.time, s)
		l.time = e.Time
	} else {
		l.time = event.Time{}
	}
	l.sure = !placed(s.forms[fieldTime])
	if s.flags&flagOthers != 0 {
		d.passOthers()
	}
	if s.flags&flagExtra != 0 {
		d.col[colExtra].skip(2)
	}
	if s.forms[fieldMeta] == formApart {
		d.passRuns()
	}
	if s.forms[fieldPayload] == formApart {
		d.passRuns()
	}
	return !d.bad
}

func (d *decoder) passOthers() {
	r := &d.col[colOthers]
	for n := r.uint(); n > 0 && !r.bad; n-- {
		if ref := r.uint(); ref&1 == 0 {
			d.col[colText].bytes(ref >> 1)
		} else {
			r.skip(1)
		}
	}
}

func (d *decoder) passRuns() {
	r := &d.col[colParts]
	if ref := r.uint(); ref&3 == 3 {
		d.col[colText].bytes(ref >> 2)
	} else {
		r.skip(int(min(2*(ref>>2), uint64(len(r.b)+1))))
	}
}
