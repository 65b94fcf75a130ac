package asof

import (
	"encoding/binary"
	"fmt"
	"slices"

	"asof/engine/event"
	"asof/engine/value"
)

// A document that changes now and then, a little each time, is not written down again and again: its group has a patch, which says what
// has changed since the end of an earlier segment, its base, whose group ends behind a keyframe. A look-up reads two frames then,
// however long that goes on.
//
//	patch  position step zigzag varint · 2·writes uvarint · write… and so on
//
// It has each scalar, and each array and empty object as a whole, that changed since, in the document's order, behind the position
// that last changed it. What the group's first entry replaces is not in it: codeRemove only keeps its place among the members. So a
// patch serves those who look at the document after the first entry. Before it, the document stands as at the end of the segment
// before that wrote to the key.

// foundation is what a patch of a document can stand on.
type foundation struct {
	base  uint32         // the ordinal of the segment, and 1; 0 if there is none
	since event.Position // the document's last change in it
}

// found makes the document as it stands at the end of a segment with a keyframe what patches stand on.
func (f *foundation) found(ordinal uint32, changed uint64) {
	f.base, f.since = ordinal+1, event.Position(changed)
}

// loosen says that patches cannot tell what becomes of the document.
func (f *foundation) loosen() { f.base = 0 }

// firm reports whether the stamps of a document tell what such a write did: members that went, or a value that is written otherwise,
// leave none.
func firm(code int, body []byte) bool {
	return code != codeRemove && code != codeSame && (code != codeReplace || value.KindOf(body) != value.Object)
}

// patch is what is to be written in front of the entries of the open group.
type patch struct {
	due      bool
	at       int    // where in the frame
	back     uint32 // the base is so many segments back
	since    uint64
	keyframe []byte // instead, if that is little longer
	pieces   []value.Piece
	replaced []value.Place // by the first entry
}

// begin opens the group of a key that has a patch, or a keyframe should that be better. One of them is written with the first entry.
func (b *scribe) begin(key uint32, back uint32, since event.Position) {
	b.partBuilder.begin(key, nil, false)
	p := &b.patch
	p.due, p.at, p.back, p.since = true, len(b.frame), back, uint64(since)
	p.replaced, p.pieces = p.replaced[:0], p.pieces[:0]
}

// settle writes the patch or the keyframe. It reports which, and writes the keyframe if ok is false.
func (b *scribe) settle(ok bool) (patched bool) {
	p := &b.patch
	p.due = false
	entry := append(b.entry[:0], b.frame[p.at:]...)
	b.entry = entry
	if b.frame = b.frame[:p.at]; ok {
		b.frame[p.at-1] |= kindPatch
		b.frame = binary.AppendUvarint(b.frame, uint64(p.back))
		from := len(b.frame)
		b.changes()
		var room [maxVarint]byte
		b.frame = append(slices.Insert(b.frame, from, binary.AppendUvarint(room[:0], uint64(len(b.frame)-from))...), entry...)
		return true
	}
	b.frame[p.at-1] = 0
	b.frame = append(binary.AppendUvarint(b.frame, uint64(len(p.keyframe))), p.keyframe...)
	b.frame = append(b.frame, entry...)
	b.partBuilder.keyframe = len(p.keyframe)
	return false
}

// changes writes the patch's pieces.
func (b *scribe) changes() {
	last := b.first - 1
	for pieces := b.patch.pieces; len(pieces) > 0; {
		n, pos := b.run(pieces, last)
		b.frame = binary.AppendVarint(b.frame, int64(pos-last))
		b.frame = binary.AppendUvarint(b.frame, uint64(n)<<1)
		for i := range pieces[:n] {
			one := &pieces[i]
			e := b.paths.place(b.places, one.At)
			number := b.number(one.At, e)
			if slices.Contains(b.patch.replaced, one.At) {
				b.frame = appendUvarint(b.frame, number|codeRemove)
			} else {
				b.partBuilder.sheetWrite(e, number, value.Add, b.sheet, nil, &one.Leaf)
			}
		}
		pieces, last = pieces[n:], pos
	}
}

// run is how many pieces come first that are of one position, and which; those that are replaced are of any.
func (b *scribe) run(pieces []value.Piece, last event.Position) (n int, pos event.Position) {
	known := false
	for pos = last; n < len(pieces); n++ {
		if slices.Contains(b.patch.replaced, pieces[n].At) {
			continue
		}
		if at := event.Position(pieces[n].Stamp); !known {
			pos, known = at, true
		} else if at != pos {
			break
		}
	}
	return n, pos
}

// changes are the writes of the group's patch.
func (g group) changes(p *part) entries {
	return entries{part: p, src: g.patch, pos: p.first - 1, patch: true}
}

// serves reports whether the patch of a group serves who looks at the document as of a position, and not before.
func (g group) serves(p *part, at event.Position) bool {
	list := entries{part: p, src: g.entries, pos: p.first - 1}
	first, ok, err := list.peek()
	return g.patched && ok && err == nil && first.pos <= at
}

// baseOf is the last position of the segment that a group's patch stands on.
func (r *reader) baseOf(p *part, g group) (event.Position, error) {
	ordinal := r.segment(p.first)
	if g.base == 0 || g.base > uint64(ordinal) {
		return 0, fmt.Errorf("%w: segment at %d: a patch of what stood %d segments before", ErrDamaged, p.first, g.base)
	}
	return r.extents[ordinal-int(g.base)].last, nil
}

// rowOfPatch is how the document stands after the first entry, but for what that replaces.
func (t *tape) rowOfPatch(g group) (row, error) {
	list := g.changes(t.entries.part)
	end, err := t.r.baseOf(list.part, g)
	if err != nil {
		return row{}, err
	}
	w, err := t.rowBefore(g.id, end+1, &scope{})
	if err != nil {
		return w, err
	}
	w.doc.Share(t.r.docs)
	for !list.done() {
		e, err := list.next()
		if err != nil {
			return w, err
		}
		for range e.writes {
			if err := t.change(w.doc, &list, e.pos); err != nil {
				return w, fmt.Errorf("%w: segment at %d: patch: %w", ErrDamaged, list.part.first, err)
			}
		}
	}
	return w, nil
}

// change does the next write of a patch.
func (t *tape) change(doc *value.Doc, list *entries, pos event.Position) error {
	w, err := list.write()
	if err != nil {
		return err
	}
	path, err := list.part.pathText(w.path)
	if err != nil {
		return err
	}
	if w.code == codeRemove {
		w.body = nothing
	}
	return doc.Patch(uint64(pos), value.Pointer(path), w.body, t.names)
}

// nothing keeps the place of what an entry replaces. It is a text: doing a write of a text or a list again asks for no comparison, and
// nothing else is equal to one.
var nothing = value.AppendText(nil, value.String, true, "")

// rowBefore is how the document stands before a segment that begins without its keyframe.
func (t *tape) rowBefore(id uint32, first event.Position, sc *scope) (row, error) {
	if t.walk != nil && !sc.few {
		return t.walk.before(id, first)
	}
	if t.under != nil && t.under.there {
		return t.r.rowIn(*t.under, first-1)
	}
	return t.r.rowBefore(id, first, sc)
}
