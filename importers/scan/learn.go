package scan

import (
	"bytes"
	"encoding/binary"

	"asof/engine/event"

	"github.com/zeebo/xxh3"
)

// learn adds the mould of an object that was just scanned to the tree.
func (m *moulds) learn(s *Scanner, src []byte) {
	values, ok := valuesOf(src, m.values[:0])
	m.values = values
	if !ok || m.knots+len(values) > mostKnots || !m.again(src, values) {
		return
	}
	k, from := &m.root, 0
	for i := range len(values) + 1 {
		to, quoted := len(src), false
		if i < len(values) {
			to = int(values[i].Off)
			quoted = src[to-1] == '"'
		}
		k = m.knot(k, src[from:to], quoted, i == len(values))
		if i < len(values) {
			from = to + int(values[i].Len)
		}
	}
	if k.whole == nil {
		k.whole = newMould(s, src, values)
	}
}

// again reports whether a record has the gaps of an earlier one. What is met once is not worth a mould: of thousands of small
// files, each would have its own.
func (m *moulds) again(src []byte, values []event.Span) bool {
	if m.once == nil || len(m.once) >= mostOnce {
		m.once = map[uint64]struct{}{}
	}
	hash, from := uint64(len(values)), uint32(0)
	for _, v := range values {
		hash = hash*0x9e3779b97f4a7c15 ^ xxh3.Hash(src[from:v.Off])
		from = v.Off + v.Len
	}
	hash = hash*0x9e3779b97f4a7c15 ^ xxh3.Hash(src[from:])
	_, again := m.once[hash]
	m.once[hash] = struct{}{}
	return again
}

// knot is the knot below k of that gap, made if there is none.
func (m *moulds) knot(k *knot, gap []byte, quoted, last bool) *knot {
	for _, next := range k.next {
		if bytes.Equal(next.gap, gap) && next.quoted == quoted && (next.whole != nil) == last {
			return next
		}
	}
	next := &knot{gap: bytes.Clone(gap), quoted: quoted}
	var head [8]byte
	n := copy(head[:], gap)
	next.head = binary.LittleEndian.Uint64(head[:])
	next.mask = ^uint64(0) >> (64 - 8*n)
	if len(gap) > 8 {
		next.tail = binary.LittleEndian.Uint64(gap[len(gap)-8:])
	}
	for _, c := range gap {
		next.high = next.high || c >= 0x80
	}
	k.next = append(k.next, next)
	m.knots++
	return next
}

func newMould(s *Scanner, src []byte, values []event.Span) *mould {
	known := &mould{repeated: s.Notes.RepeatedKey}
	from := uint32(0)
	for _, v := range values {
		known.Gaps = append(known.Gaps, string(src[from:v.Off]))
		from = v.Off + v.Len
	}
	known.Gaps = append(known.Gaps, string(src[from:]))
	known.lines = bytes.Count(src, newline)
	for i := range s.Members {
		known.members = append(known.members, memberIn(values, &s.Members[i]))
	}
	return known
}

// memberIn is a member by its places among the values.
func memberIn(values []event.Span, m *Member) mouldMember {
	t := mouldMember{kind: m.Kind, keyEscaped: m.KeyEscaped, sole: -1}
	t.key, t.keyEnd = placeOf(values, m.Key), placeOf(values, m.KeyEnd)
	t.value, t.end = placeOf(values, m.Value), placeOf(values, m.End)
	if m.Kind != Object && m.Kind != Array {
		t.sole = t.value.value + 1
	}
	return t
}

// placeOf is a place in the gaps as a distance from the value before it.
func placeOf(values []event.Span, at uint32) place {
	p := place{-1, at}
	for i, v := range values {
		end := v.Off + v.Len
		if end > at {
			break
		}
		p = place{i, at - end}
	}
	return p
}

// valuesOf appends where the values of a JSON object stand: the inside of texts, numbers and words. The object was scanned
// before. Ok is false if there are too many.
func valuesOf(src []byte, dst []event.Span) (values []event.Span, ok bool) {
	for i := 0; i < len(src); {
		from := i
		switch c := src[i]; {
		case c == '"':
			end := endOfText(src, i)
			i = end
			if next := space(src, end); next < len(src) && src[next] == ':' {
				continue
			}
			from, end = from+1, end-1
			dst = append(dst, event.Span{Off: uint32(from), Len: uint32(end - from)})
		case c == '-' || c-'0' <= 9 || c == 't' || c == 'f' || c == 'n':
			i, _ = scalar(src, i)
			dst = append(dst, event.Span{Off: uint32(from), Len: uint32(i - from)})
		default:
			i++
		}
		if len(dst) > mostValues {
			return dst, false
		}
	}
	return dst, true
}

// endOfText is the index after the text that begins at src[i].
func endOfText(src []byte, i int) int {
	for i++; src[i] != '"'; i++ {
		if src[i] == '\\' {
			i++
		}
	}
	return i + 1
}
