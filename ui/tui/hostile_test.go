package tui_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"asof/engine/event/sharedtest"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

// colour is the only kind of escape sequence that the screen is made of.
var colour = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// checkFrame fails unless a frame is exactly as large as the screen and holds nothing that a terminal would obey but colours.
func checkFrame(t testing.TB, content string, w, h int) {
	t.Helper()
	if w <= 0 || h <= 0 {
		if content != "" {
			t.Fatalf("a screen of %d by %d shows %q", w, h, content)
		}
		return
	}
	plain := colour.ReplaceAllString(content, "")
	lines := strings.Split(plain, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines on a screen of %d by %d:\n%s", len(lines), w, h, plain)
	}
	for _, line := range lines {
		if !utf8.ValidString(line) {
			t.Fatalf("bytes that are no text: %q", line)
		}
		if n, m := ansi.StringWidthWc(line), ansi.StringWidth(line); n != w || m != w {
			t.Fatalf("a line of %d or %d columns on a screen of %d by %d:\n%s", n, m, w, h, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("the control character %U in %q", r, line)
			}
		}
	}
}

// TestPayloadsDoNotReachTheTerminal puts hostile texts into every place that a log can fill, and looks at every view of them.
func TestPayloadsDoNotReachTheTerminal(t *testing.T) {
	data := must(os.ReadFile(filepath.Join(sharedtest.Corpus(t, "ours/terminal"), "payloads.json")))(t)
	var payloads []struct {
		Name      string `json:"name"`
		Payload   []byte `json:"payload_b64"`
		Signature []byte `json:"leak_signature_b64"`
	}
	if err := json.Unmarshal(data, &payloads); err != nil {
		t.Fatal(err)
	}
	var facts []fact
	for i, p := range payloads {
		text := string(p.Payload)
		quoted := must(json.Marshal(text))(t)
		long := must(json.Marshal(strings.Repeat("x", 40) + text + "\n" + text))(t)
		facts = append(facts, fact{"s-" + text, "T" + text, fmt.Sprintf(`{%s:%s,"long":%s,"list":[%s]}`, quoted, quoted, long, quoted), i, text})
	}
	s := openSession(t, openLog(t, facts))
	o := tui.Options{Session: s, Title: "log" + string(payloads[0].Payload) + ".jsonl", Card: &tui.Card{Title: string(payloads[1].Payload)}}
	d := tuitest.New(t, o, 120, 34)
	look := func() {
		t.Helper()
		checkFrame(t, d.Content(), 120, 34)
		for _, p := range payloads {
			if strings.Contains(d.Content(), string(p.Signature)) {
				t.Fatalf("%s leaks", p.Name)
			}
		}
		if strings.ContainsFunc(d.View().WindowTitle, unicode.IsControl) {
			t.Fatalf("the window's title is %q", d.View().WindowTitle)
		}
	}
	look()
	d.Press("2")
	for i := range payloads {
		for _, key := range []string{"E", "enter", "esc", "1", "enter", "pgdown", "esc", "2", "G", "enter", "esc", "K", "esc", "c", "esc", "y", "v"} {
			if i%15 == 0 || key == "E" {
				d.Press(key)
				look()
			}
		}
		d.Press("esc", "]")
		look()
	}
	d.Press("P", "esc", "f", "esc", "m", "'")
	look()
	d.Press("esc")
	for i := range payloads {
		if i%15 > 0 {
			continue
		}
		for _, key := range []string{"g", "2", "G", "w", "W", "*", "enter", "esc", "2", "b", "enter", ")", "(", "B", "l", "enter", "n", "B", "e", "esc", "4"} {
			d.Press(key)
			look()
		}
		d.Press("}", "]")
	}
	for _, condition := range []string{"= event.type", "= state.long", "value:x", "text:x", "= key > 'a'"} {
		d.Press("/").Type(condition).Press("enter")
		look()
		d.Press("n", "N")
		look()
	}
	d.Press(":").Type("display event.type + key").Press("enter")
	look()
	d.Press(":").Type("check event.type == key").Press("enter").Press("x", "L", "x")
	look()
	d.Press(":").Type("problems").Press("enter")
	look()
	d.Press("esc", "2")
	d.Press("esc", ":").Type("history long").Press("enter")
	look()
	d.Press("esc", ":").Send(tea.PasteMsg{Content: string(payloads[0].Payload) + "\r\n\x00" + string(payloads[5].Payload)})
	look()
	d.Press("enter")
	look()
}

