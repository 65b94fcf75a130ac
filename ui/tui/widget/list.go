package widget

// List is the window and the cursor of a list of any length; it holds no rows. Its verbs keep the cursor within the list and
// in sight. The zero List is empty.
type List struct {
	total, top, cursor, height int
}

// SetTotal says how long the list is.
func (l *List) SetTotal(n int) { l.total = max(n, 0); l.settle() }

// SetHeight says how many rows are shown.
func (l *List) SetHeight(n int) { l.height = max(n, 0); l.settle() }

// Height is how many rows are shown.
func (l *List) Height() int { return l.height }

// Total is how long the list is.
func (l *List) Total() int { return l.total }

// Top is the first row shown.
func (l *List) Top() int { return l.top }

// Cursor is the row of the cursor; 0 in an empty list.
func (l *List) Cursor() int { return l.cursor }

// Window is the rows shown: from row first up to, and without, row end.
func (l *List) Window() (first, end int) { return l.top, min(l.top+l.height, l.total) }

// Row is the row at line y of the window, and whether there is one.
func (l *List) Row(y int) (int, bool) {
	row := l.top + y
	return row, y >= 0 && y < l.height && row < l.total
}

// MoveTo puts the cursor on a row.
func (l *List) MoveTo(row int) { l.cursor = row; l.settle() }

// Move moves the cursor by n rows.
func (l *List) Move(n int) { l.MoveTo(l.cursor + n) }

// Page moves the cursor and the window by whole pages.
func (l *List) Page(n int) { l.jump(n * max(l.height-1, 1)) }

// HalfPage moves the cursor and the window by half pages.
func (l *List) HalfPage(n int) { l.jump(n * max(l.height/2, 1)) }

func (l *List) jump(rows int) {
	l.top += rows
	l.cursor += rows
	l.settle()
}

// First moves the cursor to the first row, Last to the last.
func (l *List) First() { l.MoveTo(0) }

// Last moves the cursor to the last row.
func (l *List) Last() { l.MoveTo(l.total - 1) }

// ScrollBy moves the window by n rows; the cursor is taken along only where it would leave it.
func (l *List) ScrollBy(n int) {
	l.top = min(max(l.top+n, 0), max(l.total-l.height, 0))
	l.cursor = min(max(l.cursor, l.top), max(l.top+l.height-1, l.top))
	l.settle()
}

// Center puts the cursor's row into the middle of the window.
func (l *List) Center() { l.top = l.cursor - l.height/2; l.settle() }

func (l *List) settle() {
	l.cursor = max(min(l.cursor, l.total-1), 0)
	if l.height > 0 {
		l.top = max(min(l.top, l.cursor), l.cursor-l.height+1)
	}
	l.top = max(min(l.top, l.total-l.height), 0)
}

// Scroll is the list's scroll bar.
func (l *List) Scroll() *Scroll {
	return &Scroll{Total: uint64(l.total), Top: uint64(l.top), Shown: uint64(l.height)}
}
