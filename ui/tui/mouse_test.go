package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestMouse(t *testing.T) {
	d := open(t, months(300), 120, 34)
	if d.View().MouseMode != tea.MouseModeCellMotion {
		t.Error("the mouse is off")
	}
	d.Click(10, 6).ExpectRow("merge · 5 ·")
	d.Send(tea.MouseWheelMsg{X: 10, Y: 6, Button: tea.MouseWheelDown}).ExpectRow("merge · 8 ·")
	d.Click(2+58, 30).ExpectRow("merge · 15")
	d.Send(tea.MouseClickMsg{X: 60, Y: 30, Button: tea.MouseLeft}).Send(tea.MouseMotionMsg{X: 2, Y: 12, Button: tea.MouseLeft}).ExpectRow("merge · 3 ·")
	d.Send(tea.MouseReleaseMsg{X: 2, Y: 12}).Send(tea.MouseMotionMsg{X: 100, Y: 30}).ExpectRow("merge · 3 ·")
	d.Click(60, 4).Press("j").ExpectRow("merge · 3 ·")
	d.Press("?").Send(tea.MouseWheelMsg{X: 60, Y: 12, Button: tea.MouseWheelDown}).Click(0, 0).ExpectNoRow("type to filter")
	d.Press("f2").ExpectRow("the mouse is the terminal's")
	if d.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is on")
	}
}

func TestTimeline(t *testing.T) {
	d := open(t, months(300), 120, 34)
	d.Press("4", "right").ExpectRow("merge · 3 ·").Press("right").ExpectRow("merge · 6 ·").Press("left").ExpectRow("merge · 3 ·")
	d.Press("z").ExpectRow("Timeline · ", " to ").Press("Z").ExpectNoRow("Timeline · ")
	d.Press("z", "z", "z", "G").ExpectRow("Timeline · ", "to 300").Press("Z", "Z", "Z")
	d.Press("g", ":").Type("axis").Press("enter").ExpectRow("per column").Press("G", "right").ExpectRow("end of recorded history")
}
