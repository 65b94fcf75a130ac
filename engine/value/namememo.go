package value

// memoNames is how many names a journal remembers.
const memoNames = 128

// nameMemo remembers names of a table, so that most look-ups cost a comparison: names that came from the table are the very
// same texts.
type nameMemo struct {
	table *Names
	slots []memoName
}

type memoName struct {
	name string // the table's own text
	id   uint32
}

func (m *nameMemo) slot(table *Names, name string) *memoName {
	if m.table != table {
		m.table, m.slots = table, make([]memoName, memoNames)
	}
	return &m.slots[spread("", name)&(memoNames-1)]
}

// find is the table's number and own text of a name that it has.
func (m *nameMemo) find(table *Names, name string) (memoName, bool) {
	s := m.slot(table, name)
	if s.name == name && name != "" {
		return *s, true
	}
	id, ok := table.Find(name)
	if !ok {
		return memoName{}, false
	}
	text, _ := table.Name(id)
	*s = memoName{text, id}
	return *s, true
}

// id is the number of a name, which is added if it is new. A nil memo remembers nothing.
func (m *nameMemo) id(table *Names, name string) uint32 {
	if m != nil {
		if known, ok := m.find(table, name); ok {
			return known.id
		}
	}
	return table.ID(name)
}
