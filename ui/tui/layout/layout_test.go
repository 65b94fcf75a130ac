package layout

import (
	"strings"
	"testing"
)

// draw is the frame as a picture, scaled to a tenth: each region filled with its letter.
func draw(f Frame) string {
	const sx, sy = 5, 2
	var b strings.Builder
	for y := 0; y < f.H; y += sy {
		b.WriteByte('\n')
		for x := 0; x < f.W; x += sx {
			b.WriteByte(letter(f, x, y))
		}
	}
	return b.String() + "\n"
}

func letter(f Frame, x, y int) byte {
	for _, r := range []struct {
		Rect
		c byte
	}{{f.Title, '='}, {f.Footer, '_'}, {f.Events, 'e'}, {f.State, 'S'}, {f.Detail, 'd'}, {f.Watch, 'w'}, {f.Timeline, 't'}} {
		if r.Has(x, y) {
			return r.c
		}
	}
	return '.'
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h int
		p    Preferences
		want string
	}{
		{"wide", 120, 34, Preferences{Detail: true, Focus: Events}, `
========================
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
tttttttttttttttttttttttt
tttttttttttttttttttttttt
tttttttttttttttttttttttt
`},
		{"narrow, state", 80, 24, Preferences{Focus: State}, `
================
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
SSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSS
tttttttttttttttt
tttttttttttttttt
tttttttttttttttt
`},
		{"narrow, events", 80, 24, Preferences{Focus: Events}, `
================
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
SSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSS
tttttttttttttttt
tttttttttttttttt
tttttttttttttttt
`},
		{"narrow, detail", 80, 24, Preferences{Focus: Detail}, `
================
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
eeeeeeeeeeeeeeee
dddddddddddddddd
dddddddddddddddd
dddddddddddddddd
dddddddddddddddd
dddddddddddddddd
tttttttttttttttt
tttttttttttttttt
tttttttttttttttt
`},
		{"smallest", 60, 15, Preferences{Focus: Timeline}, `
============
SSSSSSSSSSSS
SSSSSSSSSSSS
SSSSSSSSSSSS
SSSSSSSSSSSS
tttttttttttt
tttttttttttt
____________
`},
		{"full", 120, 24, Preferences{Focus: Events, Size: Full}, `
========================
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
tttttttttttttttttttttttt
tttttttttttttttttttttttt
tttttttttttttttttttttttt
`},
		{"half", 120, 24, Preferences{Focus: Events, Size: Half, NoHints: true}, `
========================
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
eeeeeeeeeeeeeeeSSSSSSSSS
tttttttttttttttttttttttt
tttttttttttttttttttttttt
`},
		{"watch", 120, 34, Preferences{Detail: true, Focus: State, Watch: true, Watches: 2}, `
========================
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeeSSSSSSSSSSSSSS
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
eeeeeeeeeedddddddddddddd
wwwwwwwwwwwwwwwwwwwwwwww
wwwwwwwwwwwwwwwwwwwwwwww
wwwwwwwwwwwwwwwwwwwwwwww
wwwwwwwwwwwwwwwwwwwwwwww
tttttttttttttttttttttttt
tttttttttttttttttttttttt
tttttttttttttttttttttttt
`},
		{"compare", 120, 24, Preferences{Compare: true}, `
========================
eeeeeeeeeeeeeeeeeeeeeeee
eeeeeeeeeeeeeeeeeeeeeeee
SSSSSSSSSSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSSSSSSSSSS
SSSSSSSSSSSSSSSSSSSSSSSS
tttttttttttttttttttttttt
tttttttttttttttttttttttt
tttttttttttttttttttttttt
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := draw(New(c.w, c.h, c.p)); got != c.want {
				t.Errorf("got%swant%s", got, c.want)
			}
		})
	}
}

// TestEveryCellBelongsToOneRegion sweeps over sizes and preferences.
func TestEveryCellBelongsToOneRegion(t *testing.T) {
	for w := MinWidth; w <= 220; w += 7 {
		for h := MinHeight; h <= 70; h += 3 {
			for i := range 6 * 3 * 16 {
				p := Preferences{
					Focus: Pane(i % 6), Size: Size(i / 6 % 3), Detail: i/18&1 > 0, NoHints: i/18&2 > 0, Compare: i/18&4 > 0, Watch: i/18&8 > 0, Watches: i % 7,
				}
				if p.Focus == Watch {
					p.Watch = true // as the screen has it
				}
				check(t, New(w, h, p), p)
			}
		}
	}
}

func check(t *testing.T, f Frame, p Preferences) {
	t.Helper()
	area := 0
	for _, r := range []Rect{f.Title, f.Events, f.State, f.Detail, f.Watch, f.Timeline, f.Footer} {
		if r.Empty() {
			continue
		}
		area += r.W * r.H
		if r.X < 0 || r.Y < 0 || r.X+r.W > f.W || r.Y+r.H > f.H {
			t.Errorf("%d x %d %+v: %+v lies outside", f.W, f.H, p, r)
		}
	}
	if area != f.W*f.H {
		t.Errorf("%d x %d %+v: regions cover %d of %d cells:%s", f.W, f.H, p, area, f.W*f.H, draw(f))
	}
	if focus := p.Focus; focus != None && (focus != Detail || !p.Compare) && f.Rect(focus).Empty() {
		t.Errorf("%d x %d %+v: the focused pane is not shown", f.W, f.H, p)
	}
	for _, pane := range f.Shown() {
		least := 4
		if pane == Watch { // one row will do
			least = 3
		}
		if r := f.Rect(pane); r.W < 20 || r.H < least || f.At(r.X, r.Y) != pane {
			t.Errorf("%d x %d %+v: pane %d is %+v", f.W, f.H, p, pane, r)
		}
	}
	if inside := f.Watch.H - 2; p.Watch && (f.WatchRows < 1 || f.WatchRows > inside) {
		t.Errorf("%d x %d %+v: %d rows of watches in %d", f.W, f.H, p, f.WatchRows, inside)
	}
	if f.Timeline.Empty() {
		t.Errorf("%d x %d %+v: no timeline", f.W, f.H, p)
	}
}

func TestTooSmall(t *testing.T) {
	for _, size := range [][2]int{{59, 40}, {200, 14}, {1, 1}, {0, 0}, {-3, 5}} {
		f := New(size[0], size[1], Preferences{})
		if !f.TooSmall || len(f.Shown()) != 0 || f.At(0, 0) != None {
			t.Errorf("%v: %+v", size, f)
		}
	}
}

func TestCenter(t *testing.T) {
	f := New(100, 30, Preferences{})
	if got := f.Center(40, 10); got != (Rect{30, 10, 40, 10}) {
		t.Errorf("%+v", got)
	}
	if got := f.Center(400, 100); got != (Rect{0, 0, 100, 30}) {
		t.Errorf("%+v", got)
	}
	if got := (Rect{2, 3, 10, 5}).Inside(); got != (Rect{3, 4, 8, 3}) {
		t.Errorf("%+v", got)
	}
}
