package ingest

import (
	"os"
	"path/filepath"
	"testing"
)

// TestCopiesThatPart: a copy is at first the same log. Once the two differ, each has its own events.
func TestCopiesThatPart(t *testing.T) {
	home, dir := filepath.Join(t.TempDir(), "home"), t.TempDir()
	const begin = "a s 1\nb s 2\n"
	original, copied := put(t, dir, "x.log", begin), put(t, dir, "y.log", begin)
	first, _, _ := asof(t, home, config(), original)
	if at, _, res := asof(t, home, config(), copied); at.Dir != first.Dir || res.Events != 0 {
		t.Errorf("the copy: %+v, %+v", at, res)
	}
	appendTo(t, copied, "c s 3\n")
	for range 2 {
		if _, info, _ := asof(t, home, config(), copied); info.Head != 3 {
			t.Errorf("the grown copy has %d events, want 3", info.Head)
		}
		if _, info, _ := asof(t, home, config(), original); info.Head != 2 {
			t.Errorf("the original has %d events, want 2", info.Head)
		}
		appendTo(t, original, "") // touched, not grown
	}
}

// TestRotatedLogs: who takes a moved file's place is another log.
func TestRotatedLogs(t *testing.T) {
	home, dir := filepath.Join(t.TempDir(), "home"), t.TempDir()
	path := put(t, dir, "app.log", "a s 1\nb s 2\n")
	first, _, _ := asof(t, home, config(), path)
	rotated := filepath.Join(dir, "app.log.1")
	if err := os.Rename(path, rotated); err != nil {
		t.Fatal(err)
	}
	appendTo(t, rotated, "c s 3\n")
	if at, info, _ := asof(t, home, config(), rotated); at.Dir != first.Dir || info.Head != 3 {
		t.Errorf("the rotated log: %+v, %d events", at, info.Head)
	}
	put(t, dir, "app.log", "z s 9\n")
	if at, info, _ := asof(t, home, config(), path); at.Dir == first.Dir || info.Head != 1 {
		t.Errorf("the new log: %+v, %d events", at, info.Head)
	}
}
