package event

// Mould is what the records of one program have in common: all of their bytes but for the values. Between two neighbouring
// gaps stands a value, so that a record is gap, value, gap, …, gap. In records of JSON a value is a number or a word, or what stands
// between the quotes of a text: all records of a mould have the same members at the same places.
type Mould struct {
	Gaps []string // one more than values
}

// Cast says of which mould a record is, and where in its bytes the values stand. Whoever reads records notices that anyway,
// and a log that knows it keeps the mould once and like values together.
type Cast struct {
	Mould  *Mould
	Values []Span

	// Of a record that has not been put together: what the values lie in, and from where to where the payload is.
	Text     []byte
	From, To Cut
}

// Cut is a place in a record: so many bytes behind the end of the last of so many values, which lie before it.
type Cut struct{ Values, Behind uint32 }

// Loose reports whether the record has not been put together.
func (c *Cast) Loose() bool { return c != nil && c.Text != nil }

// Size is how many bytes the record has.
func (c *Cast) Size() (n int) {
	for _, gap := range c.Mould.Gaps {
		n += len(gap)
	}
	for _, v := range c.Values {
		n += int(v.Len)
	}
	return n
}

// Payload puts the payload together, of a record that is loose; nil if it has none.
func (c *Cast) Payload() []byte {
	if c.From == c.To {
		return nil
	}
	return c.AppendPayload(nil)
}

// AppendPayload appends the payload of a record that is loose, if it has one.
func (c *Cast) AppendPayload(dst []byte) []byte {
	if c.From.Values == c.To.Values {
		return append(dst, c.Mould.Gaps[c.From.Values][c.From.Behind:c.To.Behind]...)
	}
	dst = c.join(dst, int(c.From.Values), int(c.From.Behind), int(c.To.Values))
	return append(dst, c.Mould.Gaps[c.To.Values][:c.To.Behind]...)
}

// Record puts all of it together.
func (c *Cast) Record() []byte {
	n := len(c.Values)
	return append(c.join(make([]byte, 0, c.Size()), 0, 0, n), c.Mould.Gaps[n]...)
}

// join appends what stands from a place in a gap to the end of a value.
func (c *Cast) join(dst []byte, gap, behind, values int) []byte {
	for i := gap; i < values; i++ {
		dst = append(append(dst, c.Mould.Gaps[i][behind:]...), c.Text[c.Values[i].Off:][:c.Values[i].Len]...)
		behind = 0
	}
	return dst
}
