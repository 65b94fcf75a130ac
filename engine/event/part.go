package event

// Span is a run of bytes in a record's original bytes.
type Span struct{ Off, Len uint32 }

// Part says where a JSON text lies. Most payloads stand word for word in the record, whole or as some of its members, so a
// log keeps the record once and the part points into it; only a payload that the importer had to build has bytes of its own.
//
// At most one of Own and Spans is set; the zero Part is an absent text.
type Part struct {
	Own     []byte // a JSON text of its own
	Spans   []Span // runs of the record
	Members bool   // the spans are `"name":value` texts, to be joined as one object; else the one span is the whole text
}

// Whole is the part that is one run of the record.
func Whole(off, length int) Part {
	return Part{Spans: []Span{{uint32(off), uint32(length)}}}
}

// Built is a part with bytes of its own.
func Built(json []byte) Part { return Part{Own: json} }

// IsZero reports whether there is no text.
func (p Part) IsZero() bool { return p.Own == nil && len(p.Spans) == 0 && !p.Members }

// In is the text, given the record's original bytes. It is a slice of raw where it can be, and nil if the part is absent.
func (p Part) In(raw []byte) []byte {
	switch {
	case p.Own != nil:
		return p.Own
	case p.Members:
		return p.join(raw)
	case len(p.Spans) == 1:
		s := p.Spans[0]
		return raw[s.Off : s.Off+s.Len : s.Off+s.Len]
	}
	return nil
}

func (p Part) join(raw []byte) []byte {
	n := 2 + len(p.Spans)
	for _, s := range p.Spans {
		n += int(s.Len)
	}
	out := append(make([]byte, 0, n), '{')
	for i, s := range p.Spans {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, raw[s.Off:s.Off+s.Len]...)
	}
	return append(out, '}')
}
