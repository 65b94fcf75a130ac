package asof

import (
	"math"
	"math/bits"
	"strconv"
	"unsafe"

	"asof/engine/event"
	"asof/engine/value"

	"github.com/zeebo/xxh3"
)

// The hash of a state is the sum, modulo 2⁶⁴, of one term per node of every document: a mix of the key, the path and the
// canonical value, where a container counts by its kind alone. So an event moves the hash by the terms it adds less the terms
// it takes away, whatever the size of the state, and states are equal by value exactly when their hashes are, but for chance.
//
// The hash of a history is the sum over all events of that move times a factor drawn from the position. It depends on what
// every event did to the state and not on how: a container written whole and its members written one by one count the same.
//
// Both tell accidents apart, not adversaries.

const (
	mixA = 0x9e3779b97f4a7c15
	mixB = 0xd6e8feb86659fd93
	mixC = 0xa0761d6478bd642f
)

// mix makes one number of two, each bit of which depends on all of theirs.
func mix(a, b uint64) uint64 {
	h := a*mixA ^ bits.RotateLeft64(b*mixB, 31)
	h = (h ^ h>>32) * mixC
	h = (h ^ h>>29) * mixA
	return h ^ h>>32
}

// factor weighs an event's move in the hash of the history; it is odd, so that no move vanishes.
func factor(pos event.Position) uint64 { return mix(uint64(pos), mixC) | 1 }

func hashKey(key string) uint64 { return xxh3.HashString(key) }

// hashPath depends on the path's tokens alone, so that the hash of a child follows from its parent's.
func hashPath(p value.Pointer) uint64 {
	h := uint64(mixC)
	for token := range p.Each() {
		h = hashChild(h, token)
	}
	return h
}

func hashChild(parent uint64, token string) uint64 { return mix(parent, xxh3.HashString(token)) }

// hashNode is the canonical hash of a node without what is below it.
func hashNode(n *value.Node) uint64 {
	switch n.Kind() {
	case value.Number:
		return hashNumber(n)
	case value.String:
		return xxh3.HashString(n.Text()) + mixA
	case value.Bool:
		return mix(uint64(len(n.Text())), mixA)
	}
	return uint64(n.Kind()) * mixB
}

// sumTree adds up the terms of a value and all below it.
func sumTree(key, path uint64, n *value.Node) uint64 {
	sum := mix(mix(key, path), hashNode(n))
	switch n.Kind() {
	case value.Object:
		for name, v := range n.Members() {
			sum += sumTree(key, hashChild(path, name), v)
		}
	case value.Array:
		var digits [20]byte
		for i, v := range n.Items() {
			token := borrow(strconv.AppendInt(digits[:0], int64(i), 10))
			sum += sumTree(key, hashChild(path, token), v)
		}
	}
	return sum
}

// pathEntry is what a segment's fold knows of one path.
type pathEntry struct {
	id      uint32 // in the part's table of written paths; noSegment if only values below a written one stood here
	hash    uint64
	history uint64
	count   uint64
	min     float64
	max     float64
	kinds   uint32
	gist    gist
	noWords uint8 // texts written since the last one that was a word, see mayBeWord
	notes   gistNotes
	text    string // of the path, once the part is done
}

// powers are the powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// quickFloat is the nearest float64 of a short number without an exponent: digits and a power of ten that are both exact make one
// rounding.
func quickFloat(text string) (f float64, ok bool) {
	if len(text) > 15 {
		return 0, false
	}
	n, point := int64(0), len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
		case c == '.':
			point = i + 1
		case c != '-':
			return 0, false
		}
	}
	if text[0] == '-' {
		n = -n
	}
	return float64(n) / powers[len(text)-point], true
}

