package value

import (
	"encoding/binary"
	"unsafe"
)

// A brief says what an event does to a document, read from its text once and before anybody knows the document: a row of tokens
// and the texts that they stand for. Numbers are little-endian.
//
//	brief  tokens u24 · those of them that count, or 255 u8 · texts u32, in bytes · token… · text…
//	token  place u32 · kind in the low three bits, then flags, then the size u32
//	       of a scalar the bytes of its text, of an array or object the count of the tokens that follow and belong to it
const (
	briefHead  = 8
	tokensBits = 24
	mostCounts = 255
	tokenBytes = 8

	tokenPlain = 1 << 3 // a string whose JSON text is its text between quotes
	tokenWhole = 1 << 3 // an object that takes the place of another, and is not merged into it
	tokenOnce  = 1 << 4 // counts only where nothing stands yet
	tokenSize  = 5      // bits below the size

	tokenCount = uint32(Absent) // the token adds to the number that stands there, or to 0, what its text says; 1 without one
)

// maxBrief bounds the text that a brief is made of.
const maxBrief = 64 << 10

// Briefer writes briefs. One goroutine at a time may use it.
type Briefer struct {
	places *Places
	p      parser
	tokens []byte
	texts  []byte
	counts uint32   // tokens that count
	met    []uint32 // per place: the last brief in which it was met
	serial uint32
	seen   [seenNames]seenName
	shapes map[string]*shapes
	fresh  *shape // of the text at hand, while it can have one
	gap    int    // where the text behind the last value begins
}

// seenName remembers the place of a member by its name as the text writes it.
type seenName struct {
	above Place
	at    Place
	name  string
}

const seenNames = 256

// NewBriefer is a briefer for documents at these places.
func NewBriefer(places *Places) *Briefer {
	return &Briefer{places: places, shapes: make(map[string]*shapes)}
}

// Begin starts a brief.
func (b *Briefer) Begin() {
	b.tokens, b.texts, b.counts = b.tokens[:0], b.texts[:0], 0
	b.serial++
}

// Set puts a string at a place.
func (b *Briefer) Set(at Place, text string) { b.str(at, text, 0) }

// Once puts a string at a place where nothing stands.
func (b *Briefer) Once(at Place, text string) { b.str(at, text, tokenOnce) }

func (b *Briefer) str(at Place, text string, flags uint32) {
	plain := true
	if firstOdd(text, 0) < len(text) {
		n := Str(text)
		text, plain = n.text, n.flags&flagPlain != 0
	}
	if plain {
		flags |= tokenPlain
	}
	b.scalar(at, uint32(String)|flags, text)
}

// Count adds 1 to the whole number at a place; at most once in a brief.
func (b *Briefer) Count(at Place) {
	b.counts++
	b.token(at, tokenCount)
}

func (b *Briefer) token(at Place, meta uint32) {
	b.tokens = binary.LittleEndian.AppendUint64(b.tokens, uint64(meta)<<32|uint64(at))
}

func (b *Briefer) scalar(at Place, meta uint32, text string) {
	b.token(at, meta|uint32(len(text))<<tokenSize)
	b.texts = append(b.texts, text...)
}

// End appends the brief to dst.
func (b *Briefer) End(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b.tokens)/tokenBytes)|min(b.counts, mostCounts)<<tokensBits)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b.texts)))
	return append(append(dst, b.tokens...), b.texts...)
}

// Merge adds the members of the object that src is, as they stand in it. Like names the kind of texts that mostly look alike.
//
// It reports false where the brief cannot say what src says: because src is no object or no JSON, because it names a key
// twice or is long or large in other ways, or because it has a member at a place in avoid.
func (b *Briefer) Merge(src []byte, like string, avoid []Place) bool {
	if len(src) > maxBrief {
		return false
	}
	text := unsafe.String(unsafe.SliceData(src), len(src))
	known := b.shapes[like]
	if known != nil && known.fill(b, text) {
		return true
	}
	if b.fresh = nil; len(text) <= maxShape && known.worth() {
		b.fresh = &shape{tokens: len(b.tokens)}
	}
	ok := b.parse(text, avoid)
	if ok && b.fresh != nil {
		b.keep(like, text)
	}
	return ok
}

