package eventlog

import "github.com/zeebo/xxh3"

// mostProbes bounds a look-up in the tables here, so that nobody makes it long by choosing texts: what it does not find is new.
const mostProbes = 8

// choice numbers the texts of a column, in the order in which they are met.
type choice struct {
	texts [][]byte
	table []uint16 // numbers, from 1
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
	c.texts = c.texts[:0]
	for list = list[:0]; len(column) > 0; {
		text := upToEnd(column)
		column = column[len(text)+1:]
		slot := int(xxh3.Hash(text)) & (size - 1)
		probes := 0
		for table[slot] != 0 && string(c.texts[table[slot]-1]) != string(text) {
			if probes++; probes == mostProbes {
				return list, false
			}
			slot = (slot + 1) & (size - 1)
		}
		if table[slot] == 0 {
			if len(c.texts) >= most {
				return list, false
			}
			c.texts = append(c.texts, text)
			table[slot] = uint16(len(c.texts))
		}
		list = append(list, int64(table[slot]-1))
	}
	return list, true
}

// pool numbers the texts of a block's packed columns, in the order in which they are met.
type pool struct {
	texts [][]byte
	table []uint32 // numbers, from 1
}

func (p *pool) clear() {
	p.texts = p.texts[:0]
	clear(p.table)
}

// find is the number of a text that was met before; of one that was not it is -1, and the text gets the next number.
func (p *pool) find(text []byte) int {
	if 4*len(p.texts) >= len(p.table) {
		p.grow()
	}
	mask := len(p.table) - 1
	slot := int(xxh3.Hash(text)) & mask
	for range mostProbes {
		number := p.table[slot]
		if number == 0 {
			p.table[slot] = uint32(len(p.texts) + 1)
			break
		}
		if string(p.texts[number-1]) == string(text) {
			return int(number - 1)
		}
		slot = (slot + 1) & mask
	}
	p.texts = append(p.texts, text)
	return -1
}

func (p *pool) grow() {
	p.table = make([]uint32, max(1024, 4*len(p.table)))
	mask := len(p.table) - 1
	for i, text := range p.texts {
		slot := int(xxh3.Hash(text)) & mask
		for range mostProbes {
			if p.table[slot] == 0 {
				p.table[slot] = uint32(i + 1)
				break
			}
			slot = (slot + 1) & mask
		}
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
