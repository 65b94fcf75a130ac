package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"asof/ui/tui/style"
)

// Piece is a drawn rectangle and where it belongs.
type Piece struct {
	X, Y, W, H int
	Text       string // H lines of W columns
}

// Place puts pieces that do not overlap onto a screen of w by h cells. What no piece covers is blank.
func Place(w, h int, pieces ...Piece) string {
	rows := make([]strings.Builder, max(h, 0))
	used := make([]int, len(rows))
	for _, p := range byColumn(pieces) {
		y := p.Y
		for line := range strings.SplitSeq(p.Text, "\n") {
			if p.W <= 0 || y >= p.Y+p.H || y >= len(rows) || p.X < used[y] {
				break
			}
			rows[y].WriteString(string(blanks(p.X - used[y])))
			rows[y].WriteString(line)
			used[y] = p.X + p.W
			y++
		}
	}
	var b strings.Builder
	for y := range rows {
		if y > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(rows[y].String())
		b.WriteString(string(blanks(max(w-used[y], 0))))
	}
	return b.String()
}

// byColumn orders pieces from left to right; there are few.
func byColumn(pieces []Piece) []Piece {
	out := append([]Piece(nil), pieces...)
	for i := range out {
		for j := i; j > 0 && out[j].X < out[j-1].X; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// Shade is a drawn screen with all its colours taken out and dimmed, to stand behind a dialog.
func Shade(screen string, st *style.Styles) string {
	out := make([]byte, 0, len(screen))
	for i, line := range strings.Split(ansi.Strip(screen), "\n") {
		if i > 0 {
			out = append(out, '\n')
		}
		out = st.Shade.Append(out, line)
	}
	return string(out)
}

// Overlay lays a piece over a drawn screen: a dialog over panes.
func Overlay(screen string, p Piece) string {
	lines := strings.Split(screen, "\n")
	for i, line := range strings.Split(p.Text, "\n") {
		y := p.Y + i
		if i >= p.H || y < 0 || y >= len(lines) {
			continue
		}
		left := ansi.TruncateWc(lines[y], p.X, "")
		left += string(blanks(p.X - ansi.StringWidthWc(left)))
		right := after(lines[y], p.X+p.W)
		lines[y] = left + "\x1b[m" + line + right
	}
	return strings.Join(lines, "\n")
}

// after is the line from column x on. A wide character that begins before x leaves a blank.
func after(line string, x int) string {
	want := ansi.StringWidthWc(line) - x
	if want <= 0 {
		return ""
	}
	right := ansi.TruncateLeftWc(line, x, "")
	if ansi.StringWidthWc(right) > want {
		right = ansi.TruncateLeftWc(line, x+1, "")
	}
	return string(blanks(want-ansi.StringWidthWc(right))) + right
}
