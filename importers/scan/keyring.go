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
	decoded  [][]byte // names that were written with escapes
	seed     maphash.Seed
	seeded   bool
}

// ringName is a name: a span of the text, or, with to = ringDecoded, the from-th of decoded. It holds no pointer, so that
// keeping it costs the collector nothing.
type ringName struct {
	sign     uint64
	from, to uint32
}

type ringLevel struct {
	base   int // of the level's names in names
	filter uint64
	wide   map[uint64]int // hash to index in names, for an object of more than ringNarrow names; else nil
}

const (
	ringNarrow  = 64
	ringDecoded = ^uint32(0)
)

func (k *keyring) reset() {
	k.repeated = false
	k.names, k.levels, k.decoded = k.names[:0], k.levels[:0], k.decoded[:0]
}

func (k *keyring) enter() { k.levels = append(k.levels, ringLevel{base: len(k.names)}) }

func (k *keyring) leave() {
	last := len(k.levels) - 1
	k.names, k.levels = k.names[:k.levels[last].base], k.levels[:last]
}

// add notes the name src[from:to] of the innermost open object.
func (k *keyring) add(src []byte, from, to int, escaped bool) {
	if k.repeated {
		return
	}
	name := src[from:to]
	n := ringName{from: uint32(from), to: uint32(to)}
	if escaped {
		name = AppendUnquoted(nil, name)
		n.from, n.to = uint32(len(k.decoded)), ringDecoded
		k.decoded = append(k.decoded, name)
	}
	n.sign = signature(name)
	l := &k.levels[len(k.levels)-1]
	if len(k.names)-l.base >= ringNarrow {
		k.addWide(src, l, n, name)
		return
	}
	bit := uint64(1) << (n.sign >> 58)
	if l.filter&bit != 0 {
		for _, o := range k.names[l.base:] {
			if o.sign == n.sign && bytes.Equal(k.text(src, o), name) {
				k.repeated = true
			}
		}
	}
	l.filter |= bit
	k.names = append(k.names, n)
}

func (k *keyring) text(src []byte, n ringName) []byte {
	if n.to == ringDecoded {
		return k.decoded[n.from]
	}
	return src[n.from:n.to]
}

func (k *keyring) addWide(src []byte, l *ringLevel, n ringName, name []byte) {
	if !k.seeded {
		k.seed, k.seeded = maphash.MakeSeed(), true
	}
	if l.wide == nil {
		l.wide = make(map[uint64]int, 4*ringNarrow)
		for i, o := range k.names[l.base:] {
			l.wide[maphash.Bytes(k.seed, k.text(src, o))] = l.base + i
		}
	}
	hash := maphash.Bytes(k.seed, name)
	if at, found := l.wide[hash]; found && bytes.Equal(k.text(src, k.names[at]), name) {
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
