package eventlog

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"asof/engine/event"
)

// looseIn is a mould of which all events in the block are loose.
type looseIn struct {
	mould  *event.Mould // nil = its records have to be put together
	wanted []bool       // by the number of a value
	values []event.Span // of all records, one after the other, from the next one on
	spread bool         // values are there
}

// meet takes down what events of a shape need.
func (m *looseIn) meet(p *plan) {
	if m.mould == nil || !p.scattered() {
		m.mould = nil
		return
	}
	for _, t := range p.steps[:p.n] {
		if t.form != formSlot {
			continue
		}
		switch t.field {
		case fieldStream, fieldTime:
			m.want(t.gap, t.gap+1)
		case fieldPayload:
			m.want(t.gap&(1<<placeBits-1), t.size&(1<<placeBits-1))
		}
	}
}

// want takes down that values from one to before another are needed. What they are is checked where they are read.
func (m *looseIn) want(from, to int32) {
	for i := max(from, 0); i < to && int(i) < len(m.wanted); i++ {
		m.wanted[i] = true
	}
}

// row is where the values of the mould's next record are, or nil.
func (d *decoder) row(k *looseIn, m *mouldIn) []event.Span {
	n := len(m.slots)
	if !k.spread {
		k.spread = true
		rows := -1
		for i, wanted := range k.wanted {
			if !wanted {
				continue
			}
			s := &m.slots[i]
			if rows < 0 {
				rows = bytes.Count(d.slots[s.next:s.end], slotEnds)
				k.values = d.loose.spans(n * rows)
			}
			if d.bad = d.bad || !spansIn(d.slots[:s.end], s.next, k.values, i, n); d.bad {
				return nil
			}
		}
		if rows < 0 { // none is needed
			k.values = d.loose.spans(n * len(d.loose.casts))
		}
	}
	if len(k.values) < n {
		return nil
	}
	row := k.values[:n:n]
	k.values = k.values[n:]
	return row
}

// spansIn takes down where the values of the column from a place on to the end of text are: the first one at index at of values, and each
// other one so many steps behind the one before. Not ok says that they are not as many.
func spansIn(text []byte, from int, values []event.Span, at, step int) (ok bool) {
	const low = 0x7f7f7f7f7f7f7f7f
	begin := from
	for i := from; i < len(text); i += 8 {
		var w uint64
		if i+8 <= len(text) {
			w = binary.LittleEndian.Uint64(text[i:])
		} else {
			var last [8]byte
			for k := copy(last[:], text[i:]); k < 8; k++ {
				last[k] = 0xff
			}
			w = binary.LittleEndian.Uint64(last[:])
		}
		for ends := ^((w&low + low) | w | low); ends != 0; ends &= ends - 1 { // the top bits of bytes that are 0
			if at >= len(values) {
				return false
			}
			end := i + bits.TrailingZeros64(ends)>>3
			values[at] = event.Span{Off: uint32(begin), Len: uint32(end - begin)}
			begin, at = end+1, at+step
		}
	}
	return begin == len(text) && at >= len(values) && at < len(values)+step
}
