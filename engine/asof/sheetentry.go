package asof

import (
	"encoding/binary"

	"asof/engine/event"
	"asof/engine/value"

	"github.com/zeebo/xxh3"
)

// sheetEntry is entry for the writes of a sheet.
func (b *partBuilder) sheetEntry(key uint64, pos event.Position, s *value.Sheet, places *value.Places, writes []value.SheetWrite) (moved uint64) {
	b.head(pos, len(writes), false)
	weight := factor(pos)
	for i := range writes {
		w := &writes[i]
		e := b.paths.place(places, w.Place)
		if e.id == noSegment {
			b.paths.number(places.Path(w.Place), e)
		}
		number := uint64(e.id) << 3
		if w.Whole {
			b.frame = appendUvarint(b.frame, number|codeIdentical)
			continue
		}
		old, now := s.Was(w), s.Now(w)
		b.sheetWrite(number, w.Op, s, old, now)
		if w.Op != value.Same {
			k := sheetAccountant{b.paths, s, places, key, weight}
			if old.Kind != value.Absent {
				moved -= k.walk(e, old, true)
			}
			moved += k.walk(e, now, false)
		}
	}
	return moved
}

func (b *partBuilder) sheetWrite(number uint64, op value.Op, s *value.Sheet, old, now value.Flat) {
	switch op {
	case value.Same:
		number |= codeSame
	default:
		if now.Text != nil {
			before := ""
			if now.Kind == old.Kind {
				before = borrow(old.Text)
			}
			if b.short(number, now.Kind, now.Plain(), before, borrow(now.Text)) {
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

// sheetAccountant books as accountant does.
type sheetAccountant struct {
	table  *pathTable
	sheet  *value.Sheet
	places *value.Places
	key    uint64
	weight uint64
}

// walk sums the terms of a value and of what is below it.
func (k *sheetAccountant) walk(e *pathEntry, f value.Flat, old bool) uint64 {
	sum := mix(mix(k.key, e.hash), hashFlat(f))
	if old {
		e.history -= k.weight * sum
	} else {
		e.history += k.weight * sum
		e.noteText(f.Kind, borrow(f.Text))
	}
	if f.Kind >= value.Array {
		k.sheet.Parts(f, func(at value.Place, part value.Flat) {
			sum += k.walk(k.table.placeBelow(k.places, at), part, old)
		})
	}
	return sum
}

// hashFlat is hashNode.
func hashFlat(f value.Flat) uint64 {
	switch f.Kind {
	case value.Number:
		text := borrow(f.Text)
		if digits, exp, ok := takeApart(text); ok {
			return mix(uint64(digits)^mixA, uint64(exp)^mixC)
		}
		return value.Hash(value.Num(text))
	case value.String:
		return xxh3.Hash(f.Text) + mixA
	case value.Bool:
		if f.True {
			return mix(uint64(len("true")), mixA)
		}
		return mix(uint64(len("false")), mixA)
	}
	return uint64(f.Kind) * mixB
}

// appendUvarint is binary.AppendUvarint, quicker for the small numbers that most are.
func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}
