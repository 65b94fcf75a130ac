package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

func descents(t *testing.T, path string, keys int) (found int) {
	t.Helper()
	f, err := Open(context.Background(), path, Options{ReadOnly: true})
	if err != nil {
		return 0
	}
	defer f.Close()
	err = f.View(context.Background(), func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("b"))
		if b == nil {
			return nil
		}
		for i := range keys {
			d := NewDescent(b, fmt.Append(nil, i), 16<<10)
			for steps := 0; d.Step(tx); steps++ {
				if steps > 100 {
					t.Fatal("a descent does not end")
				}
			}
			if d.found {
				found++
			}
		}
		if d := NewDescent(b, []byte("none"), 100); d.Step(tx) && d.found {
			t.Error("found what is not there")
		}
		return nil
	})
	if err != nil {
		t.Log(err)
	}
	return found
}

func TestDescentsFindWhatIsThere(t *testing.T) {
	ctx, rnd := context.Background(), rand.New(rand.NewPCG(1, 2))
	for _, keys := range []int{1, 7, 3000} {
		path := filepath.Join(t.TempDir(), "x.bolt")
		if err := Create(ctx, path, func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucket([]byte("b"))
			for i := range keys {
				if err == nil {
					err = b.Put(fmt.Append(nil, i), make([]byte, 5000*(i%3)+300))
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := descents(t, path, keys); keys > 1 && n != keys { // what is small lies within its parent's page
			t.Errorf("found %d of %d", n, keys)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			spoiled := append([]byte(nil), whole...)
			for range 20 {
				spoiled[rnd.IntN(len(spoiled))] ^= 1 << rnd.IntN(8)
			}
			if err := os.WriteFile(path, spoiled, 0o600); err != nil {
				t.Fatal(err)
			}
			descents(t, path, min(keys, 50))
		}
	}
}
