package scan

import (
	"fmt"
	"strings"

	"asof/engine/event"
	"asof/engine/ingest"
)

// Mapping says which path of a record fills which field of its event.
type Mapping struct {
	Fields []ingest.Field        // one for each of Fields()
	paths  map[string][][]string // per filled field: the first of these that a record has
	closed bool                  // the format fixes its fields: null is absent, and what fills nothing is metadata
	order  string
	zone   string
	Days   event.DayOrder // how to read dates that do not say which of two numbers is the month
}

// Path is the first path of a field, and nil if nothing fills it.
func (m *Mapping) Path(field string) []string {
	if paths := m.paths[field]; len(paths) > 0 {
		return paths[0]
	}
	return nil
}

// Verdict is the mapping's part of a reader's verdict.
func (m *Mapping) Verdict() ingest.Verdict {
	return ingest.Verdict{Fields: m.Fields, Order: m.order, Zone: m.zone}
}

// assumeZone notes the zone if times are read that name none.
func (m *Mapping) assumeZone(t *Table, zone string) {
	if col := t.at(m.Path(FieldTime)); col != nil {
		if seen := col.times(m.Days); seen.zoned < seen.read {
			m.zone = zone
		}
	}
}

// chooser decides a mapping over a sample, field by field.
type chooser struct {
	table *Table
	given map[string]string
	used  map[*Column]bool
	m     *Mapping
	notes map[string]string // why a good name was passed over, per field

	envelope string // the member in which the event is, if the record only wraps it; else ""
}

// Choose decides the mapping for a sample: what is given, else by candidate names and by what the values look like. Zone names
// the zone that times without one are read in. The error is a field that does not exist.
func Choose(t *Table, given map[string]string, zone string) (*Mapping, error) {
	c := &chooser{table: t, given: given, used: map[*Column]bool{}, notes: map[string]string{},
		m: &Mapping{paths: map[string][][]string{}}}
	if err := checkFields(given); err != nil {
		return nil, err
	}
	c.m.Days = dayOrders[given[fieldDates]]
	for _, path := range given {
		if col := t.lookup(path); col != nil && path != "" {
			c.used[col] = true
		}
	}
	c.envelope = c.wrapping()
	for _, field := range Fields() {
		c.field(field)
		if field != FieldTime {
			continue
		}
		if err := c.takeClock(t.at(c.m.Path(FieldTime))); err != nil {
			return nil, err
		}
	}
	if c.m.Path(FieldSequence) != nil {
		c.m.order = "sequence"
	}
	c.m.assumeZone(t, zone)
	return c.m, nil
}

// checkFields refuses a mapping of a field that does not exist.
func checkFields(given map[string]string) error {
	known := strings.Join(Fields(), " ")
	for field, path := range given {
		if field == FieldClock {
			continue
		}
		if field == fieldDates {
			if dayOrders[path] == event.DaysUnsaid {
				return fmt.Errorf("mapping: dates=%s: write dates=dmy if the day comes first, dates=mdy if the month does", path)
			}
			continue
		}
		if field == "" || !strings.Contains(" "+known+" ", " "+field+" ") {
			return fmt.Errorf("mapping: there is no field %q; the fields are %s", field, known)
		}
	}
	return nil
}

func (c *chooser) field(field string) {
	if path, found := c.given[field]; found {
		c.take(field, c.table.resolve(path), false, c.givenWhy(path))
		if col := c.table.lookup(path); col != nil && field == FieldTime {
			c.takeDates(c.times(col))
		}
		return
	}
	switch field {
	case FieldTime:
		c.time()
	case FieldID:
		c.pick(field, c.isID)
	case FieldStream:
		c.stream()
	case FieldType:
		c.typ()
	case FieldVersion:
		c.pick(field, c.isVersion)
	case FieldSequence:
		c.pick(field, c.isSequence)
	case FieldRecorded:
		c.pick(field, c.isRecorded)
	case FieldCorrelation, FieldCausation:
		c.pick(field, func(col *Column) (bool, string) { return col.filled() > 0, "" })
	case FieldData:
		c.pick(field, c.isData)
	case FieldMetadata:
		c.pick(field, func(col *Column) (bool, string) { return col.holds(Object)+col.jsonTexts() > 0, "" })
	}
}

// GivenButAbsent is why a field has a path that was given, but that the sample does not have.
const GivenButAbsent = "given; none of the first records has it"

