package scan

import (
	"strings"

	"asof/engine/ingest"
)

// Fixed is the mapping of a format that names its fields itself: for each field the names at the top that fill it, the first
// that a record has and that is not null. Members that fill nothing become metadata. What is given otherwise replaces a field.
func Fixed(t *Table, names map[string][]string, given map[string]string, zone string) (*Mapping, error) {
	if err := checkFields(given); err != nil {
		return nil, err
	}
	m := &Mapping{paths: map[string][][]string{}, closed: true, Days: dayOrders[given[fieldDates]]}
	for _, field := range Fields() {
		f := ingest.Field{Name: field, Why: "fixed by the format"}
		path, overridden := given[field]
		own := names[field]
		switch {
		case overridden && (len(own) == 0 || path != pointerOf(own[:1])):
			f.Why = "given"
			if resolved := t.resolve(path); resolved != nil {
				m.paths[field] = [][]string{resolved}
			}
		default:
			for _, name := range own {
				m.paths[field] = append(m.paths[field], []string{name})
			}
			if len(own) > 1 {
				f.Why += ", else " + strings.Join(own[1:], ", else ")
			}
		}
		if path := m.Path(field); path != nil {
			f.Path = pointerOf(path)
		}
		m.Fields = append(m.Fields, f)
	}
	if path := t.resolve(given[FieldClock]); path != nil {
		m.paths[FieldClock] = [][]string{path}
		m.Fields = append(m.Fields, ingest.Field{Name: FieldClock, Path: pointerOf(path), Why: "given"})
	}
	m.assumeZone(t, zone)
	return m, nil
}
