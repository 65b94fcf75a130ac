package value

import (
	"encoding/binary"
	"slices"
)

// Sheet is a document laid flat: the same as a Doc, without a pointer in it, for the folds that can be said by briefs. A sheet
// serves one document after the other. One goroutine at a time may use it.
type Sheet struct {
	places *Places
	known  []place // the places' list, as last seen
	leaves []Leaf  // the whole first, if there is one
	text   []byte  // what leaves' texts lie in; nothing in it is overwritten
	at     []spot  // per place: the leaf that stands there
	gen    uint32  // of the spots that count
	follow []Place // per place: what was read after it last
	size   counts

	layout *layout  // as which the leaves were loaded and still are, or nil
	order  []uint32 // room
	plain  []uint32 // 1, 2, 3…
	heads  []byte   // room

	changed uint64 // stamp of the last change
	stamp   uint64 // of the running event
	former  Leaf   // what the write at hand replaced
	bare    Leaf   // what a document begins with
}

// Leaf is a value of a sheet: a scalar, or an array or object whose parts are linked. It is good until the sheet's next Apply or Load.
type Leaf struct {
	// Memo is 0 when the leaf is given a value. It belongs to whoever is told of the writes.
	Memo  uint64
	stamp uint64
	place Place
	off   uint32 // of the text
	size  uint32 // bytes of the text, or count of parts
	above uint32 // leaves are named by their index and 1: 0 = none
	first uint32
	last  uint32
	next  uint32
	kind  Kind
	plain bool
}

type spot struct{ gen, leaf uint32 }

// maxLeaves bounds the documents that sheets are for: of a large one, loading it whole would be most of the work.
const maxLeaves = 1 << 12

// NewSheet is a sheet for documents at these places.
func NewSheet(places *Places) *Sheet { return &Sheet{places: places} }

// Exists reports whether there is a document.
func (s *Sheet) Exists() bool { return len(s.leaves) > 0 }

// Load reads a document that AppendBinary wrote. It reports false if that is none for a sheet, or has an object of more than so many
// members.
func (s *Sheet) Load(src []byte, most int) bool {
	s.begin()
	s.leaves, s.size, s.layout = s.leaves[:0], counts{}, nil
	s.text = append(s.text[:0], src...)
	r := decoder{src: s.text}
	s.changed = r.uvarint()
	nodes := r.uvarint()
	if nodes == 0 {
		return r.bad == "" && r.pos == len(src)
	}
	if nodes > maxLeaves {
		return false
	}
	s.size = counts{int(nodes), int(r.uvarint()), int(r.uvarint()), int(r.uvarint())}
	s.leaves = slices.Grow(s.leaves, int(nodes))
	l := sheetLoader{s: s, r: &r}
	l.leaf(0, 0, s.changed)
	for i := 0; i < len(s.leaves) && s.size.members > most; i++ {
		if l := &s.leaves[i]; l.kind == Object && int(l.size) > most {
			return false
		}
	}
	return r.bad == "" && r.pos == len(src) && len(s.leaves) == int(nodes)
}

// begin makes the sheet ready for another document.
func (s *Sheet) begin() {
	s.refresh()
	if s.gen++; s.gen == 0 {
		clear(s.at)
		s.gen = 1
	}
}

// refresh looks at the places that came since.
func (s *Sheet) refresh() {
	if s.known = *s.places.list.Load(); len(s.at) < len(s.known) {
		room := len(s.known) + len(s.known)/2
		s.at = append(s.at, make([]spot, room-len(s.at))...)
		s.follow = append(s.follow, make([]Place, room-len(s.follow))...)
	}
}

type sheetLoader struct {
	s    *Sheet
	r    *decoder
	last Place
}

