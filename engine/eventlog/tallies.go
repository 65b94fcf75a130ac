package eventlog

import (
	"hash/maphash"
	"math/bits"
	"strings"

	"asof/engine/event"
)

// tallies are the names of one kind that a batch met: a hash table in one piece, which is asked for each event.
type tallies struct {
	seed    maphash.Seed
	list    []tally
	hashes  []uint64    // of the list's names
	slots   []tallySlot // a power of two, at most half of them taken
	last    int32       // the name that was met last
	touched byte
}

// tallySlot points to a name of the list, from 1; 0 = it is free.
type tallySlot struct {
	hash  uint32
	entry int32
}

// leastSlots is how many slots there are at first; recentNames how many of the first names are worth a look before they are hashed.
const (
	leastSlots  = 64
	recentNames = 8
)

// newTallies has room for n names.
func newTallies(n int, seed maphash.Seed) tallies {
	return tallies{seed: seed, list: make([]tally, 0, n), hashes: make([]uint64, 0, n), slots: make([]tallySlot, max(leastSlots, 1<<bits.Len(uint(2*n))))}
}

// add counts one event under a name. Fresh says that the name is new to the batch. It looks among the few first names before
// anything is hashed: that is where a type mostly is.
func (t *tallies) add(name string, at event.Position) (entry *tally, fresh bool) {
	if int(t.last) < len(t.list) && t.list[t.last].Text == name {
		return t.count(t.last, at), false
	}
	for i := range min(len(t.list), recentNames) {
		if t.list[i].Text == name {
			return t.count(int32(i), at), false
		}
	}
	return t.addHashed(name, maphash.String(t.seed, name), at)
}

// addHashed is add of a name whose hash with the seed is known.
func (t *tallies) addHashed(name string, hash uint64, at event.Position) (entry *tally, fresh bool) {
	mask := uint32(len(t.slots) - 1)
	i := uint32(hash>>32) & mask
	for ; t.slots[i].entry != 0; i = (i + 1) & mask {
		if s := t.slots[i]; s.hash == uint32(hash) && t.list[s.entry-1].Text == name {
			return t.count(s.entry-1, at), false
		}
	}
	name = strings.Clone(name) // it must not keep the importer's buffer alive
	t.list = append(t.list, tally{Name: Name{Text: name, Count: 1, First: at, Last: at}})
	t.hashes = append(t.hashes, hash)
	t.slots[i] = tallySlot{uint32(hash), int32(len(t.list))}
	if 2*len(t.list) > len(t.slots) {
		t.grow()
	}
	return &t.list[len(t.list)-1], true
}

// touch brings the slot of a hash near, and the name that is in it.
func (t *tallies) touch(hash uint64) {
	if len(t.list) == 0 {
		return
	}
	// No branch waits for the slot: one that is free stands for the first name.
	entry := t.slots[uint32(hash>>32)&uint32(len(t.slots)-1)].entry
	t.touched += firstByte(t.list[max(entry, 1)-1].Text)
}

// count counts an event once under a name, however often it names it.
func (t *tallies) count(i int32, at event.Position) *tally {
	t.last = i
	entry := &t.list[i]
	if entry.Last != at || entry.Count == 0 {
		entry.Count++
		entry.Last = at
	}
	return entry
}

// grow makes four times as many slots.
func (t *tallies) grow() {
	t.slots = make([]tallySlot, 4*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for n, hash := range t.hashes {
		i := uint32(hash>>32) & mask
		for t.slots[i].entry != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = tallySlot{uint32(hash), int32(n + 1)}
	}
}
