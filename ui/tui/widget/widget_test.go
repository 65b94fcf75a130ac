package widget

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"asof/ui/present"
	"asof/ui/tui/style"
)

// assertSize checks that a drawing has exactly h lines of exactly w columns, by both ways to count them.
func assertSize(t interface {
	Helper()
	Errorf(string, ...any)
}, drawn string, w, h int) {
	t.Helper()
	w, h = max(w, 0), max(h, 0)
	if h == 0 {
		if drawn != "" {
			t.Errorf("%q, want nothing", drawn)
		}
		return
	}
	lines := strings.Split(drawn, "\n")
	if len(lines) != h {
		t.Errorf("%d lines, want %d:\n%s", len(lines), h, drawn)
	}
	for i, line := range lines {
		if a, b := ansi.StringWidthWc(line), ansi.StringWidth(line); a != w || b != w {
			t.Errorf("line %d is %d or %d columns wide, want %d: %q", i, a, b, w, line)
		}
	}
}

var themes = []style.Options{{Dark: true}, {NoColor: true}, {ASCII: true}}

func TestSheetsHaveTheirSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := style.New(rapid.SampledFrom(themes).Draw(t, "theme"))
		w, h := rapid.IntRange(-1, 40).Draw(t, "w"), rapid.IntRange(-1, 9).Draw(t, "h")
		text := rapid.Map(rapid.String(), present.Text)
		sheet := NewSheet(st, w, h)
		if rapid.Bool().Draw(t, "box") {
			sheet = NewBox(st, w, h, Box{
				Title: text.Draw(t, "title"), Right: text.Draw(t, "right"), Foot: text.Draw(t, "foot"), Focused: true,
				Scroll: &Scroll{Total: rapid.Uint64().Draw(t, "total"), Top: rapid.Uint64().Draw(t, "top"), Shown: 3,
					Marks: []ScrollMark{{Row: rapid.Uint64().Draw(t, "mark"), Glyph: "!"}}},
			})
		}
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			n := rapid.IntRange(-3, 50).Draw(t, "n")
			switch rapid.IntRange(0, 9).Draw(t, "verb") {
			case 0:
				sheet.Row()
			case 1:
				sheet.RowOn(st.Select)
			case 2:
				sheet.Put(st.Bad, text.Draw(t, "text"))
			case 3:
				sheet.Cell(st.Bad, text.Draw(t, "text"), n)
			case 4:
				sheet.CellRight(st.Bad, text.Draw(t, "text"), n)
			case 5:
				sheet.CellMiddle(st.Bad, text.Draw(t, "text"), n)
			case 6:
				sheet.To(n)
			case 7:
				sheet.Leader(st.Dim, "─", n)
			case 8:
				TreeCell(sheet, st, n, "▸", text.Draw(t, "text"), st.Text, rapid.IntRange(-2, 30).Draw(t, "cells"))
			case 9:
				Bars(sheet, st, []uint64{1, 0, 7, 1 << 60}, 2, n, 3)
			}
		}
		assertSize(t, sheet.String(), w, h)
	})
}

