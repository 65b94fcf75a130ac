package value

import (
	"encoding/binary"
	"strings"
)

// mostAdded bounds the digits of numbers that are added up: their sum is within the limits.
const mostAdded = 1000

// Add adds to the number at a place, exactly; where 0 or nothing stands, the number is all. It reports false, and adds nothing, if the
// number is too long.
func (b *Briefer) Add(at Place, d Decimal) bool {
	text := "" // 1
	if d.large != nil || d.scale != 0 || d.small != 1 {
		text = d.Text()
	}
	ok := len(text) <= mostAdded && strings.IndexByte(text, 'E') < 0
	if ok {
		b.counts++
		b.scalar(at, tokenCount, text)
	}
	return ok
}

// Put puts a value at a place, as a whole. It reports false, and puts nothing, if it has too many parts.
func (b *Briefer) Put(at Place, n *Node) bool {
	head, texts := len(b.tokens), len(b.texts)
	return b.put(at, n) || b.back(head, texts)
}

func (b *Briefer) put(at Place, n *Node) bool {
	head := len(b.tokens)
	k := n.Kind()
	switch k {
	case Null:
		b.scalar(at, uint32(k), "null")
	case Bool, Number:
		b.scalar(at, uint32(k), n.text)
	case String:
		meta := uint32(k)
		if n.flags&flagPlain != 0 {
			meta |= tokenPlain
		}
		b.scalar(at, meta, n.text)
	case Array:
		b.token(at, uint32(k))
		for i, item := range n.Items() {
			if below := b.places.item(at, i); below == NoPlace || !b.put(below, item) {
				return false
			}
		}
		b.close(head)
	case Object:
		b.token(at, uint32(k)|tokenWhole)
		for name, member := range n.Members() {
			if below := b.member(at, name); below == NoPlace || !b.put(below, member) {
				return false
			}
		}
		b.close(head)
	default:
		return false
	}
	return true
}

// Empty reports whether a brief says nothing but that there is a document.
func Empty(brief []byte) bool { return tokensOf(brief) == 0 }

// tokensOf is how many tokens a brief has.
func tokensOf(brief []byte) int { return int(binary.LittleEndian.Uint32(brief) & (1<<tokensBits - 1)) }
