package tui_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// TestGoldenFrames shows whole screens of the small shop, without colours.
func TestGoldenFrames(t *testing.T) {
	for name, c := range map[string]struct {
		w, h int
		keys []string
	}{
		"main":         {120, 34, []string{"}", "}", "}"}},
		"narrow":       {80, 24, []string{"}", "}", "}"}},
		"compare":      {120, 34, []string{"c", "enter", "D"}},
		"unified":      {80, 24, []string{"c", "enter", "D"}},
		"command-line": {120, 34, []string{":", "s", "t", "r"}},
		"help":         {80, 24, []string{"2", "?"}},
		"copy-menu":    {120, 34, []string{"]", "y"}},
		"before-all":   {80, 24, []string{"["}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, shop(), c.w, c.h, script(t, "wrong.star", wrongScript), script(t, "right.star", rightScript))
			got := d.Press(c.keys...).Screen() + "\n"
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.MkdirAll("testdata", 0o750); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(must(os.ReadFile(path))(t)); got != want {
				t.Errorf("the frame is\n%s\nwant\n%s\n(go test -update writes it anew)", got, want)
			}
		})
	}
}
