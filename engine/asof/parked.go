package asof

import (
	"encoding/binary"

	"asof/engine/event"

	"github.com/klauspost/compress/s2"
)

// parked keeps the documents of a partition between segments, encoded (rows.go), within a budget. What it has let go is
// read from the index again, so it lets go only of what is durable there.
//
// They lie in blocks, one behind the other, without a pointer. When the blocks come to the budget, the oldest is cleared: what is
// still of use in it has become cold, is compressed, and moves behind the youngest. What was cold before is let go if there is little
// room otherwise.
//
//	entry  number of the key u32 · room u32 · size u32 · position of the last entry u64 · base u32 · since u64 · flags and
//	       groups without keyframe up to it u8 · row
type parked struct {
	budget int
	parts  uint32
	places []uint64 // by the key's number among those of the partition: the block's number and 1, and where in it; 0 = not here
	blocks [][]byte
	spare  []byte // a block that has been cleared
	first  uint64 // number of the oldest block
	total  int    // bytes of all blocks
	live   int    // of entries in use
	dict   *s2.Dict
	room   []byte // for what is compressed
}

const (
	parkedHead   = 33
	parkedPacked = 1 << 7  // the row is compressed
	parkedCold   = 1 << 6  // it has not been put since its block was cleared
	mostBlock    = 1 << 20 // bytes
	parkedWaste  = 8       // part of the budget that no entry need be in; with less, entries would move too often
	parkedLoose  = 3       // part of the budget that no entry need be in; with less, those that become cold are compressed
	dictBytes    = 60 << 10
)

// crowded reports whether documents will soon have to be let go.
func (p *parked) crowded() bool { return p.live > p.budget*3/4 }

func newParked(parts int) *parked { return &parked{parts: uint32(parts)} }

// parkedEntry is an entry in its block.
type parkedEntry []byte

func (e parkedEntry) id() uint32          { return binary.LittleEndian.Uint32(e) }
func (e parkedEntry) whole() int          { return parkedHead + int(binary.LittleEndian.Uint32(e[4:])) }
func (e parkedEntry) pos() event.Position { return event.Position(binary.LittleEndian.Uint64(e[12:])) }
func (e parkedEntry) row() []byte         { return e[parkedHead:][:binary.LittleEndian.Uint32(e[8:])] }
func (e parkedEntry) packed() bool        { return e[32]&parkedPacked != 0 }
func (e parkedEntry) cold() bool          { return e[32]&parkedCold != 0 }
func (e parkedEntry) back() int           { return int(e[32] &^ (parkedPacked | parkedCold)) }

func (e parkedEntry) founded() (f foundation) {
	f.base, f.since = binary.LittleEndian.Uint32(e[20:]), event.Position(binary.LittleEndian.Uint64(e[24:]))
	return f
}

func (e parkedEntry) write(pos event.Position, back int, f foundation, row []byte, flags byte) {
	binary.LittleEndian.PutUint32(e[8:], uint32(len(row)))
	binary.LittleEndian.PutUint64(e[12:], uint64(pos))
	binary.LittleEndian.PutUint32(e[20:], f.base)
	binary.LittleEndian.PutUint64(e[24:], uint64(f.since))
	e[32] = byte(back) | flags
	copy(e[parkedHead:], row)
}

// find is the entry of a key, or nil.
func (p *parked) find(id uint32) parkedEntry {
	i := int(id / p.parts)
	if i >= len(p.places) || p.places[i] == 0 {
		return nil
	}
	block := p.blocks[p.places[i]>>32-1-p.first]
	return parkedEntry(block[uint32(p.places[i]):])
}

// get is the row of a key as of the end of position upTo, how many groups in a row went without a keyframe, and what it is founded on.
// The row is good until the next put, and may lie in the given room.
func (p *parked) get(id uint32, upTo event.Position, room *[]byte) (row []byte, back int, f foundation, ok bool) {
	e := p.find(id)
	if e == nil || e.pos() > upTo {
		return nil, 0, f, false
	}
	if row = e.row(); e.packed() {
		var err error
		if row, err = p.dict.Decode((*room)[:cap(*room)], row); err != nil {
			return nil, 0, f, false // it can be read from the index
		}
		*room = row
	}
	return row, e.back(), e.founded(), true
}

// fetch touches the rows of the keys of some items, as window.fetch does their events.
func (p *parked) fetch(items []uint64) (sum uint64) {
	for _, it := range items {
		if e := p.find(uint32(it >> 32)); e != nil {
			sum += uint64(e[0])
		}
	}
	for _, it := range items {
		if e := p.find(uint32(it >> 32)); e != nil {
			for row := e.row(); len(row) > 64; row = row[64:] {
				sum += uint64(row[64])
			}
		}
	}
	return sum
}

