package scan

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"asof/engine/event"
	"asof/engine/ingest"
)

// moulds knows the records that were scanned before by what they have in common, their moulds, as a tree: a node is a gap, and
// below it stand the gaps that may follow the value behind it. JSON's grammar makes that unambiguous. A record of a known mould
// is checked gap by gap, so that only its values must be scanned; and where its members stand, which names repeat and how
// deep it nests needs no second look.
type moulds struct {
	root    knot
	knots   int
	once    map[uint64]struct{} // what was met, by a hash of its gaps
	tried   uint32              // records that were compared with the tree, and how many of them it did not know, of late
	missed  uint32
	idle    uint32       // for how many records the tree is left alone, since it knows few of them
	known   *mould       // of the record at hand, or nil
	room    *ingest.Room // that the values are lent by; or nil
	values  []event.Span
	escaped []int // which of them hold a backslash
}

// knot is a node of the tree.
type knot struct {
	head   uint64 // the gap's first 8 bytes, or all of it
	mask   uint64 // which of these count
	tail   uint64 // its last 8 bytes, if it has more
	gap    []byte
	high   bool // it has bytes beyond ASCII
	quoted bool // a text follows, without its opening quote; else a number or a word
	next   []*knot
	whole  *mould // the record ends with the gap
}

// mould is a form of records, with the members of the outermost object by the numbers of values.
type mould struct {
	event.Mould
	members  []mouldMember
	lines    int // the newlines in a record: a value has none
	repeated bool
	plan     *plan // of the Shape that the scanner serves
}

// mouldMember is a Member whose places are distances from the ends of values: an index of one, and how many bytes behind
// its end. -1 is the record's start.
type mouldMember struct {
	key, keyEnd, value, end place
	kind                    Kind
	keyEscaped              bool
	sole                    int // the number of the value that is the member's whole value, or -1
}

type place struct {
	value  int
	behind uint32
}

const (
	// mostKnots bounds the tree, and mostValues the values of a mould. Records beyond it are scanned as if there was no tree.
	mostKnots  = 1 << 13
	mostValues = 256
	// mostMoulded is the longest record whose mould is worth knowing.
	mostMoulded = 16 << 10
	// mostOnce bounds the forms that are remembered for having been met.
	mostOnce = 1 << 12
	// Of every moultTry records, at least a quarter must be known, or the tree rests for moultRest of them.
	mouldTry  = 256
	mouldRest = 4096
)

// Record is Scan from the start of src on, with the help of the records before. If the record is of a known mould, Mould and
// Values say so.
func (s *Scanner) Record(src []byte) (end int, err error) {
	m := &s.moulds
	s.Mould, m.known = nil, nil
	if s.Few {
		return s.Scan(src, 0)
	}
	if m.idle > 0 {
		m.idle--
		return s.Scan(src, 0)
	}
	if known, end := m.match(src, s); known != nil {
		s.recall(known, src[:end])
		return end, nil
	}
	m.miss()
	end, err = s.Scan(src, 0)
	if err == nil && s.Kind == Object && end <= mostMoulded {
		m.learn(s, src[:end])
	}
	return end, err
}

// miss counts a record that the tree did not know.
func (m *moulds) miss() {
	m.missed++
	if m.tried++; m.tried < mouldTry {
		return
	}
	if m.missed > mouldTry*3/4 {
		m.idle = mouldRest
		if m.knots >= mostKnots { // it is full of what is no longer met
			m.root, m.knots = knot{}, 0
		}
	}
	m.tried, m.missed = 0, 0
}

// recall fills in what Scan would have found.
func (s *Scanner) recall(known *mould, src []byte) {
	m := &s.moulds
	if m.tried++; m.tried >= mouldTry {
		m.tried, m.missed = 0, 0
	}
	s.Kind, s.Notes = Object, Notes{RepeatedKey: known.repeated}
	s.Notes.InvalidUTF8 = s.high != 0 && !utf8.Valid(src)
	s.Members, m.known = s.Members[:0], known
	if known.plan == nil {
		for i := range known.members {
			s.Members = append(s.Members, m.member(&known.members[i], src))
		}
	}
	s.Mould, s.Values = &known.Mould, m.values
}

// lines is how many newlines are in the record at hand.
func (s *Scanner) lines(src []byte) int {
	if known := s.moulds.known; known != nil {
		return known.lines
	}
	return bytes.Count(src, newline)
}

