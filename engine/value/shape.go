package value

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// shape is how a kind of text looks: what stands between its values, and the tokens that it comes to. A text that has the same
// between its values is of the same shape, so that none of its names needs a look.
type shape struct {
	gaps   []gap
	tail   string
	tokens int // bytes of tokens that stood in the brief before
	model  []byte
}

// gap is what stands before a value, and where the value's token is.
type gap struct {
	text  string
	from  int // where it stood in the text that the shape was learnt from
	token int
}

// shapes are those that the texts of one kind had last.
type shapes struct {
	list   [4]*shape
	next   int // the one to be forgotten
	learnt int
	used   int
}

// maxShapes bounds for how many kinds of texts shapes are remembered, and maxShape how long their texts are.
const (
	maxShapes = 1 << 10
	maxShape  = 4 << 10
)

// fill adds a text to the brief if it is of one of the shapes.
func (s *shapes) fill(b *Briefer, text string) bool {
	for _, one := range s.list {
		if one != nil && one.fill(b, text) {
			s.used++
			return true
		}
	}
	return false
}

// worth reports whether a shape more may be of use: where texts differ all the time, none is.
func (s *shapes) worth() bool { return s == nil || s.learnt < 16 || s.used > 4*s.learnt }

// end completes a shape that was collected while a text was read.
func (s *shape) end(b *Briefer, tail string) {
	s.tail = tail
	s.model = append([]byte(nil), b.tokens[s.tokens:]...)
}

// keep remembers the shape of the text that was just read, with a text of its own.
func (b *Briefer) keep(like, text string) {
	s := b.fresh
	b.fresh = nil
	own := strings.Clone(text)
	for i := range s.gaps {
		g := &s.gaps[i]
		g.text = own[g.from : g.from+len(g.text)]
		g.token -= s.tokens
	}
	s.tail = own[len(own)-len(s.tail):]
	all := b.shapes[like]
	if all == nil {
		if len(b.shapes) >= maxShapes {
			clear(b.shapes)
		}
		all = &shapes{}
		b.shapes[strings.Clone(like)] = all
	}
	all.list[all.next] = s
	all.next = (all.next + 1) % len(all.list)
	all.learnt++
}

// fill adds a text of the shape to the brief. It reports false, and adds nothing, if the text is of another shape.
func (s *shape) fill(b *Briefer, text string) bool {
	head, texts := len(b.tokens), len(b.texts)
	b.tokens = append(b.tokens, s.model...)
	tokens, pos := b.tokens[head:], 0
	for i := range s.gaps {
		g := &s.gaps[i]
		if !strings.HasPrefix(text[pos:], g.text) {
			return b.back(head, texts)
		}
		pos += len(g.text)
		from, end, meta := simple(text, pos)
		if end < 0 {
			return b.back(head, texts)
		}
		meta |= uint32(end-from) << tokenSize
		binary.LittleEndian.PutUint32(tokens[g.token+4:], meta)
		b.texts = append(b.texts, text[from:end]...)
		if pos = end; meta&7 == uint32(String) {
			pos++
		}
	}
	if text[pos:] != s.tail {
		return b.back(head, texts)
	}
	return true
}

func (b *Briefer) back(tokens, texts int) bool {
	b.tokens, b.texts = b.tokens[:tokens], b.texts[:texts]
	return false
}

// simple reads a scalar, but no string that needs a closer look. Its text is from … end; end is negative if there is none.
func simple(s string, pos int) (from, end int, meta uint32) {
	if pos >= len(s) {
		return 0, -1, 0
	}
	switch c := s[pos]; {
	case c == '"':
		for end = firstOdd(s, pos+1); end < len(s) && s[end] >= utf8.RuneSelf; end = firstOdd(s, end+1) {
			meta = 1
		}
		if end == len(s) || s[end] != '"' || meta != 0 && !utf8.ValidString(s[pos+1:end]) {
			return 0, -1, 0
		}
		return pos + 1, end, uint32(String) | tokenPlain
	case c == '-' || c >= '0' && c <= '9':
		return pos, numberEnd(s, pos), uint32(Number)
	case strings.HasPrefix(s[pos:], "true"):
		return pos, pos + 4, uint32(Bool)
	case strings.HasPrefix(s[pos:], "false"):
		return pos, pos + 5, uint32(Bool)
	case strings.HasPrefix(s[pos:], "null"):
		return pos, pos + 4, uint32(Null)
	}
	return 0, -1, 0
}
