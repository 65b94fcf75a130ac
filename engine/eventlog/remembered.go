package eventlog

import "asof/engine/event"

// remembered is the last state of many streams: a hash table in one piece without pointers, which is asked for each stream that a batch
// meets.
type remembered struct {
	slots   []rememberedSlot // a power of two, at most three in four of them taken
	n       int
	touched uint64
}

// rememberedSlot is a stream's state under its key, whose two lowest bits are ours.
type rememberedSlot struct {
	key     streamKey
	version event.Version
}

const (
	slotTaken     = 1 << iota // there is a stream
	slotVersioned             // its version counts
	slotBits      = slotTaken | slotVersioned
)

// at is the slot that has a key, or that may take it.
func (r *remembered) at(key streamKey) *rememberedSlot {
	mask := uint64(len(r.slots) - 1)
	for i := key[0] & mask; ; i = (i + 1) & mask {
		if s := &r.slots[i]; s.key[1]&slotTaken == 0 || s.key[0] == key[0] && s.key[1]&^slotBits == key[1]&^slotBits {
			return s
		}
	}
}

// touch brings the slot near where a key with that first half is looked for.
func (r *remembered) touch(first uint64) {
	if r.n > 0 {
		r.touched += r.slots[first&uint64(len(r.slots)-1)].key[0]
	}
}

// find is the state of a stream, and whether it is remembered.
func (r *remembered) find(key streamKey) (state streamState, ok bool) {
	if r.n == 0 {
		return state, false
	}
	s := r.at(key)
	if s.key[1]&slotTaken == 0 {
		return state, false
	}
	return streamState{s.version, s.key[1]&slotVersioned != 0}, true
}

// put remembers a state, over an earlier one of the stream, unless that would be one more than most. It reports whether it did.
func (r *remembered) put(key streamKey, state streamState, most int) bool {
	if 4*(r.n+1) > 3*len(r.slots) {
		r.grow()
	}
	s := r.at(key)
	if s.key[1]&slotTaken == 0 {
		if r.n >= most {
			return false
		}
		r.n++
	}
	key[1] = key[1]&^slotBits | slotTaken
	if state.versioned {
		key[1] |= slotVersioned
	}
	*s = rememberedSlot{key, state.version}
	return true
}

// grow makes twice as many slots.
func (r *remembered) grow() {
	old := r.slots
	r.slots = make([]rememberedSlot, max(leastSlots, 2*len(old)))
	for i := range old {
		if old[i].key[1]&slotTaken != 0 {
			*r.at(old[i].key) = old[i]
		}
	}
}
