package asof

import (
	"encoding/binary"
	"math"
	"math/bits"

	"asof/engine/value"
)

// wordTable gathers the words of a part: short texts that are written again and again, and stand in front of the frames once.
//
// A text becomes a word when it is written for the third time, as far as is remembered.
type wordTable struct {
	slots []wordSlot
	ends  []byte // u16 per word: where it ends in texts
	texts []byte // each as value.AppendText writes it
}

type wordSlot struct {
	hash uint32
	word uint16 // and 1; 0 = none yet
	seen uint8
}

const (
	wordSlots = 1 << 12
	wordWays  = 2 // slots that a text can be in
	wordTimes = 3
	minWord   = 3 // bytes
	maxWord   = 48
	maxWords  = 1<<16 - 2
)

func (t *wordTable) reset() {
	if t.slots == nil {
		t.slots = make([]wordSlot, wordSlots)
	}
	clear(t.slots)
	t.ends, t.texts = t.ends[:0], t.texts[:0]
}

// at is a word as value.AppendText writes it.
func (t *wordTable) at(i int) []byte {
	start := uint16(0)
	if i > 0 {
		start = binary.LittleEndian.Uint16(t.ends[2*i-2:])
	}
	return t.texts[start:binary.LittleEndian.Uint16(t.ends[2*i:])]
}

func (t *wordTable) len() int { return len(t.ends) / 2 }

// find is the number of the word that a text is. It counts the text.
func (t *wordTable) find(kind value.Kind, plain bool, text string) (word uint64, ok bool) {
	if len(text) < minWord || len(text) > maxWord {
		return 0, false
	}
	h := wordHash(text)
	var free *wordSlot
	for way := range uint32(wordWays) {
		s := &t.slots[(h+way)%wordSlots]
		if s.hash == h && s.seen > 0 {
			return t.meet(s, kind, plain, text)
		}
		if s.word == 0 && (free == nil || s.seen < free.seen) {
			free = s
		}
	}
	if free != nil {
		*free = wordSlot{hash: h, seen: 1}
	}
	return 0, false
}

// meet is find in the text's slot, or that of another text with the same hash.
func (t *wordTable) meet(s *wordSlot, kind value.Kind, plain bool, text string) (word uint64, ok bool) {
	if s.word == 0 {
		if s.seen++; s.seen < wordTimes || t.len() >= maxWords || len(t.texts)+len(text)+maxVarint > math.MaxUint16 {
			s.seen = min(s.seen, wordTimes)
			return 0, false
		}
		t.texts = value.AppendText(t.texts, kind, plain, text)
		t.ends = binary.LittleEndian.AppendUint16(t.ends, uint16(len(t.texts)))
		s.word = uint16(t.len())
		return uint64(s.word - 1), true
	}
	known, knownPlain, bytes := value.CutText(t.at(int(s.word) - 1))
	return uint64(s.word - 1), known == kind && knownPlain == plain && string(bytes) == text
}

// Where the last mostNoWords texts at a path have been no words, as ids and times are, only one in wordStep of those to come is looked
// for: looking takes time, and pushes others out.
const (
	mostNoWords = 32
	wordStep    = 8
)

// mayBeWord reports whether the text written next at a path is to be looked for.
func (e *pathEntry) mayBeWord() bool {
	if e.noWords < mostNoWords {
		return true
	}
	e.noWords++
	return e.noWords == mostNoWords+wordStep
}

// wasWord takes down whether the text that was looked for is a word.
func (e *pathEntry) wasWord(ok bool) {
	if ok {
		e.noWords = 0
	} else {
		e.noWords = min(e.noWords+1, mostNoWords)
	}
}

const maxVarint = binary.MaxVarintLen64

// wordHash hashes a text by its ends and its length.
func wordHash(text string) uint32 {
	n := len(text)
	var a, b uint64
	if n >= 8 {
		a, b = load8(text), load8(text[n-8:])
	} else {
		for i := range n {
			a = a<<8 | uint64(text[i])
		}
	}
	hi, lo := bits.Mul64(a^mixA, b^uint64(n)^mixB)
	return uint32(hi ^ lo)
}

func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
