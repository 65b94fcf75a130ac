package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMovedSource: a log that is not where it was loaded from any more is told by the place that its store expects it at; the
// store answers without it, and the file is known again wherever it is.
func TestMovedSource(t *testing.T) {
	p := newProcess(t)
	log := badLog(p, 10)
	p.must(exitOK, "import", log)
	store := p.store()
	if err := os.Rename(log, filepath.Join(p.work, "moved.jsonl")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"state", log}, {"import", log}, {"info", log}} {
		if a := p.must(exitUsage, args...); !strings.Contains(a.err, log) || !strings.Contains(a.err, store) || !strings.Contains(a.err, "open that") {
			t.Errorf("%s: %s", args[0], a.err)
		}
	}
	if a := p.must(exitOK, "verify", store); !strings.Contains(a.out, "no file at "+log+" any more") {
		t.Error(a.out)
	}
	p.must(exitOK, "state", store, "s-1")
	p.must(exitOK, "state", "moved.jsonl", "s-1")
	if p.store() != store {
		t.Error("the moved file has a store of its own")
	}
	if a := p.must(exitUsage, "state", "never.jsonl"); strings.Contains(a.err, "was loaded") {
		t.Error(a.err)
	}
}
