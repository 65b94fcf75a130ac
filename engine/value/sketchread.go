package value

import (
	"encoding/binary"
	"unsafe"
)

// Scalar reads a scalar that AppendValue wrote, without copying its text; not ok for an array or object.
func Scalar(src []byte) (kind Kind, text string, ok bool) {
	if len(src) > 0 && int(src[0]>>3) == len(src)-1 && src[0]&7 >= codeNumber && src[0]&7 < codeArray && len(src) <= longSize {
		return kindOf[src[0]&7], borrowed(src[1:]), true
	}
	r := decoder{src: src}
	size, code := r.head()
	if r.bad != "" || code >= codeArray {
		return Absent, "", false
	}
	switch code {
	case codeNull:
		return Null, "null", true
	case codeFalse:
		return Bool, "false", true
	case codeTrue:
		return Bool, "true", true
	}
	if size != len(src)-r.pos {
		return Absent, "", false
	}
	return kindOf[code], borrowed(src[r.pos:]), true
}

// ShortSize is how many bytes a value that AppendValue wrote takes, if that can be told from its first byte; else 0.
func ShortSize(head byte) int {
	if head>>3 == longSize {
		return 0
	}
	if head&7 < codeNumber {
		return 1
	}
	return 1 + int(head>>3)
}

func borrowed(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Load draws a document that AppendBinary wrote.
func (s *Sketch) Load(src []byte, names *Names) error {
	s.Clear()
	if n := names.Len(); s.names != names || s.named != n {
		s.names, s.named = names, n
		s.top.look(names)
	}
	r := sketcher{decoder{src: src, names: names, stamped: true}, s}
	r.uvarint() // the last change
	if nodes := r.uvarint(); nodes == 0 {
		return r.err()
	}
	for range 3 {
		r.uvarint() // counts
	}
	r.value(s.top, 1)
	return r.err()
}

// look finds the names' numbers.
func (k *sketched) look(names *Names) {
	for _, kid := range k.kids {
		kid.id, kid.known = names.Find(kid.name)
		kid.look(names)
	}
}

// sketcher reads documents and passes over what is not drawn.
type sketcher struct {
	decoder
	s *Sketch
}

// value reads a value that stands where a part of the sketch does; nil where none does.
func (r *sketcher) value(at *sketched, depth int) {
	if at != nil && at.field > 0 {
		r.field(at, depth)
		return
	}
	size, code := r.head()
	switch code {
	case codeNumber, codePlain, codeString:
		r.pass(size)
	}
	r.uvarint() // stamp
	if code < codeArray || r.bad != "" {
		return
	}
	if depth > MaxDepth {
		r.fail("too deep")
		return
	}
	for range size {
		var kid *sketched
		if code == codeObject {
			id := uint32(r.uvarint())
			if at != nil {
				for _, k := range at.kids {
					if k.id == id && k.known {
						kid = k
						break
					}
				}
			}
		}
		if r.value(kid, depth+1); r.bad != "" {
			return
		}
	}
}

func (r *sketcher) pass(size int) {
	if size > len(r.src)-r.pos {
		r.fail("a text is cut off")
		return
	}
	r.pos += size
}

// field reads a value that is drawn.
func (r *sketcher) field(at *sketched, depth int) {
	from := r.pos
	size, code := r.head()
	if code >= codeArray {
		r.pos = from
		r.s.Put(at.field-1, r.whole(depth))
		return
	}
	text := ""
	switch code {
	case codeNull:
		text = "null"
	case codeFalse:
		text = "false"
	case codeTrue:
		text = "true"
	default:
		start := r.pos
		if r.pass(size); r.bad != "" {
			return
		}
		text = borrowed(r.src[start : start+size])
	}
	r.uvarint() // stamp
	r.s.PutText(at.field-1, kindOf[code], text)
}

// whole reads an array or object with all that is in it.
func (r *sketcher) whole(depth int) *Node {
	size, code := r.head()
	n := &Node{kind: kindOf[code]}
	switch code {
	case codeNull:
		n.text = "null"
	case codeFalse:
		n.text = "false"
	case codeTrue:
		n.text = "true"
	case codeNumber, codePlain, codeString:
		start := r.pos
		if r.pass(size); r.bad == "" {
			n.text = borrowed(r.src[start : start+size])
		}
	}
	r.uvarint() // stamp
	if code < codeArray || r.bad != "" {
		return n
	}
	if depth > MaxDepth || size > len(r.src)-r.pos {
		r.fail("a count is too large")
		return n
	}
	n.body = &body{kids: make([]*Node, 0, size)}
	for range size {
		if code == codeObject {
			name, ok := r.names.Name(uint32(min(r.uvarint(), 1<<32-1)))
			if !ok {
				r.fail("no such name")
			}
			n.body.names = append(n.body.names, name)
		}
		kid := r.whole(depth + 1)
		if r.bad != "" {
			return n
		}
		n.body.kids = append(n.body.kids, kid)
	}
	return n
}

// Append encodes the fields, so that LoadFields reads them back.
func (s *Sketch) Append(dst []byte, names *Names) []byte {
	for i := range s.leaves {
		n := s.Field(i)
		if n == nil {
			dst = append(dst, 0)
			continue
		}
		from := len(dst)
		dst = binary.AppendUvarint(append(dst, 1), 0) // room for a short size
		dst = AppendValue(dst, n, names)
		if size := len(dst) - from - 2; size < 0x80 {
			dst[from+1] = byte(size)
		} else {
			text := AppendValue(nil, n, names)
			dst = append(binary.AppendUvarint(dst[:from+1], uint64(len(text))), text...)
		}
	}
	return dst
}

// LoadFields draws what Append encoded. Texts of scalars are those of src.
func (s *Sketch) LoadFields(src []byte, names *Names) error {
	r := decoder{src: src}
	for i := range s.leaves {
		if r.pos >= len(src) {
			r.fail("a field is missing")
			return r.err()
		}
		there := src[r.pos]
		if r.pos++; there == 0 {
			s.Put(i, nil)
			continue
		}
		size := r.uvarint()
		if size > uint64(len(src)-r.pos) || r.bad != "" {
			r.fail("a field is cut off")
			return r.err()
		}
		text := src[r.pos : r.pos+int(size)]
		r.pos += int(size)
		if kind, t, ok := Scalar(text); ok {
			s.PutText(i, kind, t)
			continue
		}
		n, err := DecodeValue(text, names)
		if err != nil {
			return err
		}
		s.Put(i, n)
	}
	return r.err()
}
