package eventlog

import (
	"bytes"
	"slices"
)

// mouldIn is a mould whose records are put together again. Its columns are numbers and no slices, so that going through them
// writes no pointers.
type mouldIn struct {
	bytes []byte // the mould as it is written
	gaps  [][]byte
	slots []slotIn
	text  int // length of all gaps
	tally mouldTally
}

// slotIn is a column: what is left of it in the block's rest, and where the value of the record at hand is, there and in the record.
type slotIn struct{ next, end, value, size, at int }

// openMoulds reads what the block's moulds are.
func (d *decoder) openMoulds() {
	list := &d.col[colMoulds]
	for len(list.b) > 0 && !list.bad {
		start := list.b
		n := list.uint()
		if n > mostSlots {
			list.bad = true
			break
		}
		m := d.addMould(int(n))
		for i := range m.gaps {
			m.gaps[i] = list.bytes(list.uint())
			m.text += len(m.gaps[i])
		}
		m.bytes = start[:len(start)-len(list.b)]
	}
	d.bad = d.bad || list.bad
}

// addMould adds a mould of n values, in the room that one of an earlier block has left.
func (d *decoder) addMould(n int) *mouldIn {
	if i := len(d.moulds); i < cap(d.moulds) {
		d.moulds = d.moulds[:i+1]
	} else {
		d.moulds = append(d.moulds, mouldIn{})
	}
	m := &d.moulds[len(d.moulds)-1]
	*m = mouldIn{gaps: slices.Grow(m.gaps[:0], n+1)[:n+1], slots: slices.Grow(m.slots[:0], n)[:n]}
	clear(m.slots)
	return m
}

// openSlots finds the moulds' columns in rest, which then holds only what was not cast.
func (d *decoder) openSlots() {
	lengths := &d.lengths
	d.slots = d.rest
	rest := reader{b: d.rest}
	d.rest = rest.bytes(lengths.uint())
	for _, m := range d.moulds {
		for i := range m.slots {
			m.slots[i].next = len(d.slots) - len(rest.b)
			rest.bytes(lengths.uint())
			m.slots[i].end = len(d.slots) - len(rest.b)
		}
	}
	d.bad = d.bad || rest.bad || lengths.bad || len(rest.b) > 0
}

// recast is the next record of a mould, or nil.
func (d *decoder) recast(number uint32) []byte {
	if int(number) > len(d.moulds) {
		d.bad = true
		return nil
	}
	m := &d.moulds[number-1]
	d.cast = nil // what it points at is of the record before, until all of this one is found
	size := m.text
	for i := range m.slots {
		s := &m.slots[i]
		n := bytes.IndexByte(d.slots[s.next:s.end], slotEnd)
		if n < 0 {
			d.bad = true
			return nil
		}
		s.value, s.size = s.next, n
		s.next += n + 1
		size += n
	}
	if d.made += size; d.made > maxBlock {
		d.bad = true
		return nil
	}
	if len(d.room) < size {
		d.room = make([]byte, max(size, d.rooms))
	}
	raw := d.room[:size:size]
	d.room = d.room[size:]
	at := copy(raw, m.gaps[0])
	for i := range m.slots {
		s := &m.slots[i]
		s.at = at
		at += copy(raw[at:], d.slots[s.value:s.value+s.size])
		at += copy(raw[at:], m.gaps[i+1])
	}
	d.cast = m
	return raw
}

// roomBytes is what records are put together in, at a time: about as much as a block has.
const roomBytes = 192 << 10
