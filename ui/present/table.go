package present

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Column is a column of a table.
type Column struct {
	Head   Safe
	Right  bool // numbers: padded on their left
	Middle bool // names: cut in their middle
	Most   int  // widest it may become; 0 = no limit
}

// Table writes rows in aligned columns. It measures the first rows and goes on as they come, so that a listing of any length
// takes little memory. A cell that is far wider than those of its column moves the rest of its own row only.
type Table struct {
	out     io.Writer
	width   int
	columns []Column
	widths  []int
	held    [][]Safe // rows not yet written
	begun   bool
}

// measured is how many rows are looked at before the first one is written.
const measured = 200

// NewTable is a table that is written to out. Lines are cut at width columns; 0 means that nothing is cut.
func NewTable(out io.Writer, width int, columns ...Column) *Table {
	t := &Table{out: out, width: width, columns: columns, widths: make([]int, len(columns))}
	for i, c := range columns {
		t.widths[i] = Width(c.Head)
	}
	return t
}

// Row adds a row; cells that are missing are blank.
func (t *Table) Row(cells ...Safe) error {
	t.held = append(t.held, cells)
	if len(t.held) < measured {
		return nil
	}
	return t.flush()
}

// Close writes what is held. A table without a row writes nothing, not even its head.
func (t *Table) Close() error { return t.flush() }

func (t *Table) flush() error {
	if len(t.held) == 0 {
		return nil
	}
	t.measure()
	var b strings.Builder
	if !t.begun {
		t.begun = true
		t.head(&b)
	}
	for _, row := range t.held {
		t.line(&b, row)
	}
	t.held = t.held[:0]
	if _, err := io.WriteString(t.out, b.String()); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}

// wide is how wide a cell may be, whatever its column's others are, without being far wider than they.
const wide = 60

// measure widens the columns to what is held; they never become narrower. A cell that is far wider than most of its column's is
// left out.
func (t *Table) measure() {
	for i := range t.widths {
		var widths []int
		for _, row := range t.held {
			if i < len(row) {
				widths = append(widths, Width(row[i]))
			}
		}
		slices.Sort(widths)
		for _, w := range widths {
			if w <= max(wide, 4*widths[len(widths)/2]) {
				t.widths[i] = max(t.widths[i], w)
			}
		}
	}
	for i, c := range t.columns {
		if c.Most > 0 {
			t.widths[i] = min(t.widths[i], max(c.Most, Width(c.Head)))
		}
	}
}

func (t *Table) head(b *strings.Builder) {
	row := make([]Safe, len(t.columns))
	any := false
	for i, c := range t.columns {
		row[i], any = c.Head, any || c.Head != ""
	}
	if any {
		t.line(b, row)
	}
}

func (t *Table) line(b *strings.Builder, row []Safe) {
	var line strings.Builder
	for i, c := range t.columns {
		var cell Safe
		if i < len(row) {
			cell = row[i]
		}
		if i > 0 {
			line.WriteString("  ")
		}
		line.WriteString(string(c.fit(cell, t.widths[i])))
	}
	text := Safe(strings.TrimRight(line.String(), " "))
	if t.width > 0 {
		text = Truncate(text, t.width)
	}
	b.WriteString(string(text))
	b.WriteByte('\n')
}

func (c Column) fit(cell Safe, w int) Safe {
	if c.Middle {
		cell = TruncateMiddle(cell, w, Ellipsis)
	}
	switch {
	case c.Most == 0 && Width(cell) > w:
		return cell
	case c.Right:
		return FitLeft(cell, w)
	}
	return Fit(cell, w)
}