func TestBoxIsDrawnAsInTheDesign(t *testing.T) {
	st := style.New(style.Options{})
	sheet := NewBox(st, 30, 4, Box{Title: "Events", Right: "12 of 40", Foot: "esc closes"})
	sheet.Row()
	sheet.Put(st.Text, "hello")
	want := "╭ Events ───────── 12 of 40 ─╮\n" +
		"│hello                       │\n" +
		"│                            │\n" +
		"╰─────────────── esc closes ─╯"
	if got := ansi.Strip(sheet.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestScrollBarIsAMap(t *testing.T) {
	st := style.New(style.Options{})
	sheet := NewBox(st, 6, 12, Box{Scroll: &Scroll{Total: 100, Top: 90, Shown: 10, Marks: []ScrollMark{{Row: 0, Glyph: "'"}}}})
	lines := strings.Split(ansi.Strip(sheet.String()), "\n")
	if !strings.HasSuffix(lines[1], "'") || !strings.HasSuffix(lines[10], "┃") || !strings.HasSuffix(lines[5], "│") {
		t.Errorf("%q", lines)
	}
}

func TestListKeepsItsCursorInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l List
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			n := rapid.IntRange(-30, 130).Draw(t, "n")
			switch rapid.IntRange(0, 9).Draw(t, "verb") {
			case 0:
				l.SetTotal(n)
			case 1:
				l.SetHeight(n / 6)
			case 2:
				l.MoveTo(n)
			case 3:
				l.Move(n)
			case 4:
				l.Page(n / 10)
			case 5:
				l.HalfPage(n / 10)
			case 6:
				l.First()
			case 7:
				l.Last()
			case 8:
				l.ScrollBy(n)
			case 9:
				l.Center()
			}
			first, end := l.Window()
			if l.Total() > 0 && (l.Cursor() < 0 || l.Cursor() >= l.Total()) {
				t.Fatalf("cursor %d of %d", l.Cursor(), l.Total())
			}
			if l.Total() > 0 && end > first && (l.Cursor() < first || l.Cursor() >= end) {
				t.Fatalf("cursor %d outside %d … %d", l.Cursor(), first, end)
			}
			if first < 0 || end > l.Total() || first > end && end > 0 {
				t.Fatalf("window %d … %d of %d", first, end, l.Total())
			}
		}
	})
}

func TestListPaging(t *testing.T) {
	var l List
	l.SetTotal(100)
	l.SetHeight(10)
	l.Page(1)
	if l.Top() != 9 || l.Cursor() != 9 {
		t.Errorf("page down: %+v", l)
	}
	l.ScrollBy(20)
	if l.Top() != 29 || l.Cursor() != 29 {
		t.Errorf("wheel: %+v", l)
	}
	l.Last()
	if first, end := l.Window(); first != 90 || end != 100 {
		t.Errorf("last: %d %d", first, end)
	}
	if row, ok := l.Row(3); row != 93 || !ok {
		t.Errorf("row under the mouse: %d %v", row, ok)
	}
	if s := l.Scroll(); s.Total != 100 || s.Top != 90 || s.Shown != 10 {
		t.Errorf("%+v", s)
	}
}

func TestBars(t *testing.T) {
	st := style.New(style.Options{})
	sheet := NewSheet(st, 12, 2)
	Bars(sheet, st, []uint64{0, 1, 4, 16, 64, 256, 1024, 1_000_000}, 2, 3, 0)
	want := "        ▁   \n  ▁▁▁▁▁█    "
	got := ansi.Strip(sheet.String())
	if lines := strings.Split(got, "\n"); strings.TrimSpace(lines[0]) != "█" || lines[1] != "  ▁▁▁▁▁▁█   " {
		t.Errorf("got\n%s\nnot\n%s", got, want)
	}
	for _, c := range []struct {
		counts []uint64
		want   []int
	}{{[]uint64{0, 1, 25, 100}, []int{0, 1, 4, 8}}, {[]uint64{0, 0}, []int{0, 0}}, {[]uint64{1, 1_000_000}, []int{1, 8}}} {
		if got := barHeights(c.counts, 8); !slices.Equal(got, c.want) {
			t.Errorf("%v of %v", got, c.counts)
		}
	}
}

func TestReader(t *testing.T) {
	r := NewReader("first line\r\n\r\nthe second one is too long for it\nend\n", 12)
	r.need(100)
	want := []present.Safe{"first line", "", "the second", "one is too", "long for it", "end", ""}
	if len(r.lines) != len(want) {
		t.Fatalf("%q", r.lines)
	}
	for i := range want {
		if strings.TrimRight(string(r.lines[i]), " ") != string(want[i]) {
			t.Errorf("line %d is %q, want %q", i, r.lines[i], want[i])
		}
	}
	if !r.Find("LONG") && !r.Find("long") {
		t.Error("long is not found")
	}
	if r.top != 4 {
		t.Errorf("found at %d", r.top)
	}
	if r.Find("nowhere") {
		t.Error("nowhere is found")
	}
	r.Last(3)
	if r.top != 4 {
		t.Errorf("last at %d", r.top)
	}
	r.First()
	r.ScrollBy(2, 3)
	assertSize(t, r.View(16, 5, style.New(style.Options{}), Box{Title: "Text"}), 16, 5)
}

