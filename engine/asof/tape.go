package asof

import (
	"fmt"
	"slices"

	"asof/engine/event"
	"asof/engine/value"
)

// tape plays one key's group of a frame: how the document stood at its beginning, then entry after entry. Of a document with
// shelves it holds what its scope wants. It plays the groups of buckets too.
type tape struct {
	row     row
	scope   scope
	entries entries
	names   *value.Names
	buf     []byte
	r       *reader
	id      uint32
	frame   int            // of the part that entries has
	walk    *walkUnit      // which holds frames of the past; or nil
	under   *place         // what the group stands on, if that is known
	full    bool           // the group has a keyframe
	upTo    event.Position // the document is not looked at before this position, wherever the tape is wound to
}

// open winds the tape to the start of frame f. It reports whether the frame has a group of the key.
func (t *tape) open(r *reader, p *part, f int, id uint32) (bool, error) {
	return t.openUpTo(0, r, p, f, id)
}

// openUpTo is open for who does not look at the document before a position.
func (t *tape) openUpTo(at event.Position, r *reader, p *part, f int, id uint32) (bool, error) {
	t.upTo = at
	buf, err := t.read(r, p, f)
	if err != nil {
		return false, err
	}
	g, ok, err := findGroup(buf, id)
	if err != nil || !ok {
		return false, err
	}
	return true, t.load(r, p, g, f)
}

// read is frame f.
func (t *tape) read(r *reader, p *part, f int) (buf []byte, err error) {
	if t.scope.frames != nil {
		return t.scope.frames.read(r, p, f)
	}
	return r.frame(p, f, &t.buf)
}

// goesOn reports whether a group in frame f follows what the tape has played to its end, and is that of a document with shelves:
// putting it together once more would take long.
func (t *tape) goesOn(p *part, g group, f int) bool {
	return g.wide && !g.back && t.row.doc != nil && t.id == g.id && t.entries.part.first == p.first && t.frame+1 == f &&
		t.entries.done() && t.row.complete()
}

// load winds the tape to the start of a group, which is in frame f.
func (t *tape) load(r *reader, p *part, g group, f int) (err error) {
	goesOn := t.goesOn(p, g, f)
	t.r, t.names, t.id, t.frame = r, r.layout.names, g.id, f
	t.entries = entries{part: p, src: g.entries, pos: p.first - 1, bucket: g.id >= firstRow}
	sc := &t.scope
	if g.wide && sc.few && sc.from > 0 {
		if sc, err = t.scope.written(t.entries); err != nil {
			return err
		}
	}
	switch {
	case goesOn:
		return t.turn(g)
	case g.serves(p, t.upTo):
		t.row, err = t.rowOfPatch(g)
	case g.back:
		t.row, err = t.rowBefore(g.id, p.first, sc)
	case t.entries.bucket:
		t.row, err = decodeBucket(g.row, r.docs, t.names, sc.order)
	default:
		t.row, _, err = decodeRow(g.row, r.docs, t.names)
	}
	if err != nil {
		return err
	}
	t.row.doc.Share(r.docs)
	if t.full = !g.back; g.back {
		t.row.backs++
	}
	if t.row.complete() {
		return nil
	}
	pos := p.first
	if e, more, err := t.peek(); err != nil {
		return err
	} else if more {
		pos = e.pos
	}
	return r.shelve(&t.row, sc, r.segment(p.first), pos)
}

// turn goes on with the document at hand in the next frame, from which on it may have other shelves.
func (t *tape) turn(g group) error {
	w, _, err := decodeRow(g.row, t.r.docs, t.names)
	if err != nil {
		return err
	}
	t.row.doc.Share(t.r.docs)
	t.row.shelves = w.shelves
	for i := range t.row.shelves {
		t.row.shelves[i].all = true
	}
	return nil
}

// written is the scope with the paths that its entries write at.
func (sc *scope) written(list entries) (*scope, error) {
	more := *sc
	more.paths, more.from, more.to = slices.Clone(sc.paths), 0, 0
	for !list.done() {
		e, err := list.next()
		if err != nil || e.pos > sc.to {
			return &more, err
		}
		for range e.writes {
			w, err := list.write()
			if err != nil {
				return nil, err
			}
			if path, err := list.part.pathText(w.path); err != nil {
				return nil, err
			} else if e.pos >= sc.from {
				more.paths = append(more.paths, value.Pointer(path))
			}
		}
	}
	return &more, nil
}

// peek is the next entry, without moving.
func (t *tape) peek() (entry, bool, error) { return t.entries.peek() }

// play does the next entry to the document. See is shown each write before it is done, with a nil New if it is identical, but those
// that have to do with nothing that the scope wants.
func (t *tape) play(see func(value.Write) error) (entry, error) {
	e, err := t.entries.next()
	if err != nil {
		return e, err
	}
	t.r.ix.probes.Entries.Add(1)
	if e.failed {
		t.row.loosen()
		if t.row.tainted == 0 {
			t.row.tainted = e.pos
		}
	}
	if !t.row.complete() {
		if err := t.prepare(e); err != nil {
			return e, err
		}
	}
	var w write
	for range e.writes {
		if !t.entries.cut(&w) {
			if w, err = t.entries.write(); err != nil {
				return e, err
			}
		}
		if !firm(w.code, w.body) {
			t.row.loosen()
		}
		if err := t.write(e.pos, w, see); err != nil {
			return e, err
		}
	}
	return e, nil
}

