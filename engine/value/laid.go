package value

import (
	"encoding/binary"
	"math/bits"
)

// A document that is put aside for a while is laid: written so that a sheet quickly takes it up again. Its layout is
// not among the bytes, which only name it.
//
//	laid  layout uvarint · changed uvarint · texts uvarint, in bytes · text… · head… · run…
//	head  of each leaf that is no array or object, with its size, as before a text in codec.go
//	run   leaves << 2 | width u8 · how long before the last change they have their stamp, in 1, 2, 3 or 8 bytes
//
// Leaves come in the document's order.

// longestRun is how many leaves a run may have.
const longestRun = 63

// runWidths are the bytes of a run's number, and runMasks what they leave of eight.
var (
	runWidths = [4]int{1, 2, 3, 8}
	runMasks  = [4]uint64{1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<64 - 1}
)

// appendRun appends a run of so many leaves.
func appendRun(dst []byte, leaves int, ago uint64) []byte {
	width := min((bits.Len64(ago|1)-1)/8, 3)
	dst = append(dst, byte(leaves<<2|width))
	return binary.LittleEndian.AppendUint64(dst, ago)[:len(dst)+runWidths[width]]
}

// run reads a run; of none leaves, if there is none.
func (r *decoder) run() (leaves int, ago uint64) {
	if r.pos >= len(r.src) {
		return 0, 0
	}
	head, rest := r.src[r.pos], r.src[r.pos+1:]
	width := head & 3
	size := runWidths[width]
	switch {
	case len(rest) >= 8:
		ago = binary.LittleEndian.Uint64(rest) & runMasks[width]
	case len(rest) >= size:
		for i := range size {
			ago |= uint64(rest[i]) << (8 * i)
		}
	default:
		return 0, 0
	}
	r.pos += 1 + size
	return int(head >> 2), ago
}

// asLoaded names the leaves of a sheet whose layout is known.
func (s *Sheet) asLoaded() []uint32 {
	for n := len(s.plain); n < len(s.leaves); n++ {
		s.plain = append(s.plain, uint32(n+1))
	}
	return s.plain[:len(s.leaves)]
}

// AppendLaid appends the document for LoadLaid. It reports false if there is no layout for it, or if it has an object of more than so many
// members.
func (s *Sheet) AppendLaid(dst []byte, most int) (laid []byte, ok bool) {
	if len(s.leaves) == 0 {
		return dst, false
	}
	l, order := s.layout, []uint32(nil)
	if l != nil {
		order = s.asLoaded()
	} else if order = s.inOrder(); len(order) <= maxLeaves {
		l = s.places.layouts.of(s, order)
	}
	if l == nil || int(l.widest) > most {
		return dst, false
	}
	dst = appendUvarint(dst, uint64(l.number))
	dst = appendUvarint(dst, s.changed)
	dst = appendUvarint(dst, uint64(s.size.texts))
	dst, heads := s.appendTexts(dst, l, order)
	dst = append(dst, heads...)
	for i := 0; i < len(order); {
		from, stamp := i, s.leaves[order[i]-1].stamp
		for i++; i < len(order) && i < from+longestRun && s.leaves[order[i]-1].stamp == stamp; i++ {
		}
		dst = appendRun(dst, i-from, s.changed-stamp)
	}
	return dst, true
}

// appendTexts appends the texts of the leaves, and returns their heads. What stands together is copied at once.
func (s *Sheet) appendTexts(dst []byte, l *layout, order []uint32) (texts, heads []byte) {
	heads = s.heads[:0]
	from, to := uint32(0), uint32(0)
	for _, i := range l.scalars {
		n := &s.leaves[order[i]-1]
		switch {
		case n.kind == Null:
			heads = append(heads, codeNull)
			continue
		case n.kind == Bool:
			heads = append(heads, codeFalse+byte(5-n.size))
			continue
		case n.size < longSize:
			heads = append(heads, n.code()|byte(n.size)<<3)
		default:
			heads = appendHead(heads, n.code(), int(n.size))
		}
		if n.off != to {
			dst = append(dst, s.text[from:to]...)
			from = n.off
		}
		to = n.off + n.size
	}
	s.heads = heads
	return append(dst, s.text[from:to]...), heads
}

// LoadLaid reads a document that AppendLaid wrote, of this sheet or another one with the same places. It reports false if that is none.
func (s *Sheet) LoadLaid(src []byte) bool {
	r := decoder{src: src}
	l := s.places.layouts.number(r.uvarint())
	changed, texts := r.uvarint(), r.uvarint()
	if l == nil || texts > uint64(len(src)-r.pos) {
		return false
	}
	s.begin()
	s.changed, s.size = changed, l.size
	s.size.texts = int(texts)
	s.text = append(s.text[:0], src[r.pos:][:texts]...)
	s.leaves = append(s.leaves[:0], l.leaves...)
	for i := range s.leaves {
		s.at[s.leaves[i].place] = spot{s.gen, uint32(i + 1)}
	}
	r.pos += int(texts)
	s.loadHeads(&r, l)
	for leaves := s.leaves; len(leaves) > 0; {
		n, ago := r.run()
		if n == 0 || n > len(leaves) {
			return false
		}
		for i := range n {
			leaves[i].stamp = changed - ago
		}
		leaves = leaves[n:]
	}
	s.layout = l
	return r.bad == "" && r.pos == len(src)
}

// loadHeads gives the leaves that are no arrays or objects what they hold.
func (s *Sheet) loadHeads(r *decoder, l *layout) {
	off := uint32(0)
	for _, i := range l.scalars {
		if r.pos >= len(r.src) {
			r.fail("a value is missing")
			return
		}
		head := r.src[r.pos]
		r.pos++
		n := &s.leaves[i]
		if n.kind, n.off = kindOf[head&7], off; n.kind == Bool {
			n.size = uint32(5 - (head&7 - codeFalse))
			continue
		}
		size := uint32(head >> 3)
		if size == longSize {
			size = uint32(min(r.uvarint(), 1<<32-1))
		}
		n.plain, n.size = head&7 == codePlain, size
		off += size
	}
	if uint64(off) != uint64(s.size.texts) {
		r.fail("texts of another size")
	}
}

// Bulk is about how many bytes AppendBinary writes.
func (s *Sheet) Bulk() int { return s.size.texts + bulkNode*s.size.nodes }

// BulkOf is the part of Bulk that a leaf has, with all below it.
func (s *Sheet) BulkOf(n *Leaf) int {
	var c counts
	s.tally(&c, n)
	return c.texts + bulkNode*c.nodes
}

// bulkNode is what a leaf takes beside its text, about: a name, a head and a stamp.
const bulkNode = 4
