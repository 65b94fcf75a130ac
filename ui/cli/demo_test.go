package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAStoryOfAnotherVersionIsLoadedAnew: nobody has to clear away what a demo left behind before the program was replaced.
func TestAStoryOfAnotherVersionIsLoadedAnew(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	want := p.must(exitOK, "demo", "bank").out
	stores, err := filepath.Glob(filepath.Join(p.data, "bank*.asof", "log.bolt"))
	if err != nil || len(stores) != 1 {
		t.Fatal(stores, err)
	}
	text, err := os.ReadFile(stores[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range text[:len(text)-11] {
		if text[i] < ' ' && text[i+9] == '{' && text[i+10] == '"' { // JSON behind a seal, which begins with the version
			text[i]--
		}
	}
	if err := os.WriteFile(stores[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	again := p.must(exitOK, "demo", "bank")
	if again.out != want || !strings.Contains(again.err, "loaded anew") {
		t.Errorf("said %q, and %q", again.err, again.out)
	}
	if quiet := p.must(exitOK, "demo", "bank"); strings.Contains(quiet.err, "loaded anew") {
		t.Errorf("said it twice: %q", quiet.err)
	}
}