func (c *chooser) givenWhy(path string) string {
	switch {
	case path == "":
		return "given: none"
	case c.table.lookup(path) == nil && c.table.Records > 0:
		return GivenButAbsent
	}
	return "given"
}

// take fixes a field. A nil path means that nothing fills it.
func (c *chooser) take(field string, path []string, guess bool, why string) {
	f := ingest.Field{Name: field, Guess: guess, Why: why}
	if path != nil {
		f.Path = pointerOf(path)
		c.m.paths[field] = [][]string{path}
		if col := c.table.at(path); col != nil {
			c.used[col] = true
		}
	}
	c.m.Fields = append(c.m.Fields, f)
}

// none says that nothing fills the field.
func (c *chooser) none(field string) {
	why := "no field looks like it"
	if field == FieldData {
		why = "all fields that are nothing else"
	}
	if field == FieldStream {
		why += ": all events are one stream, named like the source"
	}
	if note := c.notes[field]; note != "" {
		why += "; " + note
	}
	c.take(field, nil, field == FieldStream, why)
}

// pick takes the first candidate that fits: first among those that at least half of the records have, then among the others.
func (c *chooser) pick(field string, fits func(*Column) (bool, string)) {
	if !c.tryPick(field, fits) {
		c.none(field)
	}
}

func (c *chooser) tryPick(field string, fits func(*Column) (bool, string)) bool {
	return c.tryNames(field, c.candidates(field), fits)
}

func (c *chooser) tryNames(field string, names []candidate, fits func(*Column) (bool, string)) bool {
	for _, usual := range []bool{true, false} {
		for _, name := range names {
			col := c.table.find(name)
			if col == nil || c.used[col] || usual && !c.present(col) {
				continue
			}
			good, why := fits(col)
			if good && field == FieldStream && (name.guess || name.name == "subject" || name.name == "key") && col.allDiffer() {
				good, why = false, "never repeats"
			}
			if !good {
				if why != "" && c.notes[field] == "" {
					c.notes[field] = col.title() + " " + why
				}
				continue
			}
			c.take(field, col.Path, name.guess || !usual, c.because(col, field))
			return true
		}
	}
	return false
}

// present reports whether at least half of the records have something in the column.
func (c *chooser) present(col *Column) bool { return 2*len(col.Rows) >= c.table.Records }

// because words a choice.
func (c *chooser) because(col *Column, field string) string {
	why := fmt.Sprintf("in %d of %d records", len(col.Rows), c.table.Records)
	if field == FieldStream || field == FieldType {
		why += ", " + differing(col.distinct())
	}
	if n := col.jsonTexts(); n > 0 && (field == FieldData || field == FieldMetadata) {
		why += fmt.Sprintf(", %d of them JSON within a text", n)
	}
	if note := c.notes[field]; note != "" {
		why += "; " + note
	}
	return why
}

// title is the column's name for a sentence.
func (c *Column) title() string { return strings.Join(c.Path, ".") }

// holds counts the cells of a kind.
func (c *Column) holds(k Kind) int {
	n := 0
	for _, cell := range c.Cells {
		if cell.Kind == k {
			n++
		}
	}
	return n
}

// at is the column at a path.
func (t *Table) at(path []string) *Column {
	if len(path) == 0 {
		return nil
	}
	return t.byName[strings.Join(path, "\x00")]
}

// lookup is the column that a user's path names, or nil.
func (t *Table) lookup(path string) *Column { return t.at(t.resolve(path)) }

// resolve reads a user's path: a name at the top, a JSON Pointer, names joined by dots, or a name in another spelling. It is
// nil for "".
func (t *Table) resolve(path string) []string {
	if path == "" {
		return nil
	}
	if t.byName[path] != nil {
		return []string{path}
	}
	if rest, ok := strings.CutPrefix(path, "/"); ok {
		tokens := strings.Split(rest, "/")
		for i, token := range tokens {
			tokens[i] = unescaped.Replace(token)
		}
		return tokens
	}
	for _, col := range t.Columns {
		if len(col.Path) == 1 && normal(col.Path[0]) == normal(path) {
			return col.Path
		}
	}
	return strings.Split(path, ".")
}

// How tokens stand in a JSON Pointer.
var (
	escaped   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaped = strings.NewReplacer("~1", "/", "~0", "~")
)

// pointerOf is a path as a JSON Pointer.
func pointerOf(path []string) string {
	var b strings.Builder
	for _, token := range path {
		b.WriteByte('/')
		b.WriteString(escaped.Replace(token))
	}
	return b.String()
}
