package eventlog

import "bytes"

// crossings are the ways in which a literal may lie in the records of a mould without lying in one value: in a gap, or over the
// ends of values. What a value then has to begin with, to end with or to be is looked for in its column, ends included.
type crossings struct {
	inGap    bool
	patterns []pattern
}

type pattern struct {
	slot int
	*Literal
}

// cross adds a literal's ways.
func (c *crossings) cross(l *Literal, gaps [][]byte) {
	for i, gap := range gaps {
		c.inGap = c.inGap || l.Index(gap) >= 0
		if i+1 == len(gaps) {
			break
		}
		// It begins in the gap before the value …
		for n := 1; n < len(l.text) && n <= len(gap); n++ {
			if l.same(gap[len(gap)-n:], l.text[:n]) {
				c.value(l, i, gaps, l.text[n:], true)
			}
		}
		// … or in the value.
		c.value(l, i, gaps, l.text, false)
	}
}

// value adds the ways in which the text from a value's beginning, or from anywhere in it, goes to its end and on; and, from its
// beginning, to anywhere in it.
func (c *crossings) value(l *Literal, slot int, gaps [][]byte, text []byte, begins bool) {
	start := []byte{slotEnd}
	least := 0
	if begins {
		c.add(l, slot, append(start, text...))
	} else {
		start, least = nil, 1 // nothing of it in the value is the gap's
	}
	for n := least; n < len(text); n++ {
		if l.goesOn(text[n:], gaps[slot+1], slot+2 == len(gaps)) {
			want := append(bytes.Clone(start), text[:n]...)
			c.add(l, slot, append(want, slotEnd))
		}
	}
}

// goesOn reports whether a text may stand from a gap's beginning on. Last says that nothing stands behind the gap.
func (l *Literal) goesOn(text, gap []byte, last bool) bool {
	if len(text) <= len(gap) {
		return l.same(gap[:len(text)], text)
	}
	return !last && l.same(gap, text[:len(gap)])
}

func (c *crossings) add(l *Literal, slot int, text []byte) {
	c.patterns = append(c.patterns, pattern{slot, NewLiteral(string(text), l.folded)})
}