var sizes = [][2]int{{1, 1}, {3, 2}, {20, 5}, {59, 15}, {60, 14}, {60, 15}, {80, 24}, {109, 30}, {110, 20}, {120, 34}, {200, 50}, {500, 3}, {3, 500}, {400, 100}}

func TestSizes(t *testing.T) {
	d := open(t, shop(), 120, 34, script(t, "wrong.star", wrongScript), script(t, "right.star", rightScript))
	for _, prepare := range [][]string{{}, {"2", "+"}, {"+"}, {"3"}, {"q", "q", "c", "enter"}, {"?"}, {"esc", ":"}, {"esc", "K"}, {"esc", "enter"}, {"esc", "q", "2", "w"}, {"W"}, {"+"}, {"+"}, {"_", "B"}, {"esc", "b"}} {
		d.Press(prepare...)
		for _, size := range sizes {
			d.Resize(size[0], size[1])
			checkFrame(t, d.Content(), size[0], size[1])
		}
	}
	d.Resize(0, 0)
	checkFrame(t, d.Content(), 0, 0)
	d.Resize(59, 15).ExpectRow("60").Resize(120, 34)
}

func TestResizeStorm(t *testing.T) {
	d := open(t, months(300), 120, 34)
	var storm []tea.Msg
	for i := range 1000 {
		size := sizes[i%len(sizes)]
		storm = append(storm, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
	}
	d.Hurry(storm...).Resize(80, 24)
	checkFrame(t, d.Content(), 80, 24)
	d.ExpectRow("asof", "merge · 1 ·").Press("]").ExpectRow("merge · 2 ·")
}

// TestMonkey presses anything anywhere: nothing panics, hangs, or leaves the screen's bounds.
func TestMonkey(t *testing.T) {
	names := []string{
		"enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "backspace", "space", "ctrl+d",
		"ctrl+u", "f1", "f2", "delete", "alt+x", "ctrl+x", "ctrl+n", "é", "漢", "\x7f",
	}
	for r := '!'; r <= '~'; r++ {
		if r != 'q' {
			names = append(names, string(r))
		}
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			d := open(t, append(shop(), months(200)...), 120, 34, "merge", script(t, "right.star", rightScript), script(t, "bad.star", failingScript))
			w, h := 120, 34
			for range 500 {
				switch n := rnd.IntN(40); {
				case n == 0:
					size := sizes[rnd.IntN(len(sizes))]
					w, h = size[0], size[1]
					d.Hurry(tea.WindowSizeMsg{Width: w, Height: h})
				case n == 1:
					d.Hurry(tea.MouseClickMsg{X: rnd.IntN(w), Y: rnd.IntN(h), Button: tea.MouseLeft}, tea.MouseMotionMsg{X: rnd.IntN(w), Y: rnd.IntN(h)})
				case n == 2:
					d.Hurry(tea.MouseWheelMsg{X: rnd.IntN(w), Y: rnd.IntN(h), Button: tea.MouseWheelDown})
				case n == 3:
					d.Hurry(tea.PasteMsg{Content: "\xff\xfe\x1b[2J paste"}, tea.FocusMsg{}, tea.BlurMsg{})
				case n == 4:
					w, h = 120, 34
					d.Hurry(tea.WindowSizeMsg{Width: w, Height: h})
				default:
					d.Hurry(tuitest.Key(names[rnd.IntN(len(names))]))
				}
				checkFrame(t, d.Content(), w, h)
				d.Ended = nil // ctrl+z
			}
			d.Resize(120, 34).Press("esc", "esc", "esc", "esc")
			for range 8 {
				d.Press("q")
			}
			d.ExpectEnd(tea.QuitMsg{})
		})
	}
}
