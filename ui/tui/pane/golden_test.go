package pane_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"asof/ui/tui/layout"
	"asof/ui/tui/style"
)

var update = flag.Bool("update", false, "rewrite the golden frames")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path) //nolint:gosec // a path of the test's own
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got+"\n" {
		t.Errorf("%s differs from its golden frame (go test -update rewrites it); got:\n%s", name, got)
	}
}

func TestFrames(t *testing.T) {
	all := layout.Preferences{Focus: layout.State, Detail: true}
	for _, c := range []struct {
		name string
		w, h int
		o    style.Options
		p    layout.Preferences
	}{
		{"narrow", 80, 24, style.Options{}, all},
		{"narrow-events", 80, 24, style.Options{}, layout.Preferences{Focus: layout.Events}},
		{"narrow-detail", 80, 24, style.Options{}, layout.Preferences{Focus: layout.Detail}},
		{"smallest", 60, 15, style.Options{}, all},
		{"wide-least", 110, 30, style.Options{}, all},
		{"wide", 120, 34, style.Options{}, all},
		{"wide-ascii", 120, 34, style.Options{ASCII: true}, all},
		{"full", 120, 34, style.Options{}, layout.Preferences{Focus: layout.State, Size: layout.Full}},
		{"large", 200, 50, style.Options{}, all},
		{"too-small", 50, 12, style.Options{}, all},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden(t, c.name, ansi.Strip(newStory(c.w, c.h, c.o, c.p).draw(c.p.Focus)))
		})
	}
	t.Run("troubled", func(t *testing.T) {
		golden(t, "troubled", ansi.Strip(newStory(120, 34, style.Options{}, all).troubled()))
	})
	t.Run("dialogs", func(t *testing.T) {
		y := newStory(80, 24, style.Options{}, all)
		golden(t, "help", ansi.Strip(y.helping()))
		golden(t, "picker", ansi.Strip(y.picking()))
		golden(t, "card", ansi.Strip(y.carded()))
	})
	t.Run("compare", func(t *testing.T) {
		y := newStory(120, 34, style.Options{}, all)
		golden(t, "compare", ansi.Strip(y.compare(120, 14)))
		golden(t, "compare-unified", ansi.Strip(y.compare(76, 16)))
		golden(t, "compare-screen", ansi.Strip(y.comparing()))
	})
}

// TestPicture prints a frame with its colours for a person to look at: ASOF_PICTURE=wide go test -run TestPicture.
func TestPicture(t *testing.T) {
	what := os.Getenv("ASOF_PICTURE")
	if what == "" {
		t.Skip("for people: set ASOF_PICTURE to a folder to write the coloured frames to")
	}
	for name, o := range map[string]style.Options{
		"dark": {Dark: true}, "light": {}, "mono": {NoColor: true}, "ascii": {Dark: true, ASCII: true},
	} {
		for size, d := range map[string][2]int{"80x24": {80, 24}, "120x34": {120, 34}, "200x50": {200, 50}} {
			y := newStory(d[0], d[1], o, layout.Preferences{Focus: layout.State, Detail: true})
			for kind, frame := range map[string]string{
				"": y.draw(layout.State), "-compare": y.comparing(), "-help": y.helping(), "-picker": y.picking(), "-card": y.carded(), "-troubled": y.troubled(),
			} {
				if err := os.WriteFile(filepath.Join(what, size+"-"+name+kind), []byte(frame), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
