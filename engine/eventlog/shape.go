package eventlog

import (
	"encoding/binary"
	"math"
)

// The fields of an event that may stand word for word in its record.
const (
	fieldID = iota
	fieldStream
	fieldVersion
	fieldTime
	fieldRecorded
	fieldCorrelation
	fieldCausation
	fieldMeta
	fieldPayload
	fieldCount
)

// How a field is kept.
const (
	formNone   uint8 = iota // the event has none
	formRecord              // in the record, so many bytes behind the end of the field before it
	formApart               // in columns of its own
	formSame                // as the last text of that field that was kept apart
	formCut                 // in the record, and cut out of it: ids lie together, because they compress otherwise than the rest
	formSlot                // where the record's mould says: the gap is a value's number, or a place, and the size another place
)

// Flags of a shape.
const (
	flagSameRecord uint8 = 1 << iota
	flagOthers
	flagNextPlace // the record follows the one before it in the same source
	flagExtra
)

// varies stands for a number that differs from event to event: it is in a column instead.
const varies = math.MinInt32

// shape is all that many events of a block have in common: their type, how each field is kept, and where in the record it
// stands. Records that a program wrote have a shape or two for each type.
type shape struct {
	gaps, sizes [fieldCount]int32
	tail        int32 // bytes of the record behind the last field
	typ         uint32
	mould       uint32 // of the record, from 1; 0 = it is kept whole
	zone, rzone int16  // of the time and of the recorded time
	kind, rkind uint8
	numbering   uint8
	flags       uint8
	forms       [fieldCount + 3]uint8 // three are padding: shapes are compared as bytes
}

func isText(field int) bool {
	return field == fieldID || field == fieldStream || field == fieldCorrelation || field == fieldCausation
}

// sized reports whether a field of that form has a size.
func sized(field int, form uint8) bool {
	switch field {
	case fieldVersion, fieldTime, fieldRecorded:
		return false
	case fieldMeta, fieldPayload:
		return placed(form)
	}
	return form != formNone && form != formSame && form != formSlot
}

func placed(form uint8) bool { return form == formRecord || form == formCut || form == formSlot }

func appendVarying(dst []byte, n int32) []byte {
	if n == varies {
		return append(dst, 0)
	}
	return binary.AppendUvarint(dst, uint64(uint32(n<<1^n>>31))+1)
}

func (r *reader) varying() int32 {
	u := r.uint()
	if u == 0 {
		return varies
	}
	u--
	if u > math.MaxUint32-1 { // that would be varies itself
		r.bad = true
		return 0
	}
	return int32(uint32(u)>>1) ^ -int32(u&1)
}

func (s *shape) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(s.typ))
	dst = binary.AppendUvarint(dst, uint64(s.mould))
	dst = append(dst, s.flags, s.numbering, s.kind, s.rkind)
	dst = binary.AppendVarint(dst, int64(s.zone))
	dst = binary.AppendVarint(dst, int64(s.rzone))
	dst = appendVarying(dst, s.tail)
	for i := range fieldCount {
		dst = append(dst, s.forms[i])
		if placed(s.forms[i]) {
			dst = appendVarying(dst, s.gaps[i])
		}
		if sized(i, s.forms[i]) {
			dst = appendVarying(dst, s.sizes[i])
		}
	}
	return dst
}

func (r *reader) shape() shape {
	s := shape{typ: uint32(min(r.uint(), math.MaxUint32)), mould: uint32(min(r.uint(), math.MaxUint32))}
	s.flags, s.numbering, s.kind, s.rkind = r.byte(), r.byte(), r.byte(), r.byte()
	s.zone, s.rzone = int16(r.int()), int16(r.int())
	s.tail = r.varying()
	for i := range fieldCount {
		if s.forms[i] = r.byte(); s.forms[i] > formSlot {
			r.bad = true
		}
		if placed(s.forms[i]) {
			s.gaps[i] = r.varying()
		}
		if sized(i, s.forms[i]) {
			s.sizes[i] = r.varying()
		}
	}
	return s
}
