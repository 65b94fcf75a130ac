package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/eventlog"
)

// TestForget removes what Locate would find, and nothing else.
func TestForget(t *testing.T) {
	home, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "incident.asof")
	path := put(t, t.TempDir(), "x.log", "e1 s 1\ne2 s 2\n")
	ctx := context.Background()
	plan := func(path string) *Plan {
		p, err := Prepare(ctx, []string{path}, config())
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	forget := func() error { return Forget(ctx, home, plan(path)) }
	load := func(store, path string) string {
		log, at, err := Open(ctx, home, store, plan(path), eventlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Run(ctx, plan(path), log, nil); err != nil {
			t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		return at.Dir
	}
	if err := forget(); err != nil {
		t.Fatal(err)
	}
	other := load("", put(t, t.TempDir(), "y.log", "f1 s 1\n"))
	dir := load("", path)
	if err := os.WriteFile(filepath.Join(dir, "log.bolt"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := forget(); err != nil {
		t.Fatalf("a damaged store: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the damaged store is still there")
	}
	load(elsewhere, path)
	if err := forget(); err == nil || !strings.Contains(err.Error(), elsewhere) {
		t.Errorf("a store that was placed: %v", err)
	}
	for _, dir := range []string{other, elsewhere} {
		if _, err := os.Stat(filepath.Join(dir, "log.bolt")); err != nil {
			t.Errorf("%v", err)
		}
	}
	// What a person keeps beside a store outlives it.
	note := put(t, elsewhere, "notes.txt", "mine")
	if err := RemoveFiles(ctx, elsewhere); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) != 1 || left[0].Name() != filepath.Base(note) {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestForgetAnotherVersion loads files anew whose store another version of asof has made.
func TestForgetAnotherVersion(t *testing.T) {
	home, ctx := t.TempDir(), context.Background()
	path := put(t, t.TempDir(), "x.log", "e1 s 1\ne2 s 2\n")
	p, err := Prepare(ctx, []string{path}, config())
	if err != nil {
		t.Fatal(err)
	}
	open := func() (Location, error) {
		log, at, err := Open(ctx, home, "", p, eventlog.Options{})
		if err == nil {
			err = log.Close()
		}
		return at, err
	}
	at, err := open()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(at.Dir, eventlog.FileName)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text[:len(text)-11] {
		if text[i] < ' ' && text[i+9] == '{' && text[i+10] == '"' { // JSON behind a seal, which begins with the version
			text[i]--
		}
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(); !errors.Is(err, eventlog.ErrVersion) || errors.Is(err, eventlog.ErrDamaged) {
		t.Fatalf("opened: %v", err)
	}
	// It is in nobody's way who opens a copy of its file.
	copied, err := Prepare(ctx, []string{put(t, t.TempDir(), "copy.log", "e1 s 1\ne2 s 2\n")}, config())
	if err != nil {
		t.Fatal(err)
	}
	if at, err := Locate(ctx, home, copied); err != nil || at.Found {
		t.Errorf("a copy is found in %+v, %v", at, err)
	}
	if err := Forget(ctx, home, p); err != nil {
		t.Fatal(err)
	}
	if again, err := open(); err != nil || again != at {
		t.Errorf("then %+v, %v", again, err)
	}
}
