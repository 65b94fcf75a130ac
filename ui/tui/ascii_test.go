package tui_test

import (
	"testing"

	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

// With plain ASCII asked for, nothing of the screen's own is anything else.
func TestASCII(t *testing.T) {
	s := openSession(t, openLog(t, shop()), script(t, "wrong.star", wrongScript), script(t, "right.star", rightScript), "merge")
	d := tuitest.New(t, tui.Options{Session: s, Title: "shop.jsonl", ASCII: true}, 120, 34)
	for _, keys := range [][]string{
		{"]", "]", "]", "m"}, {"2", "e"}, {"G", "E"}, {"4", "z"}, {"?"}, {"pgdown"}, {"pgdown"}, {"pgdown"}, {"esc", "K"}, {"esc", ":"}, {"pgdown"}, {"esc", "P"},
		{"esc", "c"}, {"enter"}, {"D"}, {"q", "y"}, {"k"}, {"'"}, {"esc", "1", "enter"}, {"esc", "f"}, {"esc", "T"}, {"space"}, {">"}, {":"}, {"esc", "x"}, {"F"}, {"/"}, {"="}, {"esc", "2", "w"}, {"W"}, {"W", "1", "b"}, {"enter"}, {"B"}, {"l"}, {"esc", "B", "down", "l"}, {"esc", "g", ")"}, {"("}, {"x"}, {"L"},
	} {
		d.Press(keys...)
		for _, r := range d.Screen() {
			if r > 127 {
				t.Fatalf("after %q there is %q in\n%s", keys, r, d.Screen())
			}
		}
	}
}