// leaf reads the value at a place and returns its name.
func (l *sheetLoader) leaf(at Place, above uint32, aboveStamp uint64) uint32 {
	s, r := l.s, l.r
	if r.pos >= len(r.src) || len(s.leaves) >= s.size.nodes {
		r.fail("a value is missing")
		return 0
	}
	head := r.src[r.pos]
	r.pos++
	size := uint32(head >> 3)
	if size == longSize {
		size = uint32(min(r.uvarint(), 1<<32-1))
	}
	me := uint32(len(s.leaves) + 1)
	s.leaves = s.leaves[:me] // Load has made room for all
	n := &s.leaves[me-1]     // each field by itself: a literal would be put together elsewhere, and be waited for
	n.Memo, n.place, n.off, n.size, n.above = 0, at, uint32(r.pos), size, above
	n.first, n.last, n.next, n.kind, n.plain = 0, 0, 0, kindOf[head&7], head&7 == codePlain
	switch n.kind {
	case Bool:
		n.off, n.size = 0, uint32(4+(1-head&7+codeFalse)) // its text is never looked at
	case Number, String:
		if int(size) > len(r.src)-r.pos {
			r.fail("a text is cut off")
			return 0
		}
		r.pos += int(size)
	}
	n.stamp = aboveStamp - r.uvarint()
	s.at[at] = spot{s.gen, me}
	l.last = at
	if n.kind >= Array {
		l.parts(me, at, n.kind, n.stamp, size)
	}
	return me
}

var kindOf = [8]Kind{codeNull: Null, codeFalse: Bool, codeTrue: Bool, codeNumber: Number, codePlain: String, codeString: String, codeArray: Array, codeObject: Object}

func (l *sheetLoader) parts(me uint32, at Place, kind Kind, stamp uint64, size uint32) {
	s := l.s
	last := uint32(0)
	for i := range size {
		if l.r.bad != "" {
			return
		}
		name := elemName | i
		if kind == Object {
			name = uint32(l.r.uvarint())
		} else if i >= maxItem {
			l.r.fail("a long array")
			return
		}
		guess := s.follow[l.last]
		if k := &s.known[guess]; k.above != at || k.name != name {
			from := l.last
			if guess = s.child(at, name); guess == NoPlace {
				l.r.fail("no room for a place")
				return
			}
			s.follow[from] = guess
		}
		kid := l.leaf(guess, me, stamp)
		if last == 0 {
			s.leaves[me-1].first = kid
		} else {
			s.leaves[last-1].next = kid
		}
		last = kid
	}
	s.leaves[me-1].last = last
}

func (s *Sheet) child(above Place, name uint32) Place {
	at := s.places.child(above, name)
	if at != NoPlace && int(at) >= len(s.known) {
		s.refresh()
	}
	return at
}

// AppendBinary appends the document as a Doc's AppendBinary does.
func (s *Sheet) AppendBinary(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, s.changed)
	if len(s.leaves) == 0 {
		return append(dst, 0)
	}
	dst = s.size.append(dst)
	return s.appendLeaf(dst, 1, s.changed)
}

func (s *Sheet) appendLeaf(dst []byte, name uint32, above uint64) []byte {
	n := &s.leaves[name-1]
	dst = appendUvarint(s.appendScalar(dst, n), above-n.stamp)
	for kid := n.first; kid != 0; {
		k := &s.leaves[kid-1]
		if n.kind == Object {
			dst = appendUvarint(dst, uint64(s.known[k.place].name))
		}
		switch {
		case k.kind >= Array:
			dst = s.appendLeaf(dst, kid, n.stamp)
		case k.kind >= Number && k.size < longSize: // most are
			dst = append(append(dst, k.code()|byte(k.size)<<3), s.bytes(k)...)
			dst = appendUvarint(dst, n.stamp-k.stamp)
		default:
			dst = appendUvarint(s.appendScalar(dst, k), n.stamp-k.stamp)
		}
		kid = k.next
	}
	return dst
}

// appendScalar appends a leaf without its stamp and parts.
func (s *Sheet) appendScalar(dst []byte, n *Leaf) []byte {
	switch n.kind {
	case Null:
		return append(dst, codeNull)
	case Bool:
		return append(dst, codeFalse+byte(5-n.size)) // true is the shorter one
	case Array:
		return appendHead(dst, codeArray, int(n.size))
	case Object:
		return appendHead(dst, codeObject, int(n.size))
	}
	return append(appendHead(dst, n.code(), int(n.size)), s.bytes(n)...)
}

func (n *Leaf) code() byte {
	switch {
	case n.kind == Number:
		return codeNumber
	case n.plain:
		return codePlain
	}
	return codeString
}

func (s *Sheet) bytes(n *Leaf) []byte { return s.text[n.off : n.off+n.size] }
