package eventlog

import (
	"encoding/binary"
	"math/bits"
)

// Texts of one length whose characters are of one alphabet are packed: ids, hashes, tokens. What all of them begin with, and
// what stands between, as the dashes of a UUID, is said once.

// alphabets are those that programs write ids in.
var alphabets = [...]alphabet{
	newAlphabet(4, "0123456789abcdef"),
	newAlphabet(4, "0123456789ABCDEF"),
	newAlphabet(5, "0123456789abcdefghjkmnpqrstvwxyz"),
	newAlphabet(5, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
	newAlphabet(5, "abcdefghijklmnopqrstuvwxyz234567"),
	newAlphabet(5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
	newAlphabet(6, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"),
	newAlphabet(6, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"),
}

const (
	wideBits = 6 // of an alphabet that words are in too
	// Texts that are shorter are not packed; those of a wide alphabet are likely words.
	leastPacked, leastWide = 6, 16
	// mostTemplate is how many characters a packed text has behind the common beginning.
	mostTemplate = 64
	mostPair     = 1<<(2*wideBits) - 1
)

type alphabet struct {
	bits   int
	number [256]byte            // of a character; 0xff = it is not of the alphabet
	pairs  [mostPair + 1]uint16 // of characters, by their numbers
}

// fitting tells of each character in which alphabets it is, a bit each.
var fitting = func() (of [256]uint8) {
	for i := range alphabets {
		for c := range of {
			if alphabets[i].number[c] != 0xff {
				of[c] |= 1 << i
			}
		}
	}
	return of
}()

func newAlphabet(width int, text string) alphabet {
	a := alphabet{bits: width}
	for i := range a.number {
		a.number[i] = 0xff
	}
	for i := range text {
		a.number[text[i]] = byte(i)
		for k := range text {
			a.pairs[i|k<<width] = uint16(text[i]) | uint16(text[k])<<8
		}
	}
	return a
}

// template is what texts of one length have in common.
type template struct {
	size     int    // of a text
	text     []byte // one of them
	head     int    // how much all begin with
	fixed    uint64 // which characters behind the head are the same in all, a bit each
	alphabet int
	parts    []part // the characters that are packed
}

// template finds what n texts have in common, one after the other with an end behind each; not ok says that they cannot be
// packed.
func templateOf(column []byte, n, size int) (t template, ok bool) {
	step := size + 1
	if len(column) != n*step || size < leastPacked {
		return t, false
	}
	t = template{size: size, text: column[:size], head: size}
	for at := step; at < len(column); at += step {
		same := 0
		for same < t.head && column[at+same] == t.text[same] {
			same++
		}
		t.head = same
	}
	length := size - t.head
	if length < leastPacked || length > mostTemplate {
		return t, false
	}
	for i, c := range t.text[t.head:] {
		if fitting[c]&0x3f == 0 {
			t.fixed |= 1 << i
		}
	}
	fits := t.fitting(column)
	if fits == 0 {
		return t, false
	}
	t.alphabet = bits.TrailingZeros8(fits)
	t.parts = t.partsOf()
	return t, alphabets[t.alphabet].bits < wideBits || length >= leastWide
}

// fitting tells in which alphabets the texts of a column are, of which the template says the rest; 0, where they are otherwise.
func (t *template) fitting(column []byte) uint8 {
	fits := ^uint8(0)
	for ; len(column) > 0; column = column[t.size+1:] {
		if column[t.size] != slotEnd {
			return 0
		}
		text := column[t.head:t.size]
		if t.fixed == 0 {
			for _, c := range text {
				fits &= fitting[c]
			}
			continue
		}
		for i, c := range text {
			if t.fixed>>i&1 == 0 {
				fits &= fitting[c]
			} else if c != t.text[t.head+i] {
				return 0
			}
		}
	}
	return fits
}

// appendTo appends what is said of the template.
func (t *template) appendTo(dst []byte) []byte {
	dst = append(dst, byte(t.alphabet))
	dst = binary.AppendUvarint(dst, uint64(t.size))
	dst = binary.AppendUvarint(dst, uint64(t.head))
	dst = binary.AppendUvarint(dst, t.fixed)
	dst = append(dst, t.text[:t.head]...)
	for i, c := range t.text[t.head:] {
		if t.fixed>>i&1 != 0 {
			dst = append(dst, c)
		}
	}
	return dst
}

func (r *reader) template() (t template, ok bool) {
	t.alphabet = int(r.byte())
	size, head := r.uint(), r.uint()
	t.fixed = r.uint()
	if t.alphabet >= len(alphabets) || head > size || size-head > mostTemplate || head > uint64(len(r.b)) {
		return t, false
	}
	t.size, t.head = int(size), int(head)
	t.text = make([]byte, size+1)
	copy(t.text, r.bytes(head))
	for i := range t.size - t.head {
		if t.fixed>>i&1 != 0 {
			t.text[t.head+i] = r.byte()
		}
	}
	return t, !r.bad
}

// runs yields the runs of characters that differ from text to text.
func (t *template) runs() (list [][2]int) {
	for i := t.head; i < t.size; i++ {
		switch {
		case t.fixed>>(i-t.head)&1 != 0:
		case len(list) > 0 && list[len(list)-1][1] == i:
			list[len(list)-1][1]++
		default:
			list = append(list, [2]int{i, i + 1})
		}
	}
	return list
}

// width is how many bits a text takes.
func (t *template) width() int {
	length := t.size - t.head
	return (length - bits.OnesCount64(t.fixed<<(64-length)>>(64-length))) * alphabets[t.alphabet].bits
}

// unpack fills one text in, which is a copy of the template's.
func (t *template) unpack(text []byte, runs [][2]int, r *bitReader) {
	a := &alphabets[t.alphabet]
	pairs, two, at := &a.pairs, uint(2*a.bits)&15, r.at
	pair := uint64(1)<<two - 1
	for _, run := range runs {
		part := text[run[0]:run[1]]
		for ; len(part) >= 8; part = part[8:] {
			v := peekAt(r.b, at)
			at += 4 * int(two)
			low := uint64(pairs[v&pair&mostPair]) | uint64(pairs[v>>two&pair&mostPair])<<16
			v >>= 2 * two
			binary.LittleEndian.PutUint64(part, low|uint64(pairs[v&pair&mostPair])<<32|uint64(pairs[v>>two&pair&mostPair])<<48)
		}
		for i := range part {
			part[i] = byte(pairs[peekAt(r.b, at)&(1<<a.bits-1)&mostPair])
			at += a.bits
		}
	}
	r.at = at
}
