package asof

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// A frame is a row of groups, and a group is one key's keyframe and the writes that follow it:
//
//	group  size u32 · key uvarint · kind · size uvarint · row · entry…     sizes count what follows them
//	       size u32 · key uvarint · kind · entry…                          for kindBack
//	       size u32 · key uvarint · kind · base uvarint · size uvarint · patch · entry…   for kindBack|kindPatch
//	row    tainted uvarint · document
//	entry  position step uvarint · 2·writes+failed uvarint · write…
//	write  8·path+code uvarint · [value]       as value.AppendValue writes it; for codeTail:
//	       8·path+code uvarint · value · shared uvarint
//	       and for codeWord: 8·path+code uvarint · word uvarint
//
// In a tail the value is a string: what stands behind the bytes that the new text shares with the beginning of the old one.
// Row says how the document stood before the first entry: the keyframe. Where a key has few entries in a segment, next to the
// size of its document, its group may go without: the document then stands as at the end of the segment before. At most
// maxBack groups of a key in a row do so. A group that goes on in another frame has a keyframe there. Position steps count from the entry before, the first one from the segment's first position less 1.
// Or it has a patch, see patch.go.
const (
	kindBack  = 1 << iota // without a row
	kindWide              // the document has shelves, see shelf.go
	kindPatch             // with a patch
)

// maxBack bounds how many frames a look-up reads beside the one that holds what is looked up.
const maxBack = 2

// The codes of a write.
const (
	codeAdd = iota
	codeRemove
	codeReplace
	codeSame      // an equal value in other digits
	codeIdentical // the same value again: not stored
	codeTail      // codeReplace by a text that begins like the one before
	codeWord      // codeAdd or codeReplace by a word of the part
)

// minShared is from how many bytes on a tail is shorter than the whole.
const minShared = 3

// row is a key's document between two events.
type row struct {
	doc     *value.Doc
	tainted event.Position
	shelves []shelf

	// Of a bucket.
	cut   int    // size of the path of what its document is a part of
	order *order // of its members, where asked for
	backs int    // groups in a row, up to the one that it was read from, that went without a keyframe

	foundation
}

func appendRow(dst []byte, r *row, names *value.Names) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.tainted))
	return r.doc.AppendBinary(dst, names)
}

// decodeRow reads a row into the journal's room, and returns what follows it.
func decodeRow(src []byte, j *value.Journal, names *value.Names) (row, []byte, error) {
	var r row
	tainted, src, err := uvarint(src)
	if err != nil {
		return r, nil, err
	}
	r.tainted = event.Position(tainted)
	if r.doc, src, err = j.DecodeDoc(src, names); err != nil {
		return r, nil, fmt.Errorf("%w: keyframe: %w", ErrDamaged, err)
	}
	if len(src) > 0 {
		r.shelves, src, err = cutShelves(src)
	}
	return r, src, err
}

// decodeBucket reads the row of a bucket.
func decodeBucket(src []byte, j *value.Journal, names *value.Names, ordered bool) (row, error) {
	var r row
	cut, src, err := uvarint(src)
	if err != nil {
		return r, err
	}
	r.cut = int(cut)
	if r.doc, src, err = j.DecodeDoc(src, names); err != nil {
		return r, fmt.Errorf("%w: keyframe: %w", ErrDamaged, err)
	}
	root := r.doc.Root()
	if root.Kind() != value.Object {
		return r, fmt.Errorf("%w: a bucket is no object", ErrDamaged)
	}
	if !ordered {
		return r, nil
	}
	r.order = &order{names: make([]string, 0, root.Len())}
	for name := range root.Members() {
		r.order.names = append(r.order.names, name)
	}
	r.order.births, _, err = cutBirths(src, root.Len())
	return r, err
}

func uvarint(src []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(src)
	if n <= 0 {
		return 0, nil, fmt.Errorf("%w: number cut off", ErrDamaged)
	}
	return v, src[n:], nil
}

// group is one key's part of a frame.
type group struct {
	id      uint32
	back    bool // without a row
	wide    bool // the document has shelves
	patched bool // with a patch
	base    uint64
	row     []byte
	patch   []byte
	entries []byte
}

// nextGroup cuts the first group off a frame.
func nextGroup(frame []byte) (g group, rest []byte, err error) {
	if len(frame) < 4 {
		return g, nil, fmt.Errorf("%w: group cut off", ErrDamaged)
	}
	size := binary.LittleEndian.Uint32(frame)
	if uint64(size) > uint64(len(frame)-4) {
		return g, nil, fmt.Errorf("%w: group of %d bytes in %d", ErrDamaged, size, len(frame)-4)
	}
	body, rest := frame[4:4+size], frame[4+size:]
	id, body, err := uvarint(body)
	if err != nil {
		return g, nil, err
	}
	if len(body) == 0 || body[0] > kindBack|kindWide && body[0] != kindBack|kindPatch || id > noSegment {
		return g, nil, fmt.Errorf("%w: group of an unknown kind", ErrDamaged)
	}
	g = group{id: uint32(id), back: body[0]&kindBack != 0, wide: body[0]&kindWide != 0, patched: body[0]&kindPatch != 0}
	if body = body[1:]; g.back && !g.patched {
		g.entries = body
		return g, rest, nil
	}
	if g.patched {
		if g.base, body, err = uvarint(body); err != nil {
			return g, nil, err
		}
	}
	n, body, err := uvarint(body)
	if err != nil || n > uint64(len(body)) {
		return g, nil, fmt.Errorf("%w: keyframe cut off", ErrDamaged)
	}
	if g.entries = body[n:]; g.patched {
		g.patch = body[:n]
	} else {
		g.row = body[:n]
	}
	return g, rest, nil
}

