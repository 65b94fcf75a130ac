package asof

import (
	"asof/engine/event"
	"asof/engine/value"
)

// Sieve spares visits to moments at which the answer to a yes-or-no question about the document stays what it was.
type Sieve interface {
	// Was is the answer for a key before the first moment of the walk.
	Was(id uint32) bool
	// Says is the answer for a document; not sure leaves it to the visit.
	Says(state *value.Node) (answer, sure bool)
	// Asks reports whether May can say anything.
	Asks() bool
	// May reports whether the answer may come to be yes, or the question fail, where so much was written.
	May(stat func(value.Pointer) (SegmentStat, error)) (bool, error)
}

// sifter is a sieve at work on one key after the other. Its zero value spares nothing.
type sifter struct {
	sieve  Sieve
	begun  bool
	id     uint32 // of the key, if begun
	answer bool
	sure   bool // the answer is known
}

// newSifter is the sifter of a walk.
func newSifter(o *WalkOptions) sifter {
	if o.Sieve == nil || !o.Changes || o.Before {
		return sifter{}
	}
	return sifter{sieve: o.Sieve()}
}

// begin goes on to a key, or goes on with it.
func (s *sifter) begin(id uint32) {
	if s.sieve != nil && !(s.begun && s.id == id) {
		s.begun, s.id, s.answer, s.sure = true, id, s.sieve.Was(id), true
	}
}

// holds reports whether the answer for a key is yes before what comes next, or not known.
func (s *sifter) holds(id uint32) bool {
	if s.begun && s.id == id {
		return s.answer || !s.sure
	}
	return s.sieve.Was(id)
}

// spares reports whether the answer for a document is the one before.
func (s *sifter) spares(state *value.Node) bool {
	was, known := s.answer, s.sure
	s.answer, s.sure = s.sieve.Says(state)
	return known && s.sure && was == s.answer
}

// skim plays entries of the group up to the next one that is to be visited; not more at its end.
func (u *walkUnit) skim() (at event.Position, more bool, err error) {
	for {
		at, more, err = u.player.skim()
		if err != nil || !more || u.sifter.sieve == nil {
			return at, more, err
		}
		_, state, err := u.player.documents()
		if err != nil || !u.sifter.spares(state) {
			return at, true, err
		}
		if err := u.player.settle(); err != nil {
			return at, false, err
		}
	}
}

// skim plays entries up to the next one that may have changed a field; not more at the group's end.
func (t *thin) skim() (at event.Position, more bool, err error) {
	for !t.entries.done() {
		touched, err := t.play()
		if touched || err != nil || !t.u.o.Changes {
			return t.entries.pos, true, err
		}
		if err := t.settle(); err != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

// skim plays the next entry; not more at the group's end.
func (f *fat) skim() (at event.Position, more bool, err error) {
	if f.now.entries.done() {
		return 0, false, nil
	}
	_, err = f.play()
	return f.now.entries.pos, true, err
}

// shortHead is the head of a write, a varint, where it takes one byte or two, and how many; 0 = it takes more. There are two at least.
func shortHead(src []byte) (head, n int) {
	switch head = int(src[0]); {
	case head < 0x80:
		return head, 1
	case src[1] < 0x80:
		return head&0x7f | int(src[1])<<7, 2
	}
	return 0, 0
}

// cut reads a write of a value, if its path and its size can be told at once, as those of most can.
func (e *entries) cut(w *write) bool {
	src := e.src
	if len(src) < 3 || e.bucket {
		return false
	}
	head, n := shortHead(src)
	if n == 0 {
		return false
	}
	if code := head & 7; code != codeAdd && code != codeReplace {
		return false
	}
	size := value.ShortSize(src[n])
	if size == 0 || size > len(src)-n {
		return false
	}
	w.path, w.code, w.body, w.shared = uint64(head>>3), head&7, src[n:n+size], 0
	e.number++
	e.src = src[n+size:]
	return true
}

// dull says by path which writes nobody asks about: a bit for each of their codes.
type dull []uint8

// allDull is any write.
const allDull = 0xff

// pass goes past dull writes, up to n of them, as far as their paths and their sizes can be told at once. It reports how many are left.
func (e *entries) pass(n int, d dull) (left int) {
	src := e.src
	for ; n > 0 && len(src) >= 3; n-- {
		head, size := shortHead(src)
		path, code := head>>3, head&7
		if size == 0 || path >= len(d) || d[path]>>code&1 == 0 {
			break
		}
		if size = writeSize(code, src, size); size == 0 {
			break
		}
		src = src[size:]
	}
	e.src = src
	return n
}

// writeSize is how many bytes a write of a code takes whose head takes n of src, if that can be told at once; else 0.
func writeSize(code int, src []byte, n int) int {
	switch code {
	case codeAdd, codeReplace, codeSame:
		size := value.ShortSize(src[n])
		if n += size; size == 0 || n > len(src) {
			return 0
		}
		return n
	case codeRemove, codeIdentical:
		return n
	case codeWord:
		for src[n] >= 0x80 {
			if n++; n == len(src) {
				return 0
			}
		}
		return n + 1
	case codeTail:
		size := value.ShortSize(src[n])
		if n += size; size == 0 || n >= len(src) || src[n] >= 0x80 {
			return 0
		}
		return n + 1
	}
	return 0
}