// bounds are two floats between which the number lies.
func bounds(text string) (lo, hi float64) {
	f, quick := quickFloat(text)
	if !quick {
		var err error
		if f, err = strconv.ParseFloat(text, 64); err != nil || math.IsInf(f, 0) {
			if f < 0 {
				return math.Inf(-1), -math.MaxFloat64
			}
			return math.MaxFloat64, math.Inf(1)
		}
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 && len(text) <= 15 {
		return f, f
	}
	return math.Nextafter(f, math.Inf(-1)), math.Nextafter(f, math.Inf(1))
}

// pathTable numbers the paths that a part of a segment writes and sums up what happens at them.
type pathTable struct {
	byText  map[string]*pathEntry
	written []string
	slab    []pathEntry
	scratch []byte
	byPlace []*pathEntry // of the places that sheets write to
	noted   []*pathEntry // in the frame at hand
	over    pathEntry    // for the sums of paths past the first maxPaths, which have no row of their own
	recent  [recentPaths]recentPath
}

// recentPath is a path that was asked for, by where its text lies: documents use the same text for the same path again.
type recentPath struct {
	text  string
	entry *pathEntry
}

const recentPaths = 128

// maxPaths bounds the paths of a part that have statistics of their own.
const maxPaths = 1 << 14

func newPathTable() *pathTable {
	return &pathTable{byText: make(map[string]*pathEntry, 64), over: newPathEntry(0)}
}

func newPathEntry(hash uint64) pathEntry {
	return pathEntry{id: noSegment, hash: hash, min: math.Inf(1), max: math.Inf(-1)}
}

func (t *pathTable) entry(text string, hash func() uint64) *pathEntry {
	if e, ok := t.byText[text]; ok {
		return e
	}
	if len(t.slab) == cap(t.slab) {
		t.slab = make([]pathEntry, 0, 64)
	}
	t.slab = append(t.slab, newPathEntry(hash()))
	e := &t.slab[len(t.slab)-1]
	t.byText[string([]byte(text))] = e
	return e
}

// at is the entry of a path that a write names.
func (t *pathTable) at(p value.Pointer) *pathEntry {
	text := string(p)
	where := uintptr(unsafe.Pointer(unsafe.StringData(text)))
	r := &t.recent[(where>>3^where>>10^uintptr(len(text)))%recentPaths]
	if r.entry != nil && len(r.text) == len(text) && unsafe.StringData(r.text) == unsafe.StringData(text) {
		return r.entry
	}
	r.text, r.entry = text, t.entry(text, func() uint64 { return hashPath(p) })
	return r.entry
}

// number is the path's number in the table of written paths.
func (t *pathTable) number(p value.Pointer, e *pathEntry) uint32 {
	if e.id == noSegment {
		e.id = uint32(len(t.written))
		t.written = append(t.written, string(p))
	}
	return e.id
}

// account books a write of an event whose position has the given weight: it returns by how much the hash of the state moves, and adds to the statistics of every path at and
// below the written one.
func (t *pathTable) account(key, weight uint64, p value.Pointer, e *pathEntry, old, now *value.Node) uint64 {
	w := accountant{table: t, key: key, factor: weight}
	if old.IsContainer() || now.IsContainer() {
		t.scratch = append(t.scratch[:0], p...)
	}
	var d uint64
	if old != nil {
		d -= w.walk(e, old, -1)
	}
	if now != nil {
		d += w.walk(e, now, 1)
	} else {
		t.note(e, value.Absent, "")
	}
	if old.IsContainer() {
		e.kinds |= swapped
	}
	return d
}

type accountant struct {
	table  *pathTable
	key    uint64
	factor uint64
}

// walk sums the terms of n and of what is below it; the path's text stands in the table's scratch.
func (w *accountant) walk(e *pathEntry, n *value.Node, sign int) uint64 {
	term := mix(mix(w.key, e.hash), hashNode(n))
	if sign < 0 {
		e.history -= w.factor * term
	} else {
		e.history += w.factor * term
		w.table.note(e, n.Kind(), n.Text())
	}
	sum := term
	if !n.IsContainer() {
		return sum
	}
	t, hash := w.table, e.hash // what is below may reuse e
	mark := len(t.scratch)
	switch n.Kind() {
	case value.Object:
		for name, v := range n.Members() {
			t.scratch = appendToken(append(t.scratch[:mark], '/'), name)
			sum += w.walk(t.below(hash, name), v, sign)
		}
	case value.Array:
		for i, v := range n.Items() {
			t.scratch = strconv.AppendInt(append(t.scratch[:mark], '/'), int64(i), 10)
			sum += w.walk(t.below(hash, borrow(t.scratch[mark+1:])), v, sign)
		}
	}
	t.scratch = t.scratch[:mark]
	return sum
}

// below is the entry of the path in scratch, whose last token is given unescaped.
func (t *pathTable) below(parent uint64, token string) *pathEntry {
	if e, ok := t.byText[string(t.scratch)]; ok {
		return e
	}
	if len(t.byText) >= maxPaths {
		t.over.hash = hashChild(parent, token)
		return &t.over
	}
	return t.entry(string(t.scratch), func() uint64 { return hashChild(parent, token) })
}

// appendToken appends a name as JSON Pointer writes it.
func appendToken(dst []byte, name string) []byte {
	for i := range len(name) {
		switch c := name[i]; c {
		case '~':
			dst = append(dst, '~', '0')
		case '/':
			dst = append(dst, '~', '1')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
