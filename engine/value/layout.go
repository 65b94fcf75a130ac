package value

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// A document that is put aside for a while is laid: written so that a sheet quickly takes it up again. What many documents have in
// common, the places of their values and how they are linked, is a layout, which the bytes only name.
//
//	laid  layout uvarint · changed uvarint · texts uvarint, in bytes · text… · head… · run…
//	head  of each leaf that is no array or object, with its size, as before a text in codec.go
//	run   leaves uvarint · step zigzag varint, from the stamp of the run before to theirs
//
// Leaves come in the document's order. Layouts are known as long as the places are.
type layout struct {
	number  uint32
	leaves  []Leaf   // without what they hold
	scalars []uint32 // those that are no arrays or objects
	size    counts   // but for texts
	widest  uint32   // most members of an object
}

// Of all layouts, the leaves are bounded. One is made when it is met again soon: documents each of which has members of its own would
// only use them up.
const (
	mostLaid    = 1 << 17
	metLayouts  = 1 << 12
	firstLayout = 64
)

// layouts are those of a table of places. Any number of goroutines may use them at once.
type layouts struct {
	list  atomic.Pointer[[]*layout]
	mu    sync.RWMutex // held for what follows
	bySum map[uint64]*layout
	met   [metLayouts]uint64 // sums of those that were met once
	used  int                // leaves
}

// number is a layout by its number.
func (t *layouts) number(i uint64) *layout {
	if list := t.list.Load(); list != nil && i < uint64(len(*list)) {
		return (*list)[i]
	}
	return nil
}

// of is the layout of the sheet, whose leaves come in this order, or nil.
func (t *layouts) of(s *Sheet, order []uint32) *layout {
	sum := s.layoutSum(order)
	t.mu.RLock()
	l, full := t.bySum[sum], t.used+len(order) > mostLaid
	t.mu.RUnlock()
	if l == nil && !full {
		l = t.meet(s, order, sum)
	}
	if l == nil || !l.fits(s, order) {
		return nil
	}
	return l
}

// meet makes the layout if it has been met before.
func (t *layouts) meet(s *Sheet, order []uint32, sum uint64) *layout {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.bySum[sum]; l != nil {
		return l
	}
	if seen := &t.met[sum%metLayouts]; *seen != sum {
		*seen = sum
		return nil
	}
	list := make([]*layout, 0, firstLayout)
	if had := t.list.Load(); had != nil {
		list = *had
	} else {
		t.bySum = make(map[uint64]*layout)
	}
	l := newLayout(s, order)
	l.number = uint32(len(list))
	list = append(list, l)
	t.list.Store(&list)
	t.bySum[sum] = l
	t.used += len(order)
	return l
}

// newLayout is the layout of a sheet. Leaves are linked as Load would link them.
func newLayout(s *Sheet, order []uint32) *layout {
	l := &layout{leaves: make([]Leaf, len(order)), size: s.size}
	now := make([]uint32, len(s.leaves)+1) // by name
	for i, name := range order {
		now[name] = uint32(i + 1)
	}
	for i, name := range order {
		n := &s.leaves[name-1]
		m := &l.leaves[i]
		m.place, m.above, m.next = n.place, now[n.above], now[n.next]
		if n.kind >= Array {
			m.kind, m.size, m.first, m.last = n.kind, n.size, now[n.first], now[n.last]
			if n.kind == Object {
				l.widest = max(l.widest, n.size)
			}
		} else {
			l.scalars = append(l.scalars, uint32(i))
		}
	}
	return l
}

// layoutSum is a hash of all that a layout says.
func (s *Sheet) layoutSum(order []uint32) uint64 {
	sum := uint64(len(order))
	for _, name := range order {
		n := &s.leaves[name-1]
		word := uint64(n.place) << 32
		if n.kind >= Array {
			word |= uint64(n.size)<<1 ^ uint64(n.kind)<<29
		}
		sum = (sum ^ word) * 0x9E3779B97F4A7C15
		sum ^= sum >> 29
	}
	return sum
}

// fits reports whether it is the layout of a sheet.
func (l *layout) fits(s *Sheet, order []uint32) bool {
	if len(l.leaves) != len(order) {
		return false
	}
	for i, name := range order {
		n, m := &s.leaves[name-1], &l.leaves[i]
		if n.place != m.place || (n.kind >= Array || m.kind >= Array) && (n.kind != m.kind || n.size != m.size) {
			return false
		}
	}
	return true
}

// inOrder names the leaves in the document's order.
func (s *Sheet) inOrder() []uint32 {
	order := s.order[:0]
	for name := uint32(1); name != 0; {
		order = append(order, name)
		n := &s.leaves[name-1]
		next := n.first
		for next == 0 && name != 1 {
			if next = n.next; next == 0 {
				name = n.above
				n = &s.leaves[name-1]
			}
		}
		name = next
	}
	s.order = order
	return order
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
	was := s.changed
	for i := 0; i < len(order); {
		from, stamp := i, s.leaves[order[i]-1].stamp
		for i++; i < len(order) && s.leaves[order[i]-1].stamp == stamp; i++ {
		}
		dst = appendUvarint(dst, uint64(i-from))
		dst = binary.AppendVarint(dst, int64(stamp-was))
		was = stamp
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
	stamp := changed
	for i := 0; i < len(s.leaves) && r.bad == ""; {
		n := r.uvarint()
		step, size := binary.Varint(src[r.pos:])
		if size <= 0 || n == 0 || n > uint64(len(s.leaves)-i) {
			return false
		}
		r.pos += size
		stamp += uint64(step)
		for range n {
			s.leaves[i].stamp = stamp
			i++
		}
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
