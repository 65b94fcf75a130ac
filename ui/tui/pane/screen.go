package pane

import (
	"asof/ui/tui/layout"
	"asof/ui/tui/widget"
)

// Screen is the drawn panes of a frame, each as its View gave it. A root keeps them from frame to frame and draws anew only what
// changed.
type Screen struct{ Title, Events, State, Detail, Watch, Timeline, Footer string }

// Compose puts the panes where the frame wants them: H lines of W columns.
func (v Screen) Compose(f layout.Frame) string {
	pieces := make([]widget.Piece, 0, 7)
	for _, p := range []struct {
		at   layout.Rect
		text string
	}{
		{f.Title, v.Title},
		{f.Events, v.Events},
		{f.State, v.State},
		{f.Detail, v.Detail},
		{f.Watch, v.Watch},
		{f.Timeline, v.Timeline},
		{f.Footer, v.Footer},
	} {
		if !p.at.Empty() {
			pieces = append(pieces, widget.Piece{X: p.at.X, Y: p.at.Y, W: p.at.W, H: p.at.H, Text: p.text})
		}
	}
	return widget.Place(f.W, f.H, pieces...)
}
