package eventlog

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"asof/engine/event"
)

// moulds are the moulds of a block's records (event.Cast). The values of one mould's records are kept in columns, one for
// each place between its gaps, where like stands beside like; each ends with slotEnd.
type moulds struct {
	known   map[*event.Mould]*casting
	last    *casting
	list    []*casting                    // of the block, as they were met
	same    map[*event.Mould]*event.Mould // the first one that was met with the same gaps: each reader has moulds of its own
	texts   map[string]*event.Mould
	fields  map[*event.Mould]*castFields
	columns int
	spare   [][]byte
}

// casting is a mould in the block at hand.
type casting struct {
	mould  *event.Mould
	met    *event.Mould // the same, as the record before has it
	number uint32       // in the block, from 1
	text   int          // length of all gaps
	n      int          // records
	slots  [][]byte
	fields *castFields
}

const (
	// slotEnd ends a value. Records that hold it are kept whole.
	slotEnd = 0
	// mostSlots bounds the columns of a block: each has a length of its own, and few values are worse apart.
	mostSlots = 2048
	// shortValue is how much is copied at once.
	shortValue = 32
)

func (m *moulds) reset() {
	for _, k := range m.list {
		for _, slot := range k.slots {
			m.spare = append(m.spare, slot[:0])
		}
	}
	m.list, m.columns, m.last = m.list[:0], 0, nil
	if m.known == nil || len(m.same) > mostTyped {
		m.known, m.fields = map[*event.Mould]*casting{}, map[*event.Mould]*castFields{}
		m.same, m.texts = map[*event.Mould]*event.Mould{}, map[string]*event.Mould{}
	}
	clear(m.known)
}

// take writes a record's values into the columns of its mould, and returns the mould's number; 0 says that the record has to
// be kept whole.
func (m *moulds) take(e *event.Event) uint32 {
	if e.Cast == nil || bytes.IndexByte(e.Raw, slotEnd) >= 0 {
		return 0
	}
	k := m.last
	if k == nil || k.met != e.Cast.Mould {
		if k = m.known[e.Cast.Mould]; k == nil {
			if k = m.meet(e); k == nil {
				return 0
			}
		}
		k.met, m.last = e.Cast.Mould, k
	}
	values := e.Cast.Values
	size := k.text
	for _, v := range values {
		size += int(v.Len)
	}
	if len(values) != len(k.slots) || size != len(e.Raw) {
		return 0
	}
	for i, v := range values {
		// One copy, of the value and of the gap's first byte, which becomes the end; most values are short, and are copied with what
		// follows them.
		slot, from, n := k.slots[i], int(v.Off), int(v.Len)+1
		if at := len(slot); n <= shortValue && cap(slot)-at >= shortValue && len(e.Raw)-from >= shortValue {
			copyShort(slot[at:at+shortValue], e.Raw[from:from+shortValue])
			slot = slot[:at+n]
		} else {
			slot = append(slot, e.Raw[from:from+n]...)
		}
		slot[len(slot)-1] = slotEnd
		k.slots[i] = slot
	}
	k.n++
	return k.number
}

// copyShort copies shortValue bytes, by words, which is faster than a call.
func copyShort(to, from []byte) {
	le := binary.LittleEndian
	a, b, c, d := le.Uint64(from), le.Uint64(from[8:]), le.Uint64(from[16:]), le.Uint64(from[24:])
	le.PutUint64(to, a)
	le.PutUint64(to[8:], b)
	le.PutUint64(to[16:], c)
	le.PutUint64(to[24:], d)
}

// meet is the block's casting for a mould that the block has not met.
func (m *moulds) meet(e *event.Event) *casting {
	met := e.Cast.Mould
	mould := m.same[met]
	if mould == nil {
		mould = met
		text := strings.Join(met.Gaps, "\x00")
		if known := m.texts[text]; known != nil {
			mould = known
		}
		m.same[met], m.texts[text] = mould, mould
	}
	k := m.known[mould]
	if k == nil {
		k = m.begin(mould, len(e.Cast.Values))
	}
	if k != nil {
		m.known[met] = k
	}
	return k
}

// begin makes a mould with n values one of the block's.
func (m *moulds) begin(mould *event.Mould, n int) *casting {
	if m.columns+n > mostSlots || n == 0 || !separate(mould) {
		return nil
	}
	k := &casting{mould: mould, number: uint32(len(m.list) + 1), slots: make([][]byte, n), fields: m.fields[mould]}
	if k.fields == nil {
		k.fields = &castFields{}
		m.fields[k.mould] = k.fields
	}
	for _, gap := range k.mould.Gaps {
		k.text += len(gap)
	}
	for i := range k.slots {
		if s := len(m.spare); s > 0 {
			k.slots[i], m.spare = m.spare[s-1], m.spare[:s-1]
		}
	}
	m.list, m.known[k.mould] = append(m.list, k), k
	m.columns += n
	return k
}

// separate reports whether something stands behind each value.
func separate(m *event.Mould) bool {
	for _, gap := range m.Gaps[1:] {
		if gap == "" {
			return false
		}
	}
	return true
}

// pour writes the moulds, and packs their columns.
func (c *columns) pour() {
	rest, y := len(c.rest), &c.typing
	c.plain = rest
	y.begin(c.rest, len(c.moulds.list))
	for _, k := range c.moulds.list {
		c.uint(colMoulds, uint64(len(k.slots)))
		for _, gap := range k.mould.Gaps {
			c.col[colMoulds] = appendText(c.col[colMoulds], gap)
		}
		for _, slot := range k.slots {
			c.plain += len(slot)
		}
		y.mould(k, c.block)
	}
	c.rest = c.appendTo(append(y.text, y.forms...), rest, len(y.forms))
}

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
