package scan

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// keyring finds names that an object holds twice, for all objects that are open at once. An object's first names are
// compared by a signature, behind a 64-bit filter that nearly always says no; a wide object's names go into a map.
type keyring struct {
	repeated bool
	names    []ringName
	levels   []ringLevel
	seed     maphash.Seed
	seeded   bool
}

type ringName struct {
	sign uint64
	text []byte
}

type ringLevel struct {
	base   int // of the level's names in names
	filter uint64
	wide   map[uint64]int // hash to index in names, for an object of more than ringNarrow names; else nil
}

const ringNarrow = 64

func (k *keyring) reset() {
	k.repeated = false
	k.names, k.levels = k.names[:0], k.levels[:0]
}

func (k *keyring) enter() { k.levels = append(k.levels, ringLevel{base: len(k.names)}) }

func (k *keyring) leave() {
	last := len(k.levels) - 1
	k.names, k.levels = k.names[:k.levels[last].base], k.levels[:last]
}

func (k *keyring) add(name []byte, escaped bool) {
	if k.repeated {
		return
	}
	if escaped {
		name = AppendUnquoted(nil, name)
	}
	l := &k.levels[len(k.levels)-1]
	n := ringName{signature(name), name}
	if len(k.names)-l.base >= ringNarrow {
		k.addWide(l, n)
		return
	}
	bit := uint64(1) << (n.sign >> 58)
	if l.filter&bit != 0 {
		for _, o := range k.names[l.base:] {
			if o.sign == n.sign && bytes.Equal(o.text, name) {
				k.repeated = true
			}
		}
	}
	l.filter |= bit
	k.names = append(k.names, n)
}

func (k *keyring) addWide(l *ringLevel, n ringName) {
	if !k.seeded {
		k.seed, k.seeded = maphash.MakeSeed(), true
	}
	if l.wide == nil {
		l.wide = make(map[uint64]int, 4*ringNarrow)
		for i, o := range k.names[l.base:] {
			l.wide[maphash.Bytes(k.seed, o.text)] = l.base + i
		}
	}
	hash := maphash.Bytes(k.seed, n.text)
	if at, found := l.wide[hash]; found && bytes.Equal(k.names[at].text, n.text) {
		k.repeated = true
	}
	l.wide[hash] = len(k.names)
	k.names = append(k.names, n)
}

// signature mixes a name's length, first and last bytes. Names may share it: equality is checked on the bytes.
func signature(name []byte) uint64 {
	n := len(name)
	h := uint64(n)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(name) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(name[n-8:]), 29)
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(name))<<8 ^ uint64(binary.LittleEndian.Uint32(name[n-4:]))<<32
	case n > 0:
		h ^= uint64(name[0])<<8 ^ uint64(name[n/2])<<24 ^ uint64(name[n-1])<<40
	}
	return h * 0x9E3779B97F4A7C15
}
