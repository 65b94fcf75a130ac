package asof

import (
	"encoding/binary"
	"slices"

	"asof/engine/event"
	"asof/engine/value"

	"github.com/zeebo/xxh3"
)

// scribe writes the entries of a sheet's events, each write as it is done, and books it.
type scribe struct {
	*partBuilder
	sheet  *value.Sheet
	places *value.Places
	key    uint64 // hash of the key at hand
	weight uint64 // of the event at hand
	moved  uint64 // by how much it moves the hash of the state
	writes int
	loose  bool // there have been writes of which stamps do not tell
	patch  patch
	entry  []byte // room
}

// apply does what a brief says that the sheet takes, and adds the entry.
func (b *scribe) apply(key uint64, pos event.Position, brief []byte) {
	b.head(pos, 0, false)
	b.key, b.weight, b.moved, b.writes = key, factor(pos), 0, 0
	head := len(b.frame)
	b.sheet.Apply(uint64(pos), brief, b)
	if n := uint64(b.writes) << 1; n < 0x80 {
		b.frame[head-1] = byte(n)
	} else {
		b.frame = slices.Replace(b.frame, head-1, head, binary.AppendUvarint(nil, n)...)
	}
}

// Wrote adds a write.
func (b *scribe) Wrote(at value.Place, op value.Op, whole bool, old, now *value.Leaf) {
	b.writes++
	e := b.paths.place(b.places, at)
	number := b.number(at, e)
	if whole {
		b.frame = appendUvarint(b.frame, number|codeIdentical)
		return
	}
	if b.patch.due && op == value.Replace && old.Stamp() > b.patch.since {
		b.patch.replaced = append(b.patch.replaced, at)
		b.sheetWrite(e, number, op, b.sheet, nil, now)
	} else {
		b.sheetWrite(e, number, op, b.sheet, old, now)
	}
	b.loose = b.loose || op == value.Same || op == value.Replace && now.Kind() == value.Object
	if op == value.Same {
		return
	}
	key := mix(b.key, e.hash)
	if old != nil {
		b.moved -= b.walk(e, key, old, true)
		if old.Kind() >= value.Array {
			e.kinds |= swapped
		}
	}
	b.moved += b.walk(e, key, now, false)
}

// number is that of a write at a place, to which its code is added.
func (b *scribe) number(at value.Place, e *pathEntry) uint64 {
	if e.id == noSegment {
		b.paths.number(b.places.Path(at), e)
	}
	return uint64(e.id) << 3
}

// sheetWrite writes what stands at a place now. Of an old value given, a text may be the end alone.
func (b *partBuilder) sheetWrite(e *pathEntry, number uint64, op value.Op, s *value.Sheet, old, now *value.Leaf) {
	switch op {
	case value.Same:
		number |= codeSame
	default:
		if text := s.Text(now); text != nil {
			before := ""
			if now.Kind() == old.Kind() {
				before = borrow(s.Text(old))
			}
			if b.short(e, number, now.Kind(), now.IsPlain(), before, borrow(text)) {
				return
			}
		}
		if op == value.Replace {
			number |= codeReplace
		}
	}
	b.frame = s.AppendValue(appendUvarint(b.frame, number), now)
}

// place is the entry of a place that a write names.
func (t *pathTable) place(places *value.Places, at value.Place) *pathEntry {
	if int(at) < len(t.byPlace) && t.byPlace[at] != nil {
		return t.byPlace[at]
	}
	p := places.Path(at)
	return t.keep(places, at, t.entry(string(p), func() uint64 { return hashPath(p) }))
}

// placeBelow is the entry of a place below one that a write names.
func (t *pathTable) placeBelow(places *value.Places, at value.Place) *pathEntry {
	if int(at) < len(t.byPlace) && t.byPlace[at] != nil {
		return t.byPlace[at]
	}
	p := places.Path(at)
	if e, ok := t.byText[string(p)]; ok {
		return t.keep(places, at, e)
	}
	if len(t.byText) >= maxPaths {
		t.over.hash = hashPath(p)
		return &t.over
	}
	return t.place(places, at)
}

func (t *pathTable) keep(places *value.Places, at value.Place, e *pathEntry) *pathEntry {
	if int(at) >= len(t.byPlace) {
		t.byPlace = append(t.byPlace, make([]*pathEntry, places.Len()+64-len(t.byPlace))...)
	}
	t.byPlace[at] = e
	return e
}

// walk books a value and what is below it, as an accountant does, and sums their terms. Key is the hash of the key at hand and the path.
func (b *scribe) walk(e *pathEntry, key uint64, n *value.Leaf, old bool) uint64 {
	sum := n.Memo
	if sum == 0 {
		sum = mix(key, hashLeaf(b.sheet, n))
		n.Memo = sum
	}
	if old {
		e.history -= b.weight * sum
	} else {
		e.history += b.weight * sum
		b.paths.note(e, n.Kind(), borrow(b.sheet.Text(n)))
	}
	if n.Kind() >= value.Array {
		b.below(n, old, &sum)
	}
	return sum
}

func (b *scribe) below(n *value.Leaf, old bool, sum *uint64) {
	b.sheet.Parts(n, func(at value.Place, part *value.Leaf) {
		e := b.paths.placeBelow(b.places, at)
		*sum += b.walk(e, mix(b.key, e.hash), part, old)
	})
}

// hashLeaf is hashNode.
func hashLeaf(s *value.Sheet, n *value.Leaf) uint64 {
	switch n.Kind() {
	case value.Number:
		text := borrow(s.Text(n))
		if digits, exp, ok := takeApart(text); ok {
			return mix(uint64(digits)^mixA, uint64(exp)^mixC)
		}
		return value.Hash(value.Num(text))
	case value.String:
		return xxh3.Hash(s.Text(n)) + mixA
	case value.Bool:
		if n.IsTrue() {
			return mix(uint64(len("true")), mixA)
		}
		return mix(uint64(len("false")), mixA)
	}
	return uint64(n.Kind()) * mixB
}

// appendUvarint is binary.AppendUvarint, quicker for the small numbers that most are.
func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}
