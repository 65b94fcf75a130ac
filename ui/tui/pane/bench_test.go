package pane_test

import (
	"testing"

	"asof/ui/tui/layout"
	"asof/ui/tui/style"
)

// BenchmarkDialog draws the same with a dialog over it.
func BenchmarkDialog(b *testing.B) {
	y := newStory(200, 50, style.Options{Dark: true}, layout.Preferences{Focus: layout.State, Detail: true})
	b.ReportAllocs()
	for b.Loop() {
		if y.helping() == "" {
			b.Fatal("nothing drawn")
		}
	}
}

// BenchmarkFrame draws a whole screen of 200 x 50 with nothing cached.
func BenchmarkFrame(b *testing.B) {
	y := newStory(200, 50, style.Options{Dark: true}, layout.Preferences{Focus: layout.State, Detail: true})
	b.ReportAllocs()
	for b.Loop() {
		if y.draw(layout.State) == "" {
			b.Fatal("nothing drawn")
		}
	}
}