// prepare puts a shelf that the entry ends into the document: what stands there matters once more.
func (t *tape) prepare(e entry) error {
	ahead := t.entries
	for range e.writes {
		w, err := ahead.write()
		if err != nil {
			return err
		}
		path, err := ahead.part.pathText(w.path)
		if err != nil {
			return err
		}
		for i := range t.row.shelves {
			s := &t.row.shelves[i]
			if s.all || w.code == codeIdentical || !s.path.HasPrefix(value.Pointer(path)) {
				continue
			}
			if err := t.r.shelveAll(&t.row, s, false, t.r.segment(ahead.part.first), e.pos); err != nil {
				return err
			}
		}
	}
	return nil
}

// write does a write of the entry at pos.
func (t *tape) write(pos event.Position, w write, see func(value.Write) error) error {
	path, err := t.entries.part.pathBelow(w.path, t.row.cut)
	if err != nil {
		return err
	}
	if len(t.row.shelves) > 0 {
		if done, err := t.row.shelved(pos, value.Pointer(path), w.code); done || err != nil {
			return err
		}
	}
	if !t.scope.order {
		return t.do(pos, path, w, see)
	}
	was := t.row.doc.Root().At(value.Pointer(path)) != nil
	err = t.do(pos, path, w, see)
	t.row.follow(value.Pointer(path), pos, t.entries.number, was, w.code)
	return err
}

// do does a write to the document.
func (t *tape) do(pos event.Position, path string, w write, see func(value.Write) error) error {
	if see == nil && t.redo(pos, path, w) {
		return nil
	}
	op, err := t.entries.part.decode(w, t.row.cut, t.row.doc, t.names, see == nil || t.walk != nil)
	if err != nil {
		return err
	}
	if see != nil {
		if err := see(op); err != nil {
			return err
		}
	}
	if w.code == codeIdentical {
		return nil
	}
	if err := t.row.doc.Apply(uint64(pos), op); err != nil {
		return fmt.Errorf("%w: write at %d: %w", ErrDamaged, pos, err)
	}
	return nil
}

// redo does a write that nobody looks at, if it is one of the frequent ones.
func (t *tape) redo(pos event.Position, path string, w write) (done bool) {
	if w.code == codeIdentical {
		return true
	}
	if w.code != codeAdd && w.code != codeReplace && w.code < codeTail {
		return false
	}
	kind, plain, text := value.CutText(w.body)
	if kind == value.Absent {
		return w.code <= codeReplace && t.row.doc.RedoWhole(uint64(pos), value.Pointer(path), w.body, t.names)
	}
	return t.row.doc.Redo(uint64(pos), value.Pointer(path), kind, plain, int(w.shared), text)
}

// playTo does all entries up to at.
func (t *tape) playTo(at event.Position) error {
	for {
		e, ok, err := t.peek()
		if err != nil || !ok || e.pos > at {
			return err
		}
		if _, err := t.play(nil); err != nil {
			return err
		}
	}
}

// seek winds the tape to how the key's document stood after the event at `at`. Not found means that no event up to there wrote
// to it.
func (t *tape) seek(r *reader, id uint32, at event.Position) (bool, error) {
	return t.seekFrom(r, r.segment(at), id, at)
}

// seekFrom is seek in the segment of that number, which may begin behind at, and those before it.
func (t *tape) seekFrom(r *reader, ordinal int, id uint32, at event.Position) (bool, error) {
	where, err := r.place(id, ordinal, at)
	if err != nil || !where.there {
		return false, err
	}
	return true, t.wind(r, where, at)
}

// wind winds the tape to how a document stood after the event at `at`, in its place.
func (t *tape) wind(r *reader, where place, at event.Position) error {
	if t.under = where.under; where.read {
		t.upTo = at
		if err := t.load(r, where.p, where.group, where.frame); err != nil {
			return err
		}
		return t.playTo(at)
	}
	ok, err := t.openUpTo(at, r, where.p, where.frame, where.id)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is not in the segment at %d", ErrDamaged, where.id, where.p.first)
	}
	if err != nil {
		return err
	}
	return t.playTo(at)
}

// row is a key's document as of at.
func (r *reader) row(id uint32, at event.Position) (row, error) {
	return r.rowWithin(id, at, scope{})
}

// rowWithin is row of what is in the scope.
func (r *reader) rowWithin(id uint32, at event.Position, sc scope) (row, error) {
	w, ok, err := r.find(id, at, &sc)
	if err == nil && !ok {
		w.doc = value.NewDoc()
	}
	return w, err
}

func (r *reader) find(id uint32, at event.Position, sc *scope) (row, bool, error) {
	t := tape{buf: r.borrow(), scope: *sc}
	ok, err := t.seek(r, id, at)
	r.giveBack(t.buf) // documents do not hold on to it
	if ok && err == nil && t.full {
		t.row.found(uint32(r.segment(t.entries.part.first)), t.row.doc.Changed())
	}
	return t.row, ok, err
}

// rowBefore is how a document stands before a segment that begins without its keyframe.
func (r *reader) rowBefore(id uint32, first event.Position, sc *scope) (row, error) {
	w, ok, err := r.find(id, first-1, sc)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is nowhere before the segment at %d", ErrDamaged, id, first)
	}
	return w, err
}
