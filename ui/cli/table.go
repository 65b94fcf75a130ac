package cli

import (
	"asof/ui/present"
)

// table prints rows in aligned columns. To stay a stream, whatever the length of the listing, it aligns a screenful at a
// time: a column never narrows, so that only a wider value moves the columns after it.
type table struct {
	app    *app
	heads  []string
	right  map[int]bool // columns that are numbers
	widths []int
	held   [][]present.Safe
}

const screenful = 200

// table starts a listing. A head that begins with > is of a column of numbers.
func (a *app) table(heads ...string) *table {
	a.page()
	t := &table{app: a, right: map[int]bool{}, widths: make([]int, len(heads))}
	for i, head := range heads {
		if head[0] == '>' {
			t.right[i], head = true, head[1:]
		}
		t.heads = append(t.heads, head)
	}
	return t
}

// row adds a row of texts as the log has them.
func (t *table) row(cells ...string) error {
	row := make([]present.Safe, len(cells))
	for i, c := range cells {
		row[i] = present.Text(c)
	}
	t.held = append(t.held, row)
	if len(t.held) < screenful {
		return nil
	}
	return t.flush()
}

// close prints what is left.
func (t *table) close() error { return t.flush() }

func (t *table) flush() error {
	rows := t.held
	t.held = nil
	if t.heads != nil && len(rows) > 0 {
		head := make([]present.Safe, len(t.heads))
		for i, h := range t.heads {
			head[i] = present.Text(h)
		}
		rows = append([][]present.Safe{head}, rows...)
		t.heads = nil
	}
	for _, row := range rows {
		for i, c := range row {
			t.widths[i] = max(t.widths[i], present.Width(c))
		}
	}
	for _, row := range rows {
		if err := t.print(row); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) print(row []present.Safe) error {
	var line present.Safe
	for i, c := range row {
		switch {
		case t.right[i]:
			line += present.PadLeft(c, t.widths[i])
		case i == len(row)-1:
			line += c
		default:
			line += present.PadRight(c, t.widths[i])
		}
		if i < len(row)-1 {
			line += "  "
		}
	}
	_, err := t.app.out.WriteString(string(line) + "\n")
	return err
}