// put keeps a copy of a row, which is none that get gave, that was last written to at pos. Positions up to durable can be read from the
// index.
func (p *parked) put(id uint32, pos, durable event.Position, back int, f foundation, row []byte) {
	if e := p.find(id); e != nil {
		if !e.cold() && e.whole() >= parkedHead+len(row) {
			e.write(pos, back, f, row, 0)
			return
		}
		p.live -= e.whole()
		p.places[id/p.parts] = 0
	}
	room := len(row) + len(row)/16
	p.clear(durable, parkedHead+room)
	p.add(id, room).write(pos, back, f, row, 0)
}

// add makes room for a row of a key that is not here.
func (p *parked) add(id uint32, room int) parkedEntry {
	size := parkedHead + room
	n := len(p.blocks)
	if n == 0 || cap(p.blocks[n-1])-len(p.blocks[n-1]) < size {
		block := p.spare
		if p.spare = nil; cap(block) < size {
			block = make([]byte, 0, max(p.blockSize(), size))
		}
		p.blocks = append(p.blocks, block)
		p.total += cap(block)
		n++
	}
	block := p.blocks[n-1]
	at := len(block)
	block = block[:at+size]
	p.blocks[n-1] = block
	i := int(id / p.parts)
	if i >= len(p.places) {
		p.places = append(p.places, make([]uint64, i+1+i/4-len(p.places))...)
	}
	p.places[i] = (p.first+uint64(n))<<32 | uint64(at)
	p.live += size
	e := parkedEntry(block[at:])
	binary.LittleEndian.PutUint32(e, id)
	binary.LittleEndian.PutUint32(e[4:], uint32(room))
	return e
}

func (p *parked) blockSize() int { return min(max(p.budget/32, 1<<10), mostBlock) }

// clear makes room for so many bytes, clearing each block once at most.
func (p *parked) clear(durable event.Position, size int) {
	n := len(p.blocks)
	if n > 0 && cap(p.blocks[n-1])-len(p.blocks[n-1]) >= size {
		return
	}
	for range n {
		if p.total+p.blockSize() <= p.budget {
			return
		}
		p.clearOldest(durable)
	}
}

// clearOldest clears the oldest block. What moves takes no more than the block does.
func (p *parked) clearOldest(durable event.Position) {
	block := p.blocks[0]
	p.learn(block)
	p.blocks[0] = nil
	p.blocks, p.first, p.total = p.blocks[1:], p.first+1, p.total-cap(block)
	for at := 0; at < len(block); {
		e := parkedEntry(block[at:])
		place := p.first<<32 | uint64(at) // the first block's number was one less
		at += e.whole()
		i := e.id() / p.parts
		if p.places[i] != place {
			continue
		}
		p.places[i], p.live = 0, p.live-e.whole()
		if !e.cold() || p.live < p.budget-p.budget/parkedWaste || e.pos() > durable {
			p.move(e)
		}
	}
	if p.spare = nil; cap(block) == p.blockSize() {
		p.spare = block[:0]
	}
}

// move puts an entry of a block that is cleared behind the youngest.
func (p *parked) move(e parkedEntry) {
	row, flags := e.row(), byte(parkedCold)
	switch {
	case e.packed():
		flags |= parkedPacked
	case !e.cold() && p.live > p.budget-p.budget/parkedLoose:
		p.room = sized(p.room, s2.MaxEncodedLen(len(row)))
		if packed := p.dict.Encode(p.room, row); len(packed) < len(row) {
			row, flags = packed, flags|parkedPacked
		}
	}
	p.add(e.id(), len(row)).write(e.pos(), e.back(), e.founded(), row, flags)
}

// learn makes the dictionary that rows are compressed with, of some of them, once.
func (p *parked) learn(block []byte) {
	if p.dict != nil {
		return
	}
	text := make([]byte, s2.MinDictSize, dictBytes)
	for at := 0; at < len(block) && len(text) < dictBytes; {
		e := parkedEntry(block[at:])
		at += e.whole()
		text = append(text, e.row()...)
	}
	p.dict = s2.MakeDict(text, nil)
}

// sized is n bytes, in the same room if it is large enough.
func sized(room []byte, n int) []byte {
	if cap(room) < n {
		return make([]byte, n+n/2)[:n]
	}
	return room[:n]
}
