package eventlog

import (
	"encoding/binary"
	"math/bits"
)

// mostProbes bounds a look-up in the tables here, so that nobody makes it long by choosing texts: what it does not find is new.
const mostProbes = 8

// choice numbers the texts of a column, in the order in which they are met.
type choice struct {
	texts  [][]byte
	hashes []uint64 // of the texts
	table  []uint16 // numbers, from 1
}

// number appends each text's number to list; not ok says that there are more than most, or as good as.
func (c *choice) number(column []byte, most int, list []int64) ([]int64, bool) {
	size := 16
	for size < 4*most {
		size *= 2
	}
	if len(c.table) < size {
		c.table = make([]uint16, size)
	}
	table := c.table[:size]
	clear(table)
	c.texts, c.hashes = c.texts[:0], c.hashes[:0]
	for list = list[:0]; len(column) > 0; {
		text, hash := hashedText(column)
		column = column[len(text)+1:]
		slot := int(hash>>32) & (size - 1)
		probes := 0
		for table[slot] != 0 && (c.hashes[table[slot]-1] != hash || string(c.texts[table[slot]-1]) != string(text)) {
			if probes++; probes == mostProbes {
				return list, false
			}
			slot = (slot + 1) & (size - 1)
		}
		if table[slot] == 0 {
			if len(c.texts) >= most {
				return list, false
			}
			c.texts, c.hashes = append(c.texts, text), append(c.hashes, hash)
			table[slot] = uint16(len(c.texts))
		}
		list = append(list, int64(table[slot]-1))
	}
	return list, true
}

// pool numbers the texts of a block's packed columns, in the order in which they are met.
type pool struct {
	texts  [][]byte
	hashes []uint64 // of the texts
	table  []uint32 // numbers, from 1
}

func (p *pool) clear() {
	p.texts, p.hashes = p.texts[:0], p.hashes[:0]
	clear(p.table)
}

// find is the number of a text that was met before; of one that was not it is -1, and the text gets the next number.
func (p *pool) find(text []byte, hash uint64) int {
	if 4*len(p.texts) >= len(p.table) {
		p.grow()
	}
	mask := len(p.table) - 1
	slot := int(hash) & mask
	for range mostProbes {
		number := p.table[slot]
		if number == 0 {
			p.table[slot] = uint32(len(p.texts) + 1)
			break
		}
		if p.hashes[number-1] == hash && string(p.texts[number-1]) == string(text) {
			return int(number - 1)
		}
		slot = (slot + 1) & mask
	}
	p.texts, p.hashes = append(p.texts, text), append(p.hashes, hash)
	return -1
}

func (p *pool) grow() {
	p.table = make([]uint32, max(1024, 4*len(p.table)))
	mask := len(p.table) - 1
	for i, hash := range p.hashes {
		slot := int(hash) & mask
		for range mostProbes {
			if p.table[slot] == 0 {
				p.table[slot] = uint32(i + 1)
				break
			}
			slot = (slot + 1) & mask
		}
	}
}

// hashedText is the value at the start of a column, and a hash of it.
func hashedText(column []byte) (text []byte, hash uint64) {
	for at := 0; ; at += 8 {
		if at+8 > len(column) {
			text = column[:at+len(upToEnd(column[at:]))]
			return text, mix(hash, wordOf(text[at:]))
		}
		w := binary.LittleEndian.Uint64(column[at:])
		if ends := (w - ones) &^ w & highs; ends != 0 {
			n := bits.TrailingZeros64(ends) &^ 7 // of the bits before the end
			return column[: at+n/8 : at+n/8], mix(hash, w&(1<<n-1))
		}
		hash = mix(hash, w)
	}
}

// upToEnd is the value at the start of a column.
func upToEnd(column []byte) []byte {
	i := 0
	for column[i] != slotEnd {
		i++
	}
	return column[:i]
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// wordOf is a text of less than eight bytes as a number.
func wordOf(text []byte) (w uint64) {
	for i, c := range text {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// mix is a hash of what was hashed before and of eight bytes more.
func mix(hash, w uint64) uint64 {
	hash = (hash ^ w) * 0x9e3779b97f4a7c15
	return hash ^ hash>>32
}
