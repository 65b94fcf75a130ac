// Package sharedtest finds the real logs and hostile corpora that lie outside the repository, for tests only.
package sharedtest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Data is the path of a file of the real logs. The test is skipped, saying so, where the folder is absent.
func Data(t testing.TB, name string) string { return find(t, "data", name) }

// Corpus is the path of a file or folder of the hostile and odd inputs; else as Data.
func Corpus(t testing.TB, name string) string { return find(t, "corpora", name) }

// find looks in ASOF_SHARED, and without it beside the project's root.
func find(t testing.TB, folder, name string) string {
	t.Helper()
	base := os.Getenv("ASOF_SHARED")
	if base == "" {
		_, self, _, _ := runtime.Caller(0)
		base = filepath.Join(filepath.Dir(self), "..", "..", "..", "..", "shared")
	}
	path := filepath.Join(base, folder, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared file %s/%s (set ASOF_SHARED)", folder, name)
	}
	t.Logf("with shared file %s/%s", folder, name) // .ci/run counts these
	return path
}
