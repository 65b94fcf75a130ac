package store

import (
	"encoding/binary"
	"fmt"

	"github.com/zeebo/xxh3"
)

// bbolt has no checksums, so whoever keeps values in it seals them: a format version, then a hash of where the value stands and
// of the rest, so that neither a flipped bit nor a value in a wrong place passes.
//
//	┌────────────┬──────────────┬──────┐
//	│ version, B │ xxh3-64, 8 B │ rest │
//	└────────────┴──────────────┴──────┘
//
// The place is the names of the buckets and the key, from the outermost on; the hash of the rest is seeded with theirs.

// SealSize is how many bytes a seal takes at the start of a value.
const SealSize = 9

// NewSealed is an empty value with room for its seal, to be appended to and then sealed.
func NewSealed(version byte, capacity int) []byte {
	return append(make([]byte, 0, SealSize+capacity), version, 0, 0, 0, 0, 0, 0, 0, 0)
}

// Seal completes the seal of a value of NewSealed.
func Seal(value []byte, place ...[]byte) {
	binary.LittleEndian.PutUint64(value[1:], sealSum(value[SealSize:], place))
}

// SealHead is Seal for a value of which only the first n bytes behind the seal are sealed; the rest must be by itself.
func SealHead(value []byte, n int, place ...[]byte) {
	binary.LittleEndian.PutUint64(value[1:], sealSum(value[SealSize:SealSize+n], place))
}

// Sum is the hash that a value's seal holds, unchecked: 0 for a value that is too short.
func Sum(value []byte) uint64 {
	if len(value) < SealSize {
		return 0
	}
	return binary.LittleEndian.Uint64(value[1:])
}

// Unseal checks a value's seal and returns the rest, in the memory of the value. An error wraps ErrDamaged.
func Unseal(version byte, value []byte, place ...[]byte) ([]byte, error) {
	rest, err := Rest(version, value, place...)
	if err == nil && Sum(value) != sealSum(rest, place) {
		err = damaged("%s: the checksum is another", describe(place))
	}
	return rest, err
}

// UnsealHead checks that the first n bytes of rest, which Rest has returned for a value, are as SealHead sealed them.
func UnsealHead(value []byte, n int, place ...[]byte) error {
	if n < 0 || n > len(value)-SealSize || Sum(value) != sealSum(value[SealSize:SealSize+n], place) {
		return damaged("%s: the checksum is another", describe(place))
	}
	return nil
}

// Rest is Unseal without the check of the hash.
func Rest(version byte, value []byte, place ...[]byte) ([]byte, error) {
	if len(value) < SealSize {
		return nil, damaged("%s: %d bytes", describe(place), len(value))
	}
	if value[0] != version {
		return nil, damaged("%s: format version %d, this program reads %d", describe(place), value[0], version)
	}
	return value[SealSize:], nil
}

func sealSum(rest []byte, place [][]byte) uint64 {
	var room [96]byte
	path := room[:0]
	for i, part := range place {
		if i > 0 {
			path = append(path, 0)
		}
		path = append(path, part...)
	}
	return xxh3.HashSeed(rest, xxh3.Hash(path))
}

// describe names a place: the first part is a bucket's name, keys may be anything.
func describe(place [][]byte) string {
	text := ""
	for i, part := range place {
		if i == 0 {
			text = string(part)
			continue
		}
		text += fmt.Sprintf(" %q", part)
	}
	return text
}
