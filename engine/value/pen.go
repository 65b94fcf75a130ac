package value

import (
	"errors"
	"fmt"
	"strconv"
	"unsafe"
)

// ErrRepeatedKey is returned where a text that names a key twice cannot be written as it is read.
var ErrRepeatedKey = errors.New("an object names a key twice")

// Pen writes into documents straight from text: only what a text brings anew becomes a node. Its zero value is ready; one
// goroutine at a time may use it. It keeps nothing of one text for the next.
type Pen struct {
	Parser
	word   Node
	digits []byte
}

// Text is a string value, good until the pen is used again. Text must not change until then.
func (w *Pen) Text(text []byte) *Node { return w.Str(unsafe.String(unsafe.SliceData(text), len(text))) }

// Str is Str, good until the pen is used again.
func (w *Pen) Str(text string) *Node {
	if firstOdd(text, 0) < len(text) {
		return Str(text)
	}
	w.word = Node{kind: String, flags: flagPlain, text: text}
	return &w.word
}

// Int is Int, good until the pen is used again.
func (w *Pen) Int(i int64) *Node {
	w.digits = strconv.AppendInt(w.digits[:0], i, 10)
	w.word = Node{kind: Number, text: unsafe.String(unsafe.SliceData(w.digits), len(w.digits))}
	return &w.word
}

// Decimal is d as a value, good until the pen is used again.
func (w *Pen) Decimal(d Decimal) *Node {
	if d.large == nil && d.scale == 0 {
		return w.Int(d.small)
	}
	return w.Num(d.Text())
}

// Num is Num, good until the pen is used again: nil if text is not a number.
func (w *Pen) Num(text string) *Node {
	if numberEnd(text, 0) != len(text) || text == "" {
		return nil
	}
	w.word = Node{kind: Number, text: text}
	return &w.word
}

// Merge writes the members of the object that src is into the object at, in their order: where a member and what stands in its
// place are objects, in the same way, and else as SetMember does.
//
// After an error some members may have been written. ErrKind says that src is not an object, ErrRepeatedKey that it has to be
// parsed to be understood; both only if nothing else is wrong up to there.
func (w *Pen) Merge(d *Doc, at *Node, src []byte) error {
	depth, err := d.check(at, Object, at)
	if err != nil {
		return err
	}
	w.begin(src)
	p := &w.p
	p.space()
	if p.pos == len(p.src) || p.src[p.pos] != '{' {
		return fmt.Errorf("%w: not an object", ErrKind)
	}
	if err := w.object(d, at, depth); err != nil {
		return err
	}
	p.space()
	if p.pos < len(p.src) {
		return p.fault("text after the value")
	}
	return nil
}

// object merges the object that begins at the position into at, which stands at the given depth.
func (w *Pen) object(d *Doc, at *Node, depth int) error {
	p, b := &w.p, at.body
	if err := p.enter(); err != nil {
		return err
	}
	var seen slotSet
	next := 0 // where the member stands if it follows the one before there too
	for more := !p.empty('}'); more; {
		name, err := p.name()
		if err != nil {
			return err
		}
		slot := b.slot(next, name)
		known := slot >= 0
		if !known {
			slot = len(b.kids)
		}
		if !seen.add(slot) {
			return ErrRepeatedKey
		}
		if known {
			err = w.replace(d, at, slot, depth)
		} else {
			err = w.add(d, at, name, depth)
		}
		if err != nil {
			return err
		}
		next = slot + 1
		if more, err = p.next('}'); err != nil {
			return err
		}
	}
	return nil
}

// replace merges the value at the position into what stands in a slot of at.
func (w *Pen) replace(d *Doc, at *Node, slot, depth int) error {
	p, old := &w.p, at.body.kids[slot]
	if old.kind == Object && p.pos < len(p.src) && p.src[p.pos] == '{' {
		return w.object(d, old, depth+1)
	}
	v, err := w.next()
	if err != nil {
		return err
	}
	return d.renew(at, slot, v, depth)
}

// add makes the value at the position a member more of at.
func (w *Pen) add(d *Doc, at *Node, name string, depth int) error {
	v, err := w.next()
	if err != nil {
		return err
	}
	return d.addMember(at, name, v, depth)
}

// next reads the value at the position; it is good until the pen is used again.
func (w *Pen) next() (*Node, error) {
	p := &w.p
	if p.pos < len(p.src) && p.src[p.pos] != '{' && p.src[p.pos] != '[' {
		var err error
		w.word.kind, w.word.text, w.word.flags, err = p.scalar()
		return &w.word, err
	}
	w.refill()
	return p.value()
}

// slotSet is a set of slots; most are small.
type slotSet struct {
	low  [2]uint64
	high map[int]bool
}

// add reports whether the slot was not there.
func (s *slotSet) add(slot int) bool {
	if slot >= 64*len(s.low) {
		if s.high[slot] {
			return false
		}
		if s.high == nil {
			s.high = map[int]bool{}
		}
		s.high[slot] = true
		return true
	}
	bit := uint64(1) << (slot & 63)
	was := s.low[slot>>6]
	s.low[slot>>6] = was | bit
	return was&bit == 0
}
