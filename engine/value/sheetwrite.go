package value

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unsafe"
)

// Scribe is told what a brief does to a sheet: the same writes, in the same order, that a Doc would have.
type Scribe interface {
	// Wrote is told of a write when it is done: what stands at the place, and what stood there before, nil for nothing. Whole says that
	// the value is the same to the letter: nothing was written.
	Wrote(at Place, op Op, whole bool, old, now *Leaf)
}

// Takes reports whether what a brief says can be done to the sheet, and makes it ready for that. If not, it takes a Doc.
func (s *Sheet) Takes(brief []byte) bool {
	if len(s.text) > 1<<18 && len(s.text) > 8*s.size.texts || len(s.leaves) > 2*maxLeaves {
		if row := s.AppendBinary(nil); !s.Load(row, maxLeaves) {
			return false
		}
	}
	s.refresh()
	n := tokensOf(brief)
	return (len(s.leaves) == 0 || s.leaves[0].kind == Object) && s.countable(brief[briefHead:briefHead+n*tokenBytes], int(brief[3]))
}

// Apply does what a brief says that the sheet takes (what stands behind it does not matter), as the event with the given stamp, and
// tells the scribe.
func (s *Sheet) Apply(stamp uint64, brief []byte, told Scribe) {
	n := tokensOf(brief)
	tokens := brief[briefHead : briefHead+n*tokenBytes]
	a := sheetFold{Sheet: s, told: told, tokens: tokens, off: uint32(len(s.text))}
	texts := binary.LittleEndian.Uint32(brief[4:])
	s.text = append(s.text, brief[briefHead+len(tokens):][:texts]...)
	s.stamp = stamp
	if len(s.leaves) == 0 {
		a.add(0, 0, uint32(Object))
		s.bare = Leaf{kind: Object}
		told.Wrote(0, Add, false, nil, &s.bare) // what it holds are writes of their own
	}
	a.merge(1, 0, n)
}

