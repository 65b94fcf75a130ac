package scan

import (
	"slices"
	"strings"

	"asof/engine/event"
)

// Cell is one value of a sample: what kind it is, and its text if it is a string (decoded), a number or a boolean.
type Cell struct {
	Kind Kind
	Text string
}

// scalar reports whether the cell can name something.
func (c Cell) scalar() bool {
	return c.Kind == String && c.Text != "" || c.Kind == Number || c.Kind == Bool
}

// Column is what stands at one path in a sample's records.
type Column struct {
	Path  []string
	Rows  []int32 // the records that have it, ascending
	Cells []Cell  // theirs

	names [2]string // by which it may be called; made when first asked for
}

// Table is a sample of records, by columns: the names at the top, and those one and two levels below.
type Table struct {
	Records int
	Columns []*Column // in the order of their first appearance
	byName  map[string]*Column
}

// maxColumns bounds a table; further names are not looked at. A level below the top has half of what the one above may have, so
// that objects with ids for names leave room.
const (
	maxColumns = 2000
	maxDepth   = 3
)

// NewTable is an empty sample.
func NewTable() *Table { return &Table{byName: map[string]*Column{}} }

// column finds or makes the column at parent (nil for the top) and name.
func (t *Table) column(parent []string, name string) *Column {
	key := name
	if len(parent) > 0 {
		key = strings.Join(parent, "\x00") + "\x00" + name
	}
	if c, found := t.byName[key]; found {
		return c
	}
	if len(t.Columns) >= maxColumns>>len(parent) {
		return nil
	}
	c := &Column{Path: append(slices.Clip(parent), strings.Clone(name))}
	t.byName[strings.Clone(key)] = c
	t.Columns = append(t.Columns, c)
	return c
}

// set puts a cell of the table's last record. If the name repeats, the last one counts.
func (t *Table) set(c *Column, cell Cell) {
	if c == nil {
		return
	}
	row := int32(t.Records - 1)
	if n := len(c.Rows); n > 0 && c.Rows[n-1] == row {
		c.Cells[n-1] = cell
		return
	}
	c.Rows = append(c.Rows, row)
	c.Cells = append(c.Cells, cell)
}

// AddObject adds a scanned record.
func (t *Table) AddObject(raw []byte, members []Member) {
	t.Records++
	t.add(nil, raw, members)
}

// add adds the members of an object at path, and theirs.
func (t *Table) add(path []string, raw []byte, members []Member) {
	for _, m := range members {
		col := t.column(path, nameOf(raw, m))
		switch t.set(col, cellOf(raw, m)); {
		case col == nil:
		case m.Kind == Object:
			t.addInside(col.Path, raw[m.Value:m.End])
		case m.Kind == String && boxesJSON(raw[m.Value:m.End]):
			t.addInside(col.Path, []byte(m.Text(raw)))
		}
	}
}

// addInside adds what is inside the object at path, to maxDepth.
func (t *Table) addInside(path []string, object []byte) {
	if len(path) >= maxDepth {
		return
	}
	var inner Scanner
	if _, err := inner.Scan(object, 0); err == nil {
		t.add(path, object, inner.Members)
	}
}

// AddRow adds a row of a table with the given columns; empty cells have kind Null, and those of kind Object or Array are JSON.
func (t *Table) AddRow(names []string, cells []Cell) {
	t.Records++
	for i, name := range names {
		col := t.column(nil, name)
		if t.set(col, cells[i]); col != nil && cells[i].Kind == Object {
			t.addInside(col.Path, []byte(cells[i].Text))
		}
	}
}

func nameOf(raw []byte, m Member) string {
	if m.KeyEscaped {
		return string(AppendUnquoted(nil, raw[m.Key:m.KeyEnd]))
	}
	return view(raw[m.Key:m.KeyEnd])
}

func cellOf(raw []byte, m Member) Cell {
	return Cell{m.Kind, textOf(raw, m)}
}

