package asof

import "unsafe"

// keyTable numbers the keys of a build from 0, in the order in which they came.
type keyTable struct {
	names  []string
	hashes []uint64 // hashKey of names
	slots  []uint64 // open addressing: upper half of the hash, id and 1; 0 = free; a power of two
	room   []byte   // for names, of which none is written twice
	text   int      // bytes of all names
}

// keyRoom is for how many bytes of names room is made at a time.
const keyRoom = 64 << 10

func newKeyTable(n int) *keyTable {
	t := &keyTable{names: make([]string, 0, n), hashes: make([]uint64, 0, n)}
	t.grow(n)
	return t
}

func (t *keyTable) grow(n int) {
	size := 256
	for size < 2*n {
		size *= 2
	}
	t.slots = make([]uint64, size)
	for id, hash := range t.hashes {
		t.put(hash, uint32(id))
	}
}

func (t *keyTable) put(hash uint64, id uint32) {
	mask := uint64(len(t.slots) - 1)
	h := hash & mask
	for t.slots[h] != 0 {
		h = (h + 1) & mask
	}
	t.slots[h] = hash&^(1<<32-1) | uint64(id+1)
}

// find is the number of a key.
func (t *keyTable) find(name string, hash uint64) (id uint32, ok bool) {
	mask := uint64(len(t.slots) - 1)
	for h := hash & mask; ; h = (h + 1) & mask {
		slot := t.slots[h]
		if slot == 0 {
			return 0, false
		}
		if (slot^hash)>>32 == 0 && t.names[uint32(slot)-1] == name {
			return uint32(slot) - 1, true
		}
	}
}

// fetch touches what find will read of keys with these hashes: waiting for many at once takes hardly longer than for one.
func (t *keyTable) fetch(hashes []uint64) (sum uint64) {
	mask := uint64(len(t.slots) - 1)
	for _, h := range hashes {
		sum += t.slots[h&mask]
	}
	for _, h := range hashes {
		if slot := uint32(t.slots[h&mask]); slot > 0 {
			sum += uint64(len(t.names[slot-1]))
		}
	}
	for _, h := range hashes {
		if slot := uint32(t.slots[h&mask]); slot > 0 && t.names[slot-1] != "" {
			sum += uint64(t.names[slot-1][0])
		}
	}
	return sum
}

// add numbers a key that is not there, whose name is copied.
func (t *keyTable) add(name string, hash uint64) (id uint32) {
	if len(name) > cap(t.room)-len(t.room) {
		t.room = make([]byte, 0, max(keyRoom, len(name)))
	}
	from := len(t.room)
	t.room = append(t.room, name...)
	own := t.room[from:]
	t.text += len(name)
	id = uint32(len(t.names))
	t.names = append(t.names, unsafe.String(unsafe.SliceData(own), len(own)))
	t.hashes = append(t.hashes, hash)
	if 2*len(t.names) > len(t.slots) {
		t.grow(2 * len(t.names))
	} else {
		t.put(hash, id)
	}
	return id
}

// cut takes the keys from one on back. Those who read the lists as they were go on reading them.
func (t *keyTable) cut(from uint32) {
	t.names, t.hashes = t.names[:from:from], t.hashes[:from:from]
	t.grow(len(t.names))
}

// bytes is what the table takes in memory, about.
func (t *keyTable) bytes() int { return t.text + 24*cap(t.names) + 8*len(t.slots) }
