package asof

import (
	"encoding/binary"

	"asof/engine/event"
)

// parked keeps the documents of a partition between segments, encoded as keyframes, within a budget. What it has let go is
// read from the index again, so it lets go only of what is durable there.
//
// It has two halves: what is used moves to the young one, and when that is full the old one is let go.
type parked struct {
	budget     int               // for both halves
	young, old map[uint32][]byte // position of the last entry u64, groups without keyframe up to it u8, base u32, since u64, row
	size       int               // bytes in young
}

const parkedOverhead = 64 // of a map's entry, about

func newParked() *parked {
	return &parked{young: make(map[uint32][]byte), old: make(map[uint32][]byte)}
}

// parkedHead is what stands in front of a row.
const parkedHead = 21

// get is the row of a key as of the end of position upTo, how many groups in a row went without a keyframe, and what it is founded on.
func (p *parked) get(id uint32, upTo event.Position) (row []byte, back int, f foundation, ok bool) {
	b, ok := p.young[id]
	if !ok {
		b, ok = p.old[id]
	}
	if !ok || event.Position(binary.LittleEndian.Uint64(b)) > upTo {
		return nil, 0, f, false
	}
	f.base, f.since = binary.LittleEndian.Uint32(b[9:]), event.Position(binary.LittleEndian.Uint64(b[13:]))
	return b[parkedHead:], int(b[8]), f, true
}

// put keeps a copy of a row that was last written to at pos. Positions up to durable can be read from the index.
func (p *parked) put(id uint32, pos, durable event.Position, back int, f foundation, row []byte) {
	b, had := p.young[id]
	if !had {
		b = p.old[id]
		delete(p.old, id)
		p.size += parkedOverhead
	} else {
		p.size -= cap(b)
	}
	if cap(b) < len(row)+parkedHead {
		b = make([]byte, 0, (len(row)+parkedHead)*9/8)
	}
	b = append(binary.LittleEndian.AppendUint64(b[:0], uint64(pos)), byte(back))
	b = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(b, f.base), uint64(f.since))
	p.young[id] = append(b, row...)
	p.size += cap(b)
	if p.size > p.budget/2 {
		p.turn(durable)
	}
}

func (p *parked) turn(durable event.Position) {
	old := p.old
	p.old, p.young, p.size = p.young, make(map[uint32][]byte, len(p.young)), 0
	for id, b := range old {
		if event.Position(binary.LittleEndian.Uint64(b)) > durable {
			p.young[id] = b
			p.size += cap(b) + parkedOverhead
		}
	}
}
