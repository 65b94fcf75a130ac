package tui_test

import (
	"slices"
	"strings"
	"testing"

	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

func TestTable(t *testing.T) {
	if bad := tui.CheckKeys(nil); len(bad) > 0 {
		t.Error(bad)
	}
	names := map[string]bool{}
	for _, c := range tui.Commands() {
		if names[c.Name] || c.Name == "" || strings.ContainsAny(c.Name, " \t") || c.Help == "" || c.Group == "" {
			t.Errorf("a row of the table is odd: %+v", c)
		}
		names[c.Name] = true
	}
	for _, want := range []string{ // DESIGN's keys
		"] step-forward", ". step-forward", "[ step-back", ", step-back", "} stream-next", "{ stream-previous", "o correlation-next",
		"O correlation-previous", "* change-next", "# change-previous", "s gap-next", "S gap-previous", "r repeat", "backspace back", "space play",
		"< slower", "> faster", "g first", "G last", "home first", "end last", "ctrl+d half-page-down", "ctrl+u half-page-up", "pgdown page-down",
		"pgup page-up", "h fold", "l unfold", "left fold", "right unfold", "e fold-all", "E unfold-all", "enter open", "z zoom-in", "Z zoom-out",
		"/ find", "n find-next", "N find-previous", "f filter", ": command", "m mark", "' marks", "u mark-next", "U mark-previous", "c compare",
		"D diverge", "P projection", "x problem-next", "X problem-previous", "y copy", "K key", "p pin", "T clock", "F follow", "tab focus-next",
		"1 focus-events", "2 focus-state", "3 focus-event", "4 focus-timeline", "+ larger", "_ smaller", "f2 mouse", "? help", "q quit", "esc cancel",
		"ctrl+c interrupt", "ctrl+z suspend", ") continue", "( reverse-continue", "w watch", "W focus-watch", "L last-good", "b break",
	} {
		key, name, _ := strings.Cut(want, " ")
		i := slices.IndexFunc(tui.Commands(), func(c tui.CommandInfo) bool { return c.Name == name })
		if i < 0 || !slices.Contains(tui.Commands()[i].Keys, key) {
			t.Errorf("%s does not do %s", key, name)
		}
	}
}

func TestCheckKeys(t *testing.T) {
	for _, c := range []struct {
		keys map[string]string
		want string
	}{
		{map[string]string{"step-forward": "ctrl+f alt+n f5 é"}, ""},
		{map[string]string{"step-forward": ""}, ""},
		{map[string]string{"walk": "Y"}, `"walk" is no command`},
		{map[string]string{"step-forward": "ctrl+i"}, "arrives as tab"},
		{map[string]string{"step-forward": "ctrl+c"}, "always quits"},
		{map[string]string{"step-forward": "ctrl+enter"}, "is not one that terminals send"},
		{map[string]string{"step-forward": "c"}, `share the key "c"`},
	} {
		bad := tui.CheckKeys(c.keys)
		if c.want == "" && len(bad) > 0 || c.want != "" && (len(bad) != 1 || !strings.Contains(bad[0], c.want)) {
			t.Errorf("%v: %q, want %q", c.keys, bad, c.want)
		}
	}
}

func TestOtherKeys(t *testing.T) {
	s := openSession(t, openLog(t, shop()))
	d := tuitest.New(t, tui.Options{Session: s, Keys: map[string]string{"step-forward": "Y alt+n", "find": ""}}, 120, 34)
	d.ExpectRow("[ Y step").ExpectNoRow("/ find")
	d.Press("Y", "alt+n").ExpectRow("merge · 3 ·").Press("]", "/").ExpectRow("merge · 3 ·").ExpectNoRow("Find")
	d.Press("?").Type("next event").ExpectRow("Y alt+n", "step-forward", "next event")
}

func TestHelpFiltersAndRuns(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("2", "?").ExpectRow("Here: state").ExpectRow("h ←", "fold").Type("last event").ExpectRow("G End", "last").Press("enter")
	d.Press("esc", "1", "?").Type("half-page-down").ExpectRow("1 of").Press("enter").ExpectRow("merge · 8 ·")
	d.Press("?").Type("difference-next").ExpectRow("nothing is compared").Press("enter").ExpectRow("1 of").Press("esc")
}
