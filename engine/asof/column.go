package asof

import (
	"encoding/binary"
	"fmt"

	"asof/engine/event"
)

// keyColumn says for each position of a segment which keys its event belongs to, read in place: per position a key, or
// columnNone, or with columnMany set a place in the list behind, where a count and that many keys stand.
//
//	┌───────┬─────────┬──────────┐
//	│ n u32 │ key u32 │ many u32 │
//	└───────┴───×n────┴──────────┘
type keyColumn struct {
	first event.Position
	n     int
	slots []byte
	many  []byte
}

const (
	columnHeader = 4
	columnNone   = 1<<32 - 1
	columnMany   = 1 << 31
	maxKeys      = 1<<31 - 2 // ids beyond would meet columnMany
)

func openKeyColumn(b []byte, first event.Position) (keyColumn, error) {
	if len(b) < columnHeader {
		return keyColumn{}, fmt.Errorf("%w: key column of %d bytes", ErrDamaged, len(b))
	}
	n := int(binary.LittleEndian.Uint32(b))
	b = b[columnHeader:]
	if len(b)/4 < n {
		return keyColumn{}, fmt.Errorf("%w: key column of %d positions in %d bytes", ErrDamaged, n, len(b))
	}
	return keyColumn{first: first, n: n, slots: b[:4*n], many: b[4*n:]}, nil
}

// at appends the keys of the event at pos.
func (c keyColumn) at(pos event.Position, dst []uint32) []uint32 {
	if pos < c.first || pos-c.first >= event.Position(c.n) {
		return dst
	}
	slot := u32At(c.slots, int(pos-c.first))
	if slot == columnNone {
		return dst
	}
	if slot&columnMany == 0 {
		return append(dst, slot)
	}
	list := c.many
	i := int(slot &^ columnMany)
	if i >= len(list)/4 {
		return dst
	}
	count := int(u32At(list, i))
	for k := i + 1; k <= i+count && k < len(list)/4; k++ {
		dst = append(dst, u32At(list, k))
	}
	return dst
}

// columnBuilder collects a key column, position by position.
type columnBuilder struct {
	slots []uint32
	many  []uint32
}

func (c *columnBuilder) add(keys []uint32) {
	switch len(keys) {
	case 0:
		c.slots = append(c.slots, columnNone)
	case 1:
		c.slots = append(c.slots, keys[0])
	default:
		c.slots = append(c.slots, columnMany|uint32(len(c.many)))
		c.many = append(append(c.many, uint32(len(keys))), keys...)
	}
}

func (c *columnBuilder) encode() []byte {
	b := newValue(columnHeader + 4*(len(c.slots)+len(c.many)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(c.slots)))
	for _, s := range c.slots {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	for _, s := range c.many {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	return b
}

// totals are sums over everything up to a position; hash.go says what they add up.
type totals struct {
	state   uint64 // hash of the state
	history uint64 // hash of the history
	alive   uint64 // documents that exist
}

const (
	stride   = 32 // positions between two stored totals
	markSize = 24
)

// strides sum up what the events of a segment come to, from one stored total to the next.
type strides struct {
	first event.Position // of the segment
	list  []moved
}

// moved is by how much events move the totals.
type moved struct {
	state, history uint64
	alive          int64
}

func (m *moved) move(weight, by uint64) {
	m.state += by
	m.history += weight * by
}

// of is nothing yet of the positions first … last, in the same room if that is large enough.
func (s strides) of(first, last event.Position) strides {
	n := int((last+stride-1)/stride-(first+stride-1)/stride) + 1
	if cap(s.list) < n {
		return strides{first, make([]moved, n)}
	}
	clear(s.list[:n])
	return strides{first, s.list[:n]}
}

// at is where the event at pos is booked.
func (s *strides) at(pos event.Position) *moved {
	return &s.list[(pos+stride-1)/stride-(s.first+stride-1)/stride]
}

// marks are the totals after every position of a segment that is a multiple of stride.
type marks struct {
	first event.Position // the first such position
	rows  []byte
}

func openMarks(b []byte, segment event.Position) marks {
	return marks{first: (segment + stride - 1) / stride * stride, rows: b}
}

func (m marks) at(pos event.Position) (totals, bool) {
	if pos < m.first {
		return totals{}, false
	}
	i := int((pos - m.first) / stride)
	if pos%stride != 0 || (i+1)*markSize > len(m.rows) {
		return totals{}, false
	}
	return decodeTotals(m.rows[i*markSize:]), true
}

func appendTotals(b []byte, t totals) []byte {
	b = binary.LittleEndian.AppendUint64(b, t.state)
	b = binary.LittleEndian.AppendUint64(b, t.history)
	return binary.LittleEndian.AppendUint64(b, t.alive)
}

func decodeTotals(b []byte) totals {
	return totals{
		state:   binary.LittleEndian.Uint64(b),
		history: binary.LittleEndian.Uint64(b[8:]),
		alive:   binary.LittleEndian.Uint64(b[16:]),
	}
}