// findGroup is the group of a key in a frame.
func findGroup(frame []byte, id uint32) (group, bool, error) {
	for len(frame) > 0 {
		g, rest, err := nextGroup(frame)
		if err != nil || g.id >= id {
			return g, err == nil && g.id == id, err
		}
		frame = rest
	}
	return group{}, false, nil
}

// entry is what one event did to one key's document.
type entry struct {
	pos    event.Position
	writes int
	failed bool
}

// entries reads a group's entries one after the other.
type entries struct {
	part   *part
	src    []byte
	pos    event.Position
	bucket bool // of a bucket: each write is behind its number
	patch  bool // of a patch: positions go both ways
	number int  // of the write read last, in its event
}

func (e *entries) done() bool { return len(e.src) == 0 }

// next reads the head of an entry; its writes must be read or skipped before the next one.
func (e *entries) next() (entry, error) {
	if e.number = 0; !e.bucket {
		e.number = -1
	}
	if src := e.src; !e.patch && len(src) > 1 && src[0] < 0x80 && src[1] < 0x80 && int(src[1]>>1) <= len(src)-2 { // as most are
		e.src = src[2:]
		e.pos += event.Position(src[0])
		return entry{pos: e.pos, writes: int(src[1] >> 1), failed: src[1]&1 != 0}, nil
	}
	step, src, err := uvarint(e.src)
	if err != nil {
		return entry{}, err
	}
	if e.patch {
		step = step>>1 ^ -(step & 1)
	}
	n, src, err := uvarint(src)
	if err != nil {
		return entry{}, err
	}
	if n>>1 > uint64(len(src)) {
		return entry{}, fmt.Errorf("%w: %d writes in %d bytes", ErrDamaged, n>>1, len(src))
	}
	e.src = src
	e.pos += event.Position(step)
	return entry{pos: e.pos, writes: int(n >> 1), failed: n&1 != 0}, nil
}

// peek is the next entry's head, without moving.
func (e *entries) peek() (entry, bool, error) {
	if e.done() {
		return entry{}, false, nil
	}
	src, pos := e.src, e.pos
	head, err := e.next()
	e.src, e.pos = src, pos
	return head, err == nil, err
}

// write is a write as it is stored.
type write struct {
	path   uint64
	code   int
	body   []byte // the new value, encoded
	shared uint64 // bytes of the old text that a tail stands behind
}

func (e *entries) write() (write, error) {
	src := e.src
	if e.bucket {
		step, rest, err := uvarint(src)
		if err != nil {
			return write{}, err
		}
		e.number += int(step)
		src = rest
	} else {
		e.number++
	}
	v, src, err := uvarint(src)
	if err != nil {
		return write{}, err
	}
	w := write{path: v >> 3, code: int(v & 7)}
	if w.code == codeWord {
		word, rest, err := uvarint(src)
		if err != nil {
			return w, err
		}
		if w.body, err = e.part.word(word); err != nil {
			return w, err
		}
		src = rest
	} else if w.code != codeRemove && w.code != codeIdentical {
		if w.code > codeWord {
			return w, fmt.Errorf("%w: write of kind %d", ErrDamaged, w.code)
		}
		if w.body, src, err = value.CutValue(src); err != nil {
			return w, fmt.Errorf("%w: written value: %w", ErrDamaged, err)
		}
		if w.code == codeTail {
			if w.shared, src, err = uvarint(src); err != nil {
				return w, err
			}
		}
	}
	e.src = src
	return w, nil
}

func (e *entries) skip(n int) error {
	for range n {
		if _, err := e.write(); err != nil {
			return err
		}
	}
	return nil
}

// decode makes the write one that can be done again to a document that stands before it, and that stands at the first cut bytes
// of the paths. An identical write gets no New: it changes
// nothing. A write on loan lives as long as the frame and the transaction: it is for documents, which copy what they take.
func (p *part) decode(w write, cut int, doc *value.Doc, names *value.Names, loan bool) (value.Write, error) {
	path, err := p.pathBelow(w.path, cut)
	if err != nil {
		return value.Write{}, err
	}
	if !loan {
		path = strings.Clone(path)
		w.body = slices.Clone(w.body)
	}
	out := value.Write{Path: value.Pointer(path), Op: opOf(w.code)}
	if w.code == codeWord && doc.Root().At(out.Path) == nil {
		out.Op = value.Add
	}
	if w.body == nil {
		return out, nil
	}
	if out.New, err = value.DecodeValue(w.body, names); err == nil && w.code == codeTail {
		out.New, err = joined(doc.Root().At(out.Path), w.shared, out.New)
	}
	if err != nil {
		return out, fmt.Errorf("%w: written value at %s: %w", ErrDamaged, path, err)
	}
	return out, nil
}

// joined is the value of a tail: it is of the kind that the old one is of.
func joined(old *value.Node, shared uint64, tail *value.Node) (*value.Node, error) {
	if shared > uint64(len(old.Text())) {
		return nil, fmt.Errorf("%d bytes of %d", shared, len(old.Text()))
	}
	text := old.Text()[:shared] + tail.Text()
	if old.Kind() == value.String {
		return value.Str(text), nil
	}
	if n := value.Num(text); n != nil && old.Kind() == value.Number {
		return n, nil
	}
	return nil, errors.New("not a number")
}

// tailOf is how many bytes a new text shares with an old one, if a tail is to be written.
func tailOf(old, now string) (shared int, ok bool) {
	n := min(len(old), len(now))
	for shared < n && old[shared] == now[shared] {
		shared++
	}
	return shared, shared >= minShared
}

func opOf(code int) value.Op {
	switch code {
	case codeAdd:
		return value.Add
	case codeRemove:
		return value.Remove
	case codeReplace, codeTail, codeWord:
		return value.Replace
	}
	return value.Same
}
