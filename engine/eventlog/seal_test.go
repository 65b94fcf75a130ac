package eventlog

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// TestAnotherVersionIsNoDamage opens a log whose values carry another format version, and one where a single value does.
func TestAnotherVersionIsNoDamage(t *testing.T) {
	for _, c := range []struct {
		name    string
		version byte
		keys    [][]byte
		want    error
	}{
		{"an older one", formatVersion - 1, [][]byte{keyIdentity, keyHead}, ErrVersion},
		{"a newer one", formatVersion + 1, [][]byte{keyIdentity, keyHead}, ErrVersion},
		{"a flipped bit in the identity", formatVersion ^ 8, [][]byte{keyIdentity}, ErrDamaged},
		{"a flipped bit in the head", formatVersion ^ 8, [][]byte{keyHead}, ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newBench(t)
			must(l.Append(t.Context(), "s", Any(), []New{{Type: "T"}}))(t)
			l.Close()
			restamp(t, l.Dir(), c.version, c.keys)
			_, err := Open(t.Context(), l.Dir(), Options{})
			if !errors.Is(err, c.want) || errors.Is(err, ErrDamaged) == errors.Is(err, ErrVersion) {
				t.Fatalf("%v", err)
			}
			if c.want == ErrVersion && !strings.HasPrefix(err.Error(), "this store was made by another version of asof") {
				t.Errorf("told as %q", err)
			}
		})
	}
}

// restamp changes the format version of values of the meta bucket.
func restamp(t *testing.T, dir string, version byte, keys [][]byte) {
	t.Helper()
	db := must(bbolt.Open(filepath.Join(dir, FileName), 0o600, nil))(t)
	defer db.Close()
	err := db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketMeta)
		for _, key := range keys {
			value := bytes.Clone(b.Get(key))
			value[0] = version
			if err := b.Put(key, value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
