package asof

import "asof/engine/value"

// Sieve spares visits to moments at which the answer to a yes-or-no question about the document stays what it was.
type Sieve interface {
	// Was is the answer for a key before the first moment of the walk.
	Was(id uint32) bool
	// Says is the answer for a document; not sure leaves it to the visit.
	Says(state *value.Node) (answer, sure bool)
}

// skim plays entries up to the next one that is to be visited; not more at the group's end.
func (t *thin) skim() (more bool, err error) {
	for !t.entries.done() {
		touched, err := t.play()
		if err != nil {
			return false, err
		}
		if touched && t.sieve != nil {
			touched, err = t.sifted()
		}
		if touched || err != nil || !t.u.o.Changes {
			return true, err
		}
		if err := t.settle(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// sifted reports whether the answer may be another one than before.
func (t *thin) sifted() (bool, error) {
	if err := t.draw(); err != nil {
		return false, err
	}
	was, known := t.answer, t.sure
	t.answer, t.sure = t.sieve.Says(t.now.Root())
	return !known || !t.sure || was != t.answer, nil
}

// cut reads a write of a value, if its path and its size can be told at once, as those of most can.
func (t *thin) cut(w *write) bool {
	src := t.entries.src
	if len(src) < 3 {
		return false
	}
	head, n := int(src[0]), 1
	if head >= 0x80 {
		if src[1] >= 0x80 {
			return false
		}
		head, n = head&0x7f|int(src[1])<<7, 2
	}
	if code := head & 7; code != codeAdd && code != codeReplace {
		return false
	}
	size := value.ShortSize(src[n])
	if size == 0 || size > len(src)-n {
		return false
	}
	w.path, w.code, w.body = uint64(head>>3), head&7, src[n:n+size]
	t.entries.src = src[n+size:]
	return true
}

// pass goes past a write that touches nothing, if its path and its size can be told at once.
func (t *thin) pass() bool {
	src := t.entries.src
	if len(src) < 3 {
		return false
	}
	head, n := int(src[0]), 1
	if head >= 0x80 {
		if src[1] >= 0x80 {
			return false
		}
		head, n = head&0x7f|int(src[1])<<7, 2
	}
	if path := head >> 3; path >= len(t.paths) || t.paths[path].kind != touchNone {
		return false
	}
	switch head & 7 {
	case codeRemove, codeIdentical:
	case codeWord:
		for src[n] >= 0x80 {
			if n++; n == len(src) {
				return false
			}
		}
		n++
	case codeAdd, codeReplace, codeSame, codeTail:
		size := value.ShortSize(src[n])
		if n += size; size == 0 || n > len(src) {
			return false
		}
		if head&7 == codeTail {
			if n >= len(src) || src[n] >= 0x80 {
				return false
			}
			n++
		}
	default:
		return false
	}
	t.entries.src = src[n:]
	return true
}
