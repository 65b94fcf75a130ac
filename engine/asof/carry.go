package asof

import (
	"sync/atomic"

	"asof/engine/value"
)

// Carry remembers how the fields of every key, or where there are none its document, stood where a walk ended, so that the walk of what
// follows need not look them up.
// It is for walks that follow one another from the first position on, without a gap, with the same fields.
type Carry struct {
	parts [][][]byte // of a partition, by the key's number among its keys; nil is nothing, and what is empty is not known
	bytes []int
	lost  atomic.Bool
}

// carryBudget bounds what is remembered of one partition, about. What has been forgotten is looked up.
const carryBudget = 24 << 20

// NewCarry remembers that there is nothing before the first position.
func NewCarry() *Carry { return &Carry{} }

// fit makes room for so many partitions.
func (c *Carry) fit(parts uint32) {
	if len(c.parts) == int(parts) {
		return
	}
	if c.parts != nil {
		c.lost.Store(true) // keys have changed their partition
	}
	c.parts, c.bytes = make([][][]byte, parts), make([]int, parts)
}

// lose forgets everything.
func (c *Carry) lose() {
	if c != nil {
		c.lost.Store(true)
	}
}

// carried is a unit's part of a carry.
type carried struct {
	c    *Carry
	part uint32
}

// get is how a key's fields stood; nil if it has none.
func (c carried) get(id uint32) (text []byte, known bool) {
	if c.c == nil || c.c.lost.Load() || c.c.bytes[c.part] < 0 {
		return nil, false
	}
	if keys := c.c.parts[c.part]; c.place(id) < len(keys) {
		text = keys[c.place(id)]
	}
	return text, text == nil || len(text) > 0
}

// forget says that the fields of keys have become something else.
func (c carried) forget(keys []uint32) {
	for _, id := range keys {
		c.fill(id, func(room []byte) []byte {
			if room == nil {
				return []byte{}
			}
			return room
		})
	}
}

// place is a key's number among those of its partition.
func (c carried) place(id uint32) int { return int(id) / len(c.c.parts) }

// put remembers fields of which at least one was written: a single one does not lie in what is remembered.
func (c carried) put(id uint32, s *value.Sketch, names *value.Names) {
	if s.Fields() == 1 {
		c.fill(id, func(room []byte) []byte { return s.Append(room, names) })
		return
	}
	var short [64]byte
	text := s.Append(short[:0], names) // not into the room, where the sketch may lie
	c.fill(id, func(room []byte) []byte { return append(room, text...) })
}

// fill remembers what is appended to the given room.
func (c carried) fill(id uint32, appended func(room []byte) []byte) {
	if c.c == nil || c.c.lost.Load() || c.c.bytes[c.part] < 0 {
		return
	}
	keys, i := c.c.parts[c.part], c.place(id)
	if i >= len(keys) {
		c.c.bytes[c.part] -= 24 * cap(keys)
		keys = append(keys, make([][]byte, i+1-len(keys))...)
		c.c.parts[c.part] = keys
		c.c.bytes[c.part] += 24 * cap(keys)
	}
	old := keys[i]
	keys[i] = appended(old[:0])
	if c.c.bytes[c.part] += cap(keys[i]) - cap(old); c.c.bytes[c.part] > carryBudget {
		c.c.parts[c.part], c.c.bytes[c.part] = nil, -1
	}
}