// countable reports whether where tokens count, there is something to count with. There are so many that do, or, if it is
// mostCounts, more.
func (s *Sheet) countable(tokens []byte, counts int) bool {
	for ; counts > 0 && len(tokens) > 0; tokens = tokens[tokenBytes:] {
		word := binary.LittleEndian.Uint64(tokens)
		if uint32(word>>32)&7 != tokenCount {
			continue
		}
		if counts < mostCounts {
			counts--
		}
		n := s.find(Place(word))
		if n == 0 {
			continue
		}
		ok := false
		if leaf := &s.leaves[n-1]; word>>32>>tokenSize > 0 {
			ok = leaf.kind == Number && leaf.size <= mostAdded && !bytes.ContainsAny(s.bytes(leaf), "eE")
		} else {
			_, ok = s.count(leaf)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (s *Sheet) count(n *Leaf) (int64, bool) {
	if n.kind >= Array || n.kind <= Bool {
		return 0, false
	}
	text := s.bytes(n)
	i, err := strconv.ParseInt(unsafe.String(unsafe.SliceData(text), len(text)), 10, 64)
	return i, err == nil
}

// find is the leaf at a place, or 0.
func (s *Sheet) find(at Place) uint32 {
	if sp := s.at[at]; sp.gen == s.gen {
		return sp.leaf
	}
	return 0
}

// sheetFold is the running event. Tokens are taken in their order, so that their texts follow one another from off on.
type sheetFold struct {
	*Sheet
	told   Scribe
	tokens []byte
	off    uint32
}

func (a *sheetFold) token(i int) (at Place, meta uint32) {
	word := binary.LittleEndian.Uint64(a.tokens[i*tokenBytes:])
	return Place(word), uint32(word >> 32)
}

// merge does the tokens from i to end in the object above.
func (a *sheetFold) merge(above uint32, i, end int) {
	for i < end {
		at, meta := a.token(i)
		kind, size := Kind(meta&7), meta>>tokenSize
		next := i + 1
		if kind >= Array {
			next += int(size)
		}
		old := a.find(at)
		switch {
		case uint32(kind) == tokenCount:
			a.increment(above, at, old, size)
		case old == 0 && kind >= Array:
			n := a.add(above, at, meta)
			a.fill(n, i+1, next, false)
			a.told.Wrote(at, Add, false, nil, &a.leaves[n-1])
		case old == 0:
			a.addScalar(above, at, meta)
		case meta&tokenOnce != 0:
			a.off += size
		case kind == Object && meta&tokenWhole == 0 && a.leaves[old-1].kind == Object:
			a.merge(old, i+1, next)
		case kind >= Array || a.leaves[old-1].kind >= Array:
			a.replaceWhole(old, at, meta, i, next)
		default:
			a.replace(old, at, meta)
		}
		i = next
	}
}

// add puts a leaf behind the parts of above.
func (a *sheetFold) add(above uint32, at Place, meta uint32) uint32 {
	n := a.link(above, at, meta, a.stamp)
	a.bump(above)
	return n
}

func (a *sheetFold) addScalar(above uint32, at Place, meta uint32) {
	n := a.add(above, at, meta)
	a.told.Wrote(at, Add, false, nil, &a.leaves[n-1])
}

// link puts a leaf behind the parts of above.
func (a *sheetFold) link(above uint32, at Place, meta uint32, stamp uint64) uint32 {
	s := a.Sheet
	s.layout = nil
	s.leaves = append(s.leaves, Leaf{})
	n := uint32(len(s.leaves))
	leaf := &s.leaves[n-1]
	leaf.place, leaf.above, leaf.stamp = at, above, stamp
	a.scalar(leaf, meta)
	s.at[at] = spot{s.gen, n}
	s.size.nodes++
	if s.leaves[n-1].kind >= Array {
		s.size.containers++
	}
	if above == 0 {
		return n
	}
	up := &s.leaves[above-1]
	if up.last == 0 {
		up.first = n
	} else {
		s.leaves[up.last-1].next = n
	}
	up.last = n
	up.size++
	if up.kind == Object {
		s.size.members++
	}
	return n
}

// scalar gives a leaf the value of a token, parts apart, and takes the token's text.
func (a *sheetFold) scalar(n *Leaf, meta uint32) {
	n.kind, n.plain, n.size, n.off, n.Memo = Kind(meta&7), meta&(7|tokenPlain) == uint32(String)|tokenPlain, 0, 0, 0
	if n.kind >= Array {
		return
	}
	n.off, n.size = a.off, meta>>tokenSize
	a.off += n.size
	if n.kind >= Number {
		a.size.texts += int(n.size)
	}
}

// fill gives a new array or object its parts. Kept says that they have the stamps of what stands at their places.
func (a *sheetFold) fill(above uint32, i, end int, kept bool) {
	for i < end {
		at, meta := a.token(i)
		stamp := a.stamp
		if kept {
			stamp = a.leaves[a.find(at)-1].stamp
		}
		n := a.link(above, at, meta, stamp)
		i++
		if Kind(meta&7) >= Array {
			a.fill(n, i, i+int(meta>>tokenSize), kept)
			i += int(meta >> tokenSize)
		}
	}
}

// replace puts a scalar in the place of a scalar.
func (a *sheetFold) replace(old uint32, at Place, meta uint32) {
	n := &a.leaves[old-1]
	same, whole := a.equal(n, meta, a.off)
	if whole {
		a.off += meta >> tokenSize
		a.told.Wrote(at, Same, true, n, n)
		return
	}
	a.former = *n
	if n.kind >= Number {
		a.size.texts -= int(n.size)
	}
	if a.scalar(n, meta); same {
		a.told.Wrote(at, Same, false, &a.former, n)
		return
	}
	a.bump(old)
	a.told.Wrote(at, Replace, false, &a.former, n)
}

// equal compares a leaf with a scalar token whose text is at off.
func (s *Sheet) equal(n *Leaf, meta, off uint32) (same, whole bool) {
	kind, size := Kind(meta&7), meta>>tokenSize
	if n.kind != kind {
		return false, false
	}
	switch kind {
	case Null:
		return true, true
	case Bool:
		return n.size == size, n.size == size
	}
	was, now := s.bytes(n), s.text[off:off+size]
	if bytes.Equal(was, now) {
		return true, true
	}
	return kind == Number && equalNumbers(unsafe.String(unsafe.SliceData(was), len(was)), unsafe.String(unsafe.SliceData(now), len(now))), false
}

// replaceWhole is replace where arrays or objects are on one side or both. The tokens are those from i to next.
func (a *sheetFold) replaceWhole(old uint32, at Place, meta uint32, i, next int) {
	c := sheetCompare{Sheet: a.Sheet, tokens: a.tokens, off: a.off, whole: true}
	same := c.value(old, i)
	if same && c.whole {
		a.off = c.off
		a.told.Wrote(at, Same, true, &a.leaves[old-1], &a.leaves[old-1])
		return
	}
	op := Replace
	if same {
		op = Same
	}
	a.layout = nil
	n := &a.leaves[old-1]
	former := *n
	if n.kind >= Number && n.kind < Array {
		a.size.texts -= int(n.size)
	}
	if n.kind >= Array {
		a.size.containers--
	}
	n.first, n.last = 0, 0
	a.scalar(n, meta)
	if n.kind >= Array {
		a.size.containers++
		a.fill(old, i+1, next, same)
	}
	if !same {
		a.bump(old)
	}
	a.former = former
	a.told.Wrote(at, op, false, &a.former, &a.leaves[old-1])
	a.drop(former.first)
}

// drop takes the leaves from one on, and what is below them, out of the document.
func (s *Sheet) drop(n uint32) {
	for ; n != 0; n = s.leaves[n-1].next {
		k := &s.leaves[n-1]
		if s.at[k.place].leaf == n {
			s.at[k.place] = spot{}
		}
		s.size.nodes--
		switch k.kind {
		case Number, String:
			s.size.texts -= int(k.size)
		case Array, Object:
			s.size.containers--
		}
		if s.known[k.place].name&elemName == 0 {
			s.size.members--
		}
		s.drop(k.first)
	}
}

// increment adds the number of a token whose text has so many bytes.
func (a *sheetFold) increment(above uint32, at Place, old, size uint32) {
	add := a.text[a.off:][:size]
	after := a.off + size
	a.off = uint32(len(a.text))
	if size == 0 {
		i := int64(0)
		if old != 0 {
			i, _ = a.count(&a.leaves[old-1])
		}
		a.text = strconv.AppendInt(a.text, i+1, 10)
	} else {
		a.text = append(a.text, a.sum(old, add)...)
	}
	meta := uint32(Number) | (uint32(len(a.text))-a.off)<<tokenSize
	if old == 0 {
		a.addScalar(above, at, meta)
	} else {
		a.replace(old, at, meta)
	}
	a.off = after
}

// sum is what stands at a leaf, and a number.
func (a *sheetFold) sum(old uint32, add []byte) string {
	var was Decimal
	if old != 0 {
		if was, _ = ParseNumber(borrowed(a.bytes(&a.leaves[old-1]))); was.Sign() == 0 {
			was = Decimal{}
		}
	}
	now, _ := ParseNumber(borrowed(add))
	now, _ = was.Add(now) // both are of few digits
	return now.Text()
}

// bump moves the stamps from a leaf up to the document's.
func (s *Sheet) bump(n uint32) {
	for n != 0 && s.leaves[n-1].stamp != s.stamp {
		s.leaves[n-1].stamp = s.stamp
		n = s.leaves[n-1].above
	}
	s.changed = s.stamp
}

// sheetCompare compares a leaf and all below it with tokens.
type sheetCompare struct {
	*Sheet
	tokens []byte
	off    uint32
	whole  bool // equal to the letter, so far
}

// value compares a leaf with the value that token i begins. It stops at the first difference.
func (c *sheetCompare) value(name uint32, i int) bool {
	word := binary.LittleEndian.Uint64(c.tokens[i*tokenBytes:])
	meta := uint32(word >> 32)
	n := &c.leaves[name-1]
	if kind := Kind(meta & 7); kind < Array || n.kind != kind {
		if kind >= Array {
			return false
		}
		same, whole := c.equal(n, meta, c.off)
		c.off += meta >> tokenSize
		c.whole = c.whole && whole
		return same
	}
	count := uint32(0)
	kid := n.first
	for i, end := i+1, i+1+int(meta>>tokenSize); i < end; count++ {
		word := binary.LittleEndian.Uint64(c.tokens[i*tokenBytes:])
		there := kid
		if kid == 0 || c.leaves[kid-1].place != Place(word) {
			c.whole = false // another order, or no such part
			if there = c.find(Place(word)); there == 0 {
				return false
			}
		}
		if kid != 0 {
			kid = c.leaves[kid-1].next
		}
		if !c.value(there, i) {
			return false
		}
		if i++; Kind(uint32(word>>32)&7) >= Array {
			i += int(uint32(word>>32) >> tokenSize)
		}
	}
	return count == n.size
}
