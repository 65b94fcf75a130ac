package eventlog

import (
	"bytes"
	"strings"

	"asof/engine/event"
)

// moulds are the moulds of a block's records (event.Cast). The values of one mould's records are kept in columns, one for
// each place between its gaps, where like stands beside like; each ends with slotEnd.
type moulds struct {
	known   map[*event.Mould]*casting // of all blocks; those of one text have one casting: each reader has moulds of its own
	texts   map[string]*casting
	block   int
	last    *casting     // of the record before
	met     *event.Mould // its mould
	list    []*casting   // of the block, as they were met
	columns int
	spare   [][]byte
}

// casting is a mould. What was learned of it serves for the blocks that follow.
type casting struct {
	mould   *event.Mould
	text    int    // length of all gaps
	block   int    // in which it was met last
	number  uint32 // there, from 1
	n       int    // records
	slots   []slot
	fields  castFields
	learned []learned // of the values' columns

	// The shape that is kept, see keep; of the block at hand.
	kept  bool
	typ   string
	shape shape
	known int
}

// slot is a column that is filled: n bytes of the room.
type slot struct {
	room []byte
	n    int
}

func (s *slot) column() []byte { return s.room[:s.n] }

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
		for i := range k.slots {
			m.spare = append(m.spare, k.slots[i].room)
			k.slots[i] = slot{}
		}
	}
	m.list, m.columns, m.last, m.met = m.list[:0], 0, nil, nil
	if m.known == nil || len(m.known) > mostTyped {
		m.known, m.texts = map[*event.Mould]*casting{}, map[string]*casting{}
	}
	m.block++
}

// take writes a record's values into the columns of its mould; nil says that the record has to be kept whole.
func (m *moulds) take(e *event.Event) *casting {
	if e.Cast == nil || bytes.IndexByte(e.Raw, slotEnd) >= 0 {
		return nil
	}
	k := m.last
	if m.met != e.Cast.Mould {
		if k = m.meet(e.Cast.Mould); k == nil {
			return nil
		}
		m.last, m.met = k, e.Cast.Mould
	}
	if !k.take(e.Raw, e.Cast.Values) {
		return nil
	}
	return k
}

// take is false for a record that is not of the mould.
func (k *casting) take(raw []byte, values []event.Span) bool {
	if len(values) != len(k.slots) {
		return false
	}
	size := k.text
	for i, v := range values {
		// One copy, of the value and of the gap's first byte, which becomes the end; most values are short, and are copied with what
		// follows them.
		s, from, n := &k.slots[i], int(v.Off), int(v.Len)+1
		if n <= shortValue && s.n+shortValue <= len(s.room) && from+shortValue <= len(raw) {
			copyShort((*[shortValue]byte)(s.room[s.n:]), (*[shortValue]byte)(raw[from:]))
		} else {
			s.room = append(s.room[:s.n], raw[from:from+n]...)
			s.room = s.room[:cap(s.room)]
		}
		s.n += n
		s.room[s.n-1] = slotEnd
		size += n - 1
	}
	if size != len(raw) {
		for i, v := range values {
			k.slots[i].n -= int(v.Len) + 1
		}
		return false
	}
	k.n++
	return true
}

// copyShort copies in two halves, for which no call is needed.
func copyShort(to, from *[shortValue]byte) {
	const half = shortValue / 2
	*(*[half]byte)(to[:half]) = *(*[half]byte)(from[:half])
	*(*[half]byte)(to[half:]) = *(*[half]byte)(from[half:])
}

// meet is the block's casting of a mould.
func (m *moulds) meet(met *event.Mould) *casting {
	k := m.known[met]
	if k == nil {
		text := strings.Join(met.Gaps, "\x00")
		if k = m.texts[text]; k == nil {
			k = newCasting(met)
			m.texts[text] = k
		}
		m.known[met] = k
	}
	if k.block == m.block {
		return k
	}
	if n := len(k.slots); n == 0 || m.columns+n > mostSlots {
		return nil
	}
	m.begin(k)
	return k
}

// newCasting has no slots where values could not be told from what stands behind them.
func newCasting(m *event.Mould) *casting {
	k := &casting{mould: m}
	if !separate(m) {
		return k
	}
	for _, gap := range m.Gaps {
		k.text += len(gap)
	}
	k.slots, k.learned = make([]slot, len(m.Gaps)-1), make([]learned, len(m.Gaps)-1)
	return k
}

// begin makes a mould one of the block's.
func (m *moulds) begin(k *casting) {
	m.list = append(m.list, k)
	k.block, k.number, k.n, k.kept = m.block, uint32(len(m.list)), 0, false
	for i := range k.slots {
		if s := len(m.spare); s > 0 {
			k.slots[i].room, m.spare = m.spare[s-1], m.spare[:s-1]
		}
	}
	m.columns += len(k.slots)
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
		for i := range k.slots {
			c.plain += k.slots[i].n
		}
		y.mould(k, c.block)
	}
	c.rest = c.appendTo(append(y.text, y.forms...), rest, len(y.forms))
}
