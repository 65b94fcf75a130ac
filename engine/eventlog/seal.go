package eventlog

import (
	"encoding/binary"
	"fmt"

	"github.com/zeebo/xxh3"
	"go.etcd.io/bbolt"
)

// Every value is sealed, because bbolt has no checksums: a format version, then the hash of the bucket's name, the key and
// the rest, so that neither a flipped bit nor a value under a wrong key passes.
const (
	formatVersion = 1
	sealSize      = 9
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

// newSealed is an empty value with room for its seal, to be appended to and sealed.
func newSealed(capacity int) []byte {
	return append(make([]byte, 0, sealSize+capacity), formatVersion, 0, 0, 0, 0, 0, 0, 0, 0)
}

func sealHash(bucket, key, rest []byte) uint64 {
	h := xxh3.New()
	_, _ = h.Write(bucket)
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(key)
	return xxh3.HashSeed(rest, h.Sum64())
}

// put seals a value of newSealed and stores it.
func put(tx *bbolt.Tx, bucket, key, value []byte) error {
	binary.LittleEndian.PutUint64(value[1:], sealHash(bucket, key, value[sealSize:]))
	b := tx.Bucket(bucket)
	if b == nil {
		return damaged("the bucket %s is missing", bucket)
	}
	b.FillPercent = 1
	return b.Put(key, value)
}

// unseal checks a value and returns what was sealed. It lies in the transaction's memory.
func unseal(bucket, key, value []byte) ([]byte, error) {
	if len(value) < sealSize {
		return nil, damaged("%s %x: %d bytes", bucket, key, len(value))
	}
	if value[0] != formatVersion {
		return nil, damaged("%s %x: format version %d", bucket, key, value[0])
	}
	if binary.LittleEndian.Uint64(value[1:]) != sealHash(bucket, key, value[sealSize:]) {
		return nil, damaged("%s %x: the checksum is another", bucket, key)
	}
	return value[sealSize:], nil
}

// get is the sealed value under key, or nil if there is none.
func get(tx *bbolt.Tx, bucket, key []byte) ([]byte, error) {
	b := tx.Bucket(bucket)
	if b == nil {
		return nil, damaged("the bucket %s is missing", bucket)
	}
	value := b.Get(key)
	if value == nil {
		return nil, nil
	}
	return unseal(bucket, key, value)
}

// cursor is a bucket's cursor, or an error for a bucket that is missing.
func cursor(tx *bbolt.Tx, bucket []byte) (*bbolt.Cursor, error) {
	b := tx.Bucket(bucket)
	if b == nil {
		return nil, damaged("the bucket %s is missing", bucket)
	}
	return b.Cursor(), nil
}
