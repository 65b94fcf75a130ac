package value

import (
	"fmt"
	"strings"
)

// MaxDepth is how many arrays and objects may stand in each other.
const MaxDepth = 1000

// SyntaxError says where a text stops being JSON.
type SyntaxError struct {
	Offset int // of the byte at fault, from 0
	Msg    string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("JSON, byte %d: %s", e.Offset, e.Msg) }

// Notes tell what was odd in a text that is JSON all the same.
type Notes uint8

const (
	// RepeatedKey: an object names a key twice; the last one counts, at the first one's place.
	RepeatedKey Notes = 1 << iota
	// InvalidUTF8: a string holds bytes that are not UTF-8; each is read as U+FFFD.
	InvalidUTF8
	// LoneSurrogate: a string holds half of a surrogate pair; it is kept.
	LoneSurrogate
)

// Has reports whether all of the given notes are set.
func (n Notes) Has(all Notes) bool { return n&all == all }

// Parse reads one JSON value, strictly by RFC 8259. It keeps the order of keys and the text of numbers, and does not
// hold on to src.
func Parse(src []byte) (*Node, error) {
	n, _, err := ParseText(string(src))
	return n, err
}

// ParseNote is Parse, telling what was odd.
func ParseNote(src []byte) (*Node, Notes, error) { return ParseText(string(src)) }

// ParseText is ParseNote of a text that the values may refer to: it must not change while they live.
func ParseText(src string) (*Node, Notes, error) {
	p := parser{src: src}
	p.size(&p.slabs, src)
	if len(p.bodies) > 0 {
		p.stack, p.keys = make([]*Node, 0, min(len(p.pointer), 32)), make([]string, 0, min(len(p.strings), 32))
	}
	return p.whole()
}

func (p *parser) whole() (*Node, Notes, error) {
	p.space()
	n, err := p.value()
	if err != nil {
		return nil, 0, err
	}
	p.space()
	if p.pos < len(p.src) {
		return nil, 0, p.fault("text after the value")
	}
	return n, p.notes, nil
}

// parser builds nodes from slabs, which are as large as the text can need, so that most values take five allocations.
type parser struct {
	slabs
	src   string
	pos   int
	depth int
	notes Notes
	stack []*Node  // values of the containers that are open
	keys  []string // names of the objects that are open

	passing nodeFlags // flagOwned for arrays and objects that do not last, as those of a document
}

// size makes room for what the text can hold at most: a comma more is a value more, and so is a bracket.
func (p *parser) size(room *slabs, text string) {
	containers := strings.Count(text, "{") + strings.Count(text, "[")
	values := min(1+strings.Count(text, ",")+containers, maxSlab)
	room.nodes = sized(room.nodes, values)
	if containers == 0 {
		return
	}
	room.bodies = sized(room.bodies, min(containers, maxSlab/8))
	room.pointer = sized(room.pointer, values)
	room.strings = sized(room.strings, min(strings.Count(text, ":"), maxSlab))
}

func (p *parser) fault(msg string) error { return &SyntaxError{Offset: p.pos, Msg: msg} }

func (p *parser) space() {
	for p.pos < len(p.src) && p.src[p.pos] <= ' ' {
		switch p.src[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value() (*Node, error) {
	if p.pos == len(p.src) {
		return nil, p.fault("the text ends where a value is due")
	}
	switch p.src[p.pos] {
	case '{':
		return p.object()
	case '[':
		return p.array()
	}
	kind, text, flags, err := p.scalar()
	if err != nil {
		return nil, err
	}
	n := p.node(kind, text)
	n.flags = flags
	return n, nil
}

// scalar reads what is no array or object. The text does not end here.
func (p *parser) scalar() (kind Kind, text string, flags nodeFlags, err error) {
	switch p.src[p.pos] {
	case '"':
		text, flags, err = p.str()
		return String, text, flags, err
	case 't':
		return p.word(Bool, "true")
	case 'f':
		return p.word(Bool, "false")
	case 'n':
		return p.word(Null, "null")
	}
	end := numberEnd(p.src, p.pos)
	if end < 0 {
		return 0, "", 0, p.fault("no value begins or goes on like this")
	}
	text = p.src[p.pos:end]
	p.pos = end
	return Number, text, 0, nil
}

func (p *parser) word(kind Kind, word string) (Kind, string, nodeFlags, error) {
	if !strings.HasPrefix(p.src[p.pos:], word) {
		return 0, "", 0, p.fault("no value begins like this")
	}
	p.pos += len(word)
	return kind, word, 0, nil
}

func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		return p.fault(fmt.Sprintf("more than %d arrays and objects in each other", MaxDepth))
	}
	p.pos++
	p.space()
	return nil
}

// next goes past a comma (true) or the closing bracket (false).
func (p *parser) next(closing byte) (bool, error) {
	p.space()
	if p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ',':
			p.pos++
			p.space()
			return true, nil
		case closing:
			p.pos++
			p.depth--
			return false, nil
		}
	}
	return false, p.fault("neither a comma nor " + string(closing))
}

func (p *parser) empty(closing byte) bool {
	if p.pos == len(p.src) || p.src[p.pos] != closing {
		return false
	}
	p.pos++
	p.depth--
	return true
}

func (p *parser) array() (*Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	n, base := p.container(Array), len(p.stack)
	n.flags = p.passing
	for more := !p.empty(']'); more; {
		item, err := p.value()
		if err != nil {
			return nil, err
		}
		p.stack = append(p.stack, item)
		if more, err = p.next(']'); err != nil {
			return nil, err
		}
	}
	n.body.kids = p.kids(p.stack[base:])
	p.stack = p.stack[:base]
	return n, nil
}

func (p *parser) object() (*Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	n, values, names := p.container(Object), len(p.stack), len(p.keys)
	n.flags = p.passing
	var large *body // holds the members from the 17th on, where it finds them by hash
	for more := !p.empty('}'); more; {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		kid, err := p.value()
		if err != nil {
			return nil, err
		}
		if large == nil && len(p.keys)-names == indexFrom {
			large = n.body
			large.kids = append([]*Node(nil), p.stack[values:]...)
			large.names = append([]string(nil), p.keys[names:]...)
		}
		p.member(large, values, names, name, kid)
		if more, err = p.next('}'); err != nil {
			return nil, err
		}
	}
	if large == nil {
		n.body.kids, n.body.names = p.kids(p.stack[values:]), p.names(p.keys[names:])
	}
	p.stack, p.keys = p.stack[:values], p.keys[:names]
	return n, nil
}

func (p *parser) name() (string, error) {
	if p.pos == len(p.src) || p.src[p.pos] != '"' {
		return "", p.fault("a member's name is due")
	}
	name, _, err := p.str()
	if err != nil {
		return "", err
	}
	p.space()
	if p.pos == len(p.src) || p.src[p.pos] != ':' {
		return "", p.fault("no colon after a member's name")
	}
	p.pos++
	p.space()
	return name, nil
}

// member adds a member to the large body, or to the stacks of a small object, or puts it in the place of its namesake.
func (p *parser) member(large *body, values, names int, name string, kid *Node) {
	if large != nil {
		if i := large.find(name); i >= 0 {
			large.kids[i] = kid
			p.notes |= RepeatedKey
			return
		}
		large.add(name, kid)
		return
	}
	for i, s := range p.keys[names:] {
		if s == name {
			p.stack[values+i] = kid
			p.notes |= RepeatedKey
			return
		}
	}
	p.keys = append(p.keys, name)
	p.stack = append(p.stack, kid)
}
