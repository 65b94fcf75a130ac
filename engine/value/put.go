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
		b.scalar(at, tokenCount, text)
	}
	return ok
}

// Put puts a scalar or an empty array at a place. It reports false, and puts nothing, if n is neither.
func (b *Briefer) Put(at Place, n *Node) bool {
	switch k := n.Kind(); k {
	case Null:
		b.scalar(at, uint32(k), "null")
	case Bool:
		b.scalar(at, uint32(k), n.text)
	case Number:
		b.scalar(at, uint32(k), n.text)
	case String:
		meta := uint32(k)
		if n.flags&flagPlain != 0 {
			meta |= tokenPlain
		}
		b.scalar(at, meta, n.text)
	case Array:
		if n.Len() > 0 {
			return false
		}
		b.token(at, uint32(k))
	default:
		return false
	}
	return true
}

// Empty reports whether a brief says nothing but that there is a document.
func Empty(brief []byte) bool { return binary.LittleEndian.Uint32(brief) == 0 }