// Text is the text of a scalar in raw: a string decoded, a number or a boolean as it stands; "" for null, lists and objects.
func (m Member) Text(raw []byte) string { return textOf(raw, m) }

// textOf is a scalar's text; "" for null, lists and objects.
func textOf(raw []byte, m Member) string {
	switch m.Kind {
	case String:
		if m.ValueEscaped {
			return string(AppendUnquoted(nil, raw[m.Value+1:m.End-1]))
		}
		return view(raw[m.Value+1 : m.End-1])
	case Number, Bool:
		return view(raw[m.Value:m.End])
	}
	return ""
}

// find is the column whose name is the candidate's, preferring the one that most records have, and of an object that only says what
// kind of value it holds, the value.
func (t *Table) find(c candidate) *Column {
	var best *Column
	for _, col := range t.Columns {
		if !col.called(c.name) {
			continue
		}
		if best == nil || len(col.Rows) > len(best.Rows) || len(col.Rows) == len(best.Rows) && len(col.Path) > len(best.Path) && col.boxed() {
			best = col
		}
	}
	return best
}

// called reports whether the column's name is the given normal one. A dot within a name separates words, or leads into an
// object that was flattened.
func (c *Column) called(name string) bool {
	if c.names[0] == "" {
		own := normal(c.Path[0])
		c.names = [2]string{own, strings.ReplaceAll(own, "/", "")}
		for _, below := range c.Path[1:] {
			c.names[1] = own
			own += "/" + normal(below)
			c.names[0] = own
		}
		if len(c.Path) > 1 && !c.boxed() {
			c.names[1] = own
		}
	}
	return name == c.names[0] || name == c.names[1]
}

// boxed reports whether the column is the only member that matters of objects that say what kind of value they hold, as exports
// of MongoDB and DynamoDB and the JSON of Avro do. It has the name of these too.
func (c *Column) boxed() bool {
	switch c.Path[len(c.Path)-1] {
	case "$oid", "$date", "$numberLong", "$numberInt", "$numberDecimal", "$uuid", "S", "N", "string", "long", "int":
		return len(c.Path) > 1
	}
	return false
}

// filled is how many cells hold a scalar.
func (c *Column) filled() int {
	n := 0
	for _, cell := range c.Cells {
		if cell.scalar() {
			n++
		}
	}
	return n
}

// distinct is how many different scalars the column holds.
func (c *Column) distinct() int {
	seen := make(map[string]struct{}, 64)
	for _, cell := range c.Cells {
		if cell.scalar() {
			seen[cell.Text] = struct{}{}
		}
	}
	return len(seen)
}

// usual reports whether at least half of the records have a scalar here.
func (c *Column) usual(t *Table) bool { return 2*c.filled() >= t.Records }

// times is what a column looks like as times.
type times struct {
	read, unread int
	zoned        int
	guessed      int // numbers, whose unit is a guess
	inversions   int
	differ       bool
	days         event.DayOrder
	first, last  event.Time // of all that were read, by the clock
}

// times reads the column's scalars, days and months in the given order where a date does not say it.
func (c *Column) times(days event.DayOrder) times {
	out := times{days: days}
	clock := Clock{Days: days}
	var last event.Time
	for _, cell := range c.Cells {
		if !cell.scalar() {
			continue
		}
		t, mark := clock.TimeOf(cell.Text, cell.Kind)
		if mark.Has(event.BadTime) {
			out.unread++
			continue
		}
		if out.read == 0 {
			out.first, out.last = t, t
		}
		if out.read++; t.Zoned() {
			out.zoned++
		}
		if mark.Has(event.GuessedUnit) {
			out.guessed++
		}
		if t.Before(last) {
			out.inversions++
		}
		if t.Before(out.first) {
			out.first = t
		}
		if t.After(out.last) {
			out.last = t
		}
		last = t
	}
	out.differ = out.first.Compare(out.last) != 0
	return out
}
