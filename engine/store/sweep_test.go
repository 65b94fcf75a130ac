package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestSweep opens a file for writing beside all that may lie there: only what was left behind goes.
func TestSweep(t *testing.T) {
	path := create(t, 1)
	folder := filepath.Dir(path)
	long := time.Now().Add(-2 * abandoned)
	lay := func(name string, age time.Time) string {
		t.Helper()
		at := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for ; at != folder; at = filepath.Dir(at) {
			if err := os.Chtimes(at, age, age); err != nil {
				t.Fatal(err)
			}
		}
		return filepath.Join(folder, name)
	}
	left := []string{lay(".index-1.bolt.new-1", long), filepath.Dir(lay("verify-1/index.bolt", long))}
	kept := []string{
		lay(".index-2.bolt.new-2", time.Now()), lay(".index-3.bolt.new-3", long), lay(".mine.new-4", long), lay("index-5.bolt", long),
		filepath.Dir(lay("verify-2/index.bolt", time.Now())), filepath.Dir(lay("verify-3/index.bolt", long)),
	}
	for _, held := range []string{kept[1], filepath.Join(kept[5], "index.bolt")} {
		f, err := os.OpenFile(held, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := tryLock(f, true); !got || err != nil {
			t.Fatal(err)
		}
	}
	there := func(paths []string) []bool {
		var out []bool
		for _, p := range paths {
			_, err := os.Stat(p)
			out = append(out, err == nil)
		}
		return out
	}
	open(t, path, Options{ReadOnly: true})
	if got := there(left); slices.Contains(got, false) {
		t.Errorf("a reader deleted something: %v", got)
	}
	open(t, path, Options{})
	Sweep(folder, "verify-*")
	if got := there(left); slices.Contains(got, true) {
		t.Errorf("left behind, and still there: %v", got)
	}
	if got := there(kept); slices.Contains(got, false) {
		t.Errorf("not left behind, and gone: %v", got)
	}
}
