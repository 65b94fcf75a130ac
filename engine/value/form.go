package value

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// Form is what the texts of a kind have in common whose values stand apart from what is between them: the tokens that they come to, and
// which of them have which value. None of the texts needs to be put together or read.
type Form struct {
	model  []byte
	values []formValue
}

// formValue is a scalar of the texts.
type formValue struct {
	token  int // where its token is
	number int // of the value; -1 for what is the same in all texts
	text   string
	quoted bool
}

// Extent is a run of bytes of a text.
type Extent struct{ Off, Len uint32 }

// Learn merges an object, as Merge does, and returns the form of texts that differ from it in the given values alone, or nil if that is
// not to be told. It reports false where Merge does.
func (b *Briefer) Learn(src []byte, values []Extent, avoid []Place) (f *Form, ok bool) {
	if len(src) == 0 {
		return nil, true
	}
	if len(src) > maxBrief {
		return nil, false
	}
	text := string(src)
	b.fresh = &shape{tokens: len(b.tokens)}
	ok = b.parse(text, avoid)
	s := b.fresh
	b.fresh = nil
	if !ok || s == nil {
		return nil, ok
	}
	return s.form(text, values), true
}

// form finds each value among the scalars of a text of the shape.
func (s *shape) form(text string, values []Extent) *Form {
	f := &Form{model: s.model}
	next := 0
	for i := range s.gaps {
		g := &s.gaps[i]
		start := g.from + len(g.text)
		from, end, meta := simple(text, start)
		if end < 0 {
			return nil
		}
		one := formValue{token: g.token - s.tokens, number: -1, quoted: meta&7 == uint32(String)}
		if next < len(values) && int(values[next].Off) == from && int(values[next].Off+values[next].Len) == end {
			one.number = next
			next++
		} else {
			one.text = strings.Clone(text[from:end])
			meta |= uint32(end-from) << tokenSize
			binary.LittleEndian.PutUint32(f.model[one.token+4:], meta)
		}
		f.values = append(f.values, one)
	}
	if next < len(values) {
		return nil // one is no scalar
	}
	return f
}

// Fill adds the text of a form that has the given values, each a run of text, to the brief. It reports false, and adds nothing, if a
// value is not to be told without a look at the whole.
func Fill[S ~struct{ Off, Len uint32 }](b *Briefer, f *Form, text []byte, values []S) bool {
	head, texts := len(b.tokens), len(b.texts)
	b.tokens = append(b.tokens, f.model...)
	tokens := b.tokens[head:]
	for i := range f.values {
		one := &f.values[i]
		if one.number < 0 {
			b.texts = append(b.texts, one.text...)
			continue
		}
		if one.number >= len(values) {
			return b.back(head, texts)
		}
		at := Extent(values[one.number])
		t := borrowed(text[at.Off:][:at.Len])
		meta := uint32(0)
		if one.quoted {
			if !stands(t) {
				return b.back(head, texts)
			}
			meta = uint32(String) | tokenPlain
		} else {
			var from, end int
			if from, end, meta = simple(t, 0); from != 0 || end != len(t) {
				return b.back(head, texts)
			}
		}
		binary.LittleEndian.PutUint32(tokens[one.token+4:], meta|at.Len<<tokenSize)
		b.texts = append(b.texts, t...)
	}
	return true
}

// stands reports whether a text is what stands between the quotes of a string that says it as it is.
func stands(t string) bool {
	i := firstOdd(t, 0)
	if i == len(t) {
		return true
	}
	for i < len(t) && t[i] >= utf8.RuneSelf {
		i = firstOdd(t, i+1)
	}
	return i >= len(t) && utf8.ValidString(t)
}
