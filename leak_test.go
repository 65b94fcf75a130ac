package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestLeaksAreLookedFor: the tests of every package end with a look for goroutines that were left running.
func TestLeaksAreLookedFor(t *testing.T) {
	tested, looking := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		dir := filepath.Dir(path)
		tested[dir] = true
		looking[dir] = looking[dir] || strings.Contains(string(source), "goleak.VerifyTestMain(m") || strings.Contains(string(source), "goleak.Find(")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range tested {
		if !looking[dir] {
			t.Errorf("the tests of %s look for no goroutines: give them a TestMain with goleak.VerifyTestMain(m)", dir)
		}
	}
}
