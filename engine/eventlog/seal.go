package eventlog

import (
	"fmt"

	"asof/engine/store"

	"go.etcd.io/bbolt"
)

// Every value is sealed with the bucket's name and the key, because bbolt has no checksums.
const (
	formatVersion = 5
	sealSize      = store.SealSize
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

// checkVersion is ErrVersion for a log of another format version. Two whole values must say so alike: else it is damage.
func checkVersion(tx *bbolt.Tx) error {
	b := tx.Bucket(bucketMeta)
	if b == nil {
		return nil
	}
	identity, head := b.Get(keyIdentity), b.Get(keyHead)
	if len(identity) < sealSize || len(head) < sealSize || identity[0] != head[0] || identity[0] == formatVersion {
		return nil
	}
	_, err := store.Unseal(identity[0], identity, bucketMeta, keyIdentity)
	_, headErr := store.Unseal(head[0], head, bucketMeta, keyHead)
	if err != nil || headErr != nil {
		return nil
	}
	return ErrVersion
}

// newSealed is an empty value with room for its seal, to be appended to and sealed.
func newSealed(capacity int) []byte { return store.NewSealed(formatVersion, capacity) }

// put seals a value of newSealed and stores it.
func put(tx *bbolt.Tx, bucket, key, value []byte) error {
	store.Seal(value, bucket, key)
	b := tx.Bucket(bucket)
	if b == nil {
		return damaged("the bucket %s is missing", bucket)
	}
	b.FillPercent = 1
	return b.Put(key, value)
}

// unseal checks a value and returns what was sealed. It lies in the transaction's memory.
func unseal(bucket, key, value []byte) ([]byte, error) {
	return store.Unseal(formatVersion, value, bucket, key)
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