func TestReaderOpensAHugeTextAtOnce(t *testing.T) {
	r := NewReader(strings.Repeat("x", 64<<20), 80)
	r.View(84, 30, style.New(style.Options{}), Box{})
	if len(r.lines) > 1000 {
		t.Errorf("%d lines are wrapped for the first screen", len(r.lines))
	}
}

func TestReaderLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab 東\t\x1b"))).Draw(t, "text")
		w := rapid.IntRange(2, 12).Draw(t, "w")
		r := NewReader(text, w)
		r.need(1 << 20)
		var got strings.Builder
		for _, line := range r.lines {
			got.WriteString(strings.ReplaceAll(string(line), " ", ""))
			if present.Width(line) > w {
				t.Errorf("%q is wider than %d", line, w)
			}
		}
		if want := strings.ReplaceAll(string(present.Text(text)), " ", ""); got.String() != want {
			t.Errorf("%q, want %q", got.String(), want)
		}
	})
}

func TestPlace(t *testing.T) {
	got := Place(9, 3, Piece{X: 4, Y: 0, W: 3, H: 2, Text: "BBB\nbbb"}, Piece{X: 0, Y: 0, W: 4, H: 3, Text: "AAAA\naaaa\nAAAA"})
	if want := "AAAABBB  \naaaabbb  \nAAAA     "; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOverlay(t *testing.T) {
	st := style.New(style.Options{Dark: true})
	screen := st.Bad.Render("one 東京 two") + "\n" + strings.Repeat("x", 12) + "\n" + strings.Repeat("y", 12)
	got := Overlay(screen, Piece{X: 5, Y: 0, W: 4, H: 2, Text: "[==]\n[  ]"})
	assertSize(t, got, 12, 3)
	if want := "one  [==]two\nxxxxx[  ]xxx\nyyyyyyyyyyyy"; ansi.Strip(got) != want {
		t.Errorf("got\n%s\nwant\n%s", ansi.Strip(got), want)
	}
	shaded := Shade(screen, st)
	assertSize(t, shaded, 12, 3)
	if ansi.Strip(shaded) != ansi.Strip(screen) {
		t.Errorf("shade changed the text:\n%s", shaded)
	}
}

func TestPrompt(t *testing.T) {
	st := style.New(style.Options{})
	in := NewInput(":")
	in.SetValue("goto 12\x1b[31m 東京")
	for w := -1; w < 40; w++ {
		sheet := NewSheet(st, 30, 1)
		sheet.Row()
		p := in.Prompt("ghost")
		p.Draw(sheet, st, w)
		assertSize(t, sheet.String(), 30, 1)
		if at := p.CaretAt(w); at < 0 || at > max(w-1, 0) {
			t.Errorf("cursor at %d of %d", at, w)
		}
	}
	sheet := NewSheet(st, 12, 1)
	sheet.Row()
	Prompt{Label: "/", Text: "refunded twice", Caret: 14}.Draw(sheet, st, 12)
	if got := ansi.Strip(sheet.String()); got != "/ ded twice " {
		t.Errorf("%q", got)
	}
}

func TestMatched(t *testing.T) {
	st := style.New(style.Options{Dark: true})
	sheet := NewSheet(st, 20, 1)
	sheet.Row()
	Matched(sheet, "order-481", []int{0, 6, 99, -1}, st.Dim, st.Bad, 8)
	got := sheet.String()
	assertSize(t, got, 20, 1)
	if want := st.Bad.Render("o") + st.Dim.Render("rder-") + st.Bad.Render("4") + st.Dim.Render("…"); !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFuzzy(t *testing.T) {
	items := []string{"step", "step-stream", "compare", "mark"}
	if got := Fuzzy("", items); len(got) != 4 || got[3].Index != 3 {
		t.Errorf("%v", got)
	}
	if got := Fuzzy("sst", items); len(got) != 1 || got[0].Index != 1 || len(got[0].At) != 3 {
		t.Errorf("%v", got)
	}
}