// parse reads a text that looks like none before.
func (b *Briefer) parse(text string, avoid []Place) bool {
	b.p = parser{src: text}
	b.mark(0)
	for _, at := range avoid {
		b.mark(at)
	}
	b.gap = 0
	p := &b.p
	p.space()
	if p.pos == len(p.src) || p.src[p.pos] != '{' || b.object(0) != nil {
		return false
	}
	p.space()
	if p.pos < len(p.src) || p.notes != 0 {
		return false
	}
	if b.fresh != nil {
		b.fresh.end(b, text[b.gap:])
	}
	return true
}

// mark reports whether the place is met for the first time in this brief.
func (b *Briefer) mark(at Place) bool {
	if int(at) >= len(b.met) {
		b.met = append(b.met, make([]uint32, max(b.places.Len(), int(at)+1)-len(b.met))...)
	}
	was := b.met[at]
	b.met[at] = b.serial
	return was != b.serial
}

// errBrief says that a text is no matter for a brief.
var errBrief = &SyntaxError{Msg: "not for a brief"}

func (b *Briefer) object(at Place) error {
	p := &b.p
	if err := p.enter(); err != nil {
		return err
	}
	for more := !p.empty('}'); more; {
		name, err := p.name()
		if err != nil {
			return err
		}
		below := b.member(at, name)
		if below == NoPlace || !b.mark(below) {
			return errBrief
		}
		if err := b.value(below); err != nil {
			return err
		}
		if more, err = p.next('}'); err != nil {
			return err
		}
	}
	return nil
}

func (b *Briefer) member(above Place, name string) Place {
	s := &b.seen[spread("", name)&(seenNames-1)]
	if s.name == name && s.above == above && s.at != 0 {
		return s.at
	}
	at := b.places.Member(above, name)
	if at != NoPlace {
		text, _ := b.places.names.Name((*b.places.list.Load())[at].name)
		*s = seenName{above, at, text}
	}
	return at
}

func (b *Briefer) value(at Place) error {
	p := &b.p
	if p.pos == len(p.src) {
		return p.fault("the text ends where a value is due")
	}
	if c := p.src[p.pos]; c == '{' || c == '[' {
		kind := Object
		if c == '[' {
			kind, b.fresh = Array, nil // arrays differ in length
		}
		head := len(b.tokens)
		b.token(at, uint32(kind))
		var err error
		if kind == Array {
			err = b.array(at)
		} else {
			err = b.object(at)
		}
		b.close(head)
		return err
	}
	from := p.pos
	kind, text, flags, err := p.scalar()
	if err != nil {
		return err
	}
	meta := uint32(kind)
	if flags&flagPlain != 0 {
		meta |= tokenPlain
	}
	if b.fresh != nil {
		b.fresh.gaps = append(b.fresh.gaps, gap{p.src[b.gap:from], b.gap, len(b.tokens)})
		b.gap = p.pos
	}
	b.scalar(at, meta, text)
	return nil
}

// close gives the array or object whose token is at head the tokens behind it.
func (b *Briefer) close(head int) {
	inside := uint64((len(b.tokens)-head)/tokenBytes - 1)
	word := binary.LittleEndian.Uint64(b.tokens[head:]) | inside<<(32+tokenSize)
	binary.LittleEndian.PutUint64(b.tokens[head:], word)
}

func (b *Briefer) array(at Place) error {
	p := &b.p
	if err := p.enter(); err != nil {
		return err
	}
	i := 0
	for more := !p.empty(']'); more; i++ {
		item := b.places.item(at, i)
		if item == NoPlace {
			return errBrief
		}
		err := b.value(item)
		if err != nil {
			return err
		}
		if more, err = p.next(']'); err != nil {
			return err
		}
	}
	return nil
}