// member is a member of the record at hand.
func (m *moulds) member(t *mouldMember, src []byte) Member {
	member := m.value(t, src)
	member.Key, member.KeyEnd, member.KeyEscaped = m.at(t.key), m.at(t.keyEnd), t.keyEscaped
	return member
}

// value is member without the name.
func (m *moulds) value(t *mouldMember, src []byte) Member {
	member := Member{Value: m.at(t.value), End: m.at(t.end), Kind: t.kind}
	switch {
	case t.sole < 0:
	case t.kind == String:
		member.ValueEscaped = len(m.escaped) > 0 && slices.Contains(m.escaped, t.sole)
	default: // a number or a word: its first byte tells
		member.Kind = kindOf(src[member.Value])
	}
	return member
}

func (m *moulds) at(p place) uint32 {
	if p.value < 0 {
		return p.behind
	}
	v := m.values[p.value]
	return v.Off + v.Len + p.behind
}

// match finds the mould of a record, and where the record ends. Its values are then in m.values.
func (m *moulds) match(src []byte, s *Scanner) (known *mould, end int) {
	k, i := &m.root, 0
	m.values, m.escaped, s.high = m.lend(), m.escaped[:0], 0
	for {
		k = k.follow(src, i)
		if k == nil {
			return nil, 0
		}
		i += len(k.gap)
		if k.high {
			s.high |= highs
		}
		if k.whole != nil {
			return k.whole, i
		}
		from := i
		if k.quoted {
			i = m.quoted(src, i, s)
		} else {
			i = bare(src, i)
		}
		if i < 0 {
			return nil, 0
		}
		m.values = append(m.values, event.Span{Off: uint32(from), Len: uint32(i - from)})
	}
}

// lend is room for values: that of the batch at hand, which keeps those of a record that is accepted.
func (m *moulds) lend() []event.Span {
	if m.room == nil {
		return m.values[:0]
	}
	return m.room.Lend(mostValues + 1)
}

// quoted is the index of the quote that ends the text from src[i] on, or -1.
func (m *moulds) quoted(src []byte, i int, s *Scanner) int {
	end, high := plainText(src, i)
	if end >= 0 {
		s.high |= high
		return end
	}
	end, err := s.text(src, i-1)
	if err != nil {
		return -1
	}
	if s.esc {
		m.escaped = append(m.escaped, len(m.values))
	}
	return end - 1
}

// bare is the index after the number or word at src[i], or -1.
func bare(src []byte, i int) int {
	if end := plainNumber(src, i); end >= 0 {
		return end
	}
	end, err := scalar(src, i)
	if err != nil {
		return -1
	}
	return end
}

// follow is the knot below k whose gap stands at src[i:].
func (k *knot) follow(src []byte, i int) *knot {
	rest := src[i:]
	if len(rest) < 8 {
		return k.followShort(rest)
	}
	head := binary.LittleEndian.Uint64(rest)
	for at, next := range k.next {
		if head&next.mask == next.head && next.goesOn(rest) && next.fits(rest) {
			if at > 0 { // what was met last is often met next
				k.next[at], k.next[at-1] = k.next[at-1], next
			}
			return next
		}
	}
	return nil
}

// goesOn reports whether the gap, whose head does, stands at the start of rest.
func (k *knot) goesOn(rest []byte) bool {
	n := len(k.gap)
	switch {
	case n <= 8:
		return true
	case n > len(rest) || binary.LittleEndian.Uint64(rest[n-8:]) != k.tail:
		return false
	}
	for i := 8; i+8 < n; i += 8 {
		if binary.LittleEndian.Uint64(rest[i:]) != binary.LittleEndian.Uint64(k.gap[i:]) {
			return false
		}
	}
	return true
}

// followShort is follow near the end of the text.
func (k *knot) followShort(rest []byte) *knot {
	for _, next := range k.next {
		if bytes.HasPrefix(rest, next.gap) && next.fits(rest) {
			return next
		}
	}
	return nil
}

// fits reports whether behind the gap follows what may.
func (k *knot) fits(rest []byte) bool {
	if k.quoted || k.whole != nil {
		return true
	}
	n := len(k.gap)
	if n >= len(rest) {
		return false
	}
	c := rest[n]
	return c == '-' || c-'0' <= 9 || c == 't' || c == 'f' || c == 'n'
}
