package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuildsAreReproducible builds the program twice, from two folders: the same bytes, and no word of where they were made.
func TestBuildsAreReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("links twice")
	}
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(root, elsewhere); err != nil {
		t.Skipf("SKIPPED: no link can be made: %v", err)
	}
	var built [2][]byte
	for i, dir := range []string{root, elsewhere} {
		out := filepath.Join(t.TempDir(), "asof")
		c := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", out, ".")
		c.Dir = dir
		c.Env = append(os.Environ(), "CGO_ENABLED=0", "PWD="+dir)
		if text, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if built[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(built[0], built[1]) {
		t.Error("two builds are two programs")
	}
	home, _ := os.UserHomeDir()
	toolchain, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{root, elsewhere, strings.TrimSpace(string(toolchain)), filepath.Join(home, "go", "pkg")} {
		if len(place) > 4 && bytes.Contains(built[0], []byte(place+"/")) {
			t.Errorf("the program holds %s", place)
		}
	}
}
