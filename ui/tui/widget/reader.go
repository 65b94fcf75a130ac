package widget

import (
	"strings"

	"asof/ui/present"
	"asof/ui/tui/style"
)

// Reader shows a long text with its real line breaks. Each part of the text is escaped and wrapped once, when it is first
// needed, so that a text of many megabytes opens at once.
type Reader struct {
	rest  string
	lines []present.Safe
	width int
	top   int
}

// NewReader is a reader of text in lines of at most width columns.
func NewReader(text string, width int) *Reader { return &Reader{rest: text, width: max(width, 1)} }

// step is how many bytes of a line without a break are wrapped at a time.
const step = 16 << 10

// need wraps until n lines are there or the text is at its end.
func (r *Reader) need(n int) {
	for len(r.lines) < n && r.rest != "" {
		line, rest, broken := strings.Cut(r.rest, "\n")
		if len(line) > step {
			cut := step
			for cut > step-4 && line[cut]&0xc0 == 0x80 {
				cut--
			}
			line, rest, broken = line[:cut], r.rest[cut:], false
		}
		r.rest = rest
		r.wrap(present.Text(strings.TrimSuffix(line, "\r")))
		if broken && rest == "" {
			r.lines = append(r.lines, "")
		}
	}
}

// wrap adds a line.
func (r *Reader) wrap(line present.Safe) { r.lines = append(r.lines, Wrap(line, r.width)...) }

// Wrap breaks a line between words where it can, so that no part of it is wider than width columns.
func Wrap(line present.Safe, width int) []present.Safe {
	var lines []present.Safe
	for present.Width(line) > width {
		head, rest := present.Split(line, width)
		if head == "" { // a character wider than that
			head, rest = present.Split(line, 2)
		}
		if at := strings.LastIndexByte(string(head), ' '); at > len(head)/2 && rest != "" {
			head, rest = line[:at], line[at+1:]
		}
		lines = append(lines, present.Truncate(head, width))
		line = rest
	}
	return append(lines, line)
}

// ScrollBy moves the window by n lines; to the first or last one if n goes beyond.
func (r *Reader) ScrollBy(n, height int) {
	r.need(r.top + max(n, 0) + height)
	r.top = max(min(r.top+n, len(r.lines)-height), 0)
}

// First goes to the beginning.
func (r *Reader) First() { r.top = 0 }

// Last goes to the end, which wraps the whole text.
func (r *Reader) Last(height int) {
	r.need(int(^uint(0) >> 1))
	r.top = max(len(r.lines)-height, 0)
}

// Find goes to the next line after the first one shown that holds text, without regard to case where text has no capitals. It
// reports whether there is one.
func (r *Reader) Find(text string) bool {
	fold := strings.ToLower(text) == text
	for i := r.top + 1; ; i++ {
		r.need(i + 1)
		if i >= len(r.lines) {
			return false
		}
		line := string(r.lines[i])
		if fold {
			line = strings.ToLower(line)
		}
		if strings.Contains(line, text) {
			r.top = i
			return true
		}
	}
}

// Resize wraps anew for another width and keeps roughly the place.
func (r *Reader) Resize(text string, width int) *Reader {
	if width == r.width {
		return r
	}
	fresh := NewReader(text, width)
	fresh.ScrollBy(r.top*r.width/max(width, 1), 1)
	return fresh
}

// View draws the text in a box of w by h cells.
func (r *Reader) View(w, h int, s *style.Styles, box Box) string {
	inner := max(h-2, 0)
	r.need(r.top + inner + 1)
	total := uint64(len(r.lines))
	if r.rest != "" { // not all is wrapped: guess by bytes
		total += uint64(len(r.rest)/r.width) + 1
	}
	box.Scroll = &Scroll{Total: total, Top: uint64(r.top), Shown: uint64(inner)}
	sheet := NewBox(s, w, h, box)
	for i := r.top; i < len(r.lines) && !sheet.Full(); i++ {
		sheet.Row()
		sheet.Gap(1)
		sheet.Put(s.Text, r.lines[i])
	}
	return sheet.String()
}
