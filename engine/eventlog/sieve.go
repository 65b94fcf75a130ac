package eventlog

import "bytes"

// sieve passes over columns of a block in which none of some literals can be, since their characters are others: those of ids, times and
// numbers, which are most of the bytes. Each of such a column's values is then an empty text. Or it passes over those that are said not to
// be wanted, of which nothing is left.
type sieve struct {
	literals []*Literal
	wanted   func(cols []byte) []bool // says of each column whether it is, given those of the events; nil = all are
	of       []bool                   // what it said
	passed   []bool                   // over which of the block's columns; those at the end may be missing
	column   int                      // the number of the one at hand
}

// ask asks which columns are wanted.
func (s *sieve) ask(cols []byte) {
	if s != nil && s.wanted != nil {
		s.of = s.wanted(cols)
	}
}

// unwanted reports whether the column at hand is not wanted; a nil sieve wants all.
func (s *sieve) unwanted() bool { return s != nil && s.column < len(s.of) && !s.of[s.column] }

// none reports whether none of the literals can be in texts of certain characters.
func (s *sieve) none(has func(c byte) bool) bool {
	if len(s.literals) == 0 {
		return false
	}
	for _, l := range s.literals {
		if l.made(has) {
			return false
		}
	}
	for len(s.passed) <= s.column {
		s.passed = append(s.passed, false)
	}
	s.passed[s.column] = true
	return true
}

// over reports whether a column was passed over; a nil sieve passes over none.
func (s *sieve) over(column int) bool { return s != nil && column < len(s.passed) && s.passed[column] }

// made reports whether the literal is made of certain characters only.
func (l *Literal) made(has func(c byte) bool) bool {
	for _, c := range l.text {
		if !has(c) && !(l.folded && 'a' <= c && c <= 'z' && has(c-'a'+'A')) {
			return false
		}
	}
	return true
}

func (f *figures) has(c byte) bool {
	return isDigit(c) || c == '-' || c == '.' || bytes.IndexByte(f.before, c) >= 0 || bytes.IndexByte(f.after, c) >= 0
}

func (m *moments) has(c byte) bool {
	return isDigit(c) || c == '-' || c == ':' || c == '.' || c == m.between || bytes.IndexByte(m.after, c) >= 0
}

func (t *template) has(c byte) bool {
	return alphabets[t.alphabet].number[c] != 0xff || bytes.IndexByte(t.text[:t.size], c) >= 0
}

// empty makes n empty values.
func (y *untyping) empty(n int) bool { return y.repeat(slotEnds, n) }
