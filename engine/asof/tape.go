package asof

import (
	"fmt"

	"asof/engine/event"
	"asof/engine/value"
)

// tape plays one key's group of a frame: how the document stood at its beginning, then entry after entry.
type tape struct {
	row     row
	entries entries
	names   *value.Names
	buf     []byte
	r       *reader
	walk    *walkUnit // which holds frames of the past; or nil
}

// open winds the tape to the start of frame f. It reports whether the frame has a group of the key.
func (t *tape) open(r *reader, p part, f int, id uint32) (bool, error) {
	var err error
	t.r = r
	r.ix.probes.Frames.Add(1)
	if t.buf, err = p.frame(f, t.buf); err != nil {
		return false, err
	}
	g, ok, err := findGroup(t.buf, id)
	if err != nil || !ok {
		return false, err
	}
	t.names = r.layout.names
	return true, t.load(p, g)
}

// load winds the tape to the start of a group.
func (t *tape) load(p part, g group) (err error) {
	switch {
	case g.back && t.walk != nil:
		t.row, err = t.walk.before(g.id, p.first)
	case g.back:
		t.row, err = t.r.rowBefore(g.id, p.first)
	default:
		t.row, _, err = decodeRow(g.row, &t.r.journal, t.names)
	}
	if err != nil {
		return err
	}
	t.row.doc.Share(&t.r.journal)
	t.entries = entries{part: p, src: g.entries, pos: p.first - 1}
	return nil
}

// peek is the next entry, without moving.
func (t *tape) peek() (entry, bool, error) { return t.entries.peek() }

// play does the next entry to the document. See is shown each write before it is done, with a nil New if it is identical.
func (t *tape) play(see func(value.Write) error) (entry, error) {
	e, err := t.entries.next()
	if err != nil {
		return e, err
	}
	t.r.ix.probes.Entries.Add(1)
	if e.failed && t.row.tainted == 0 {
		t.row.tainted = e.pos
	}
	for range e.writes {
		w, err := t.entries.write()
		if err != nil {
			return e, err
		}
		if see == nil {
			if done, err := t.redo(e.pos, w); err != nil {
				return e, err
			} else if done {
				continue
			}
		}
		op, err := t.entries.part.decode(w, t.row.doc, t.names, see == nil)
		if err != nil {
			return e, err
		}
		if see != nil {
			if err := see(op); err != nil {
				return e, err
			}
		}
		if w.code == codeIdentical {
			continue
		}
		if err := t.row.doc.Apply(uint64(e.pos), op); err != nil {
			return e, fmt.Errorf("%w: write at %d: %w", ErrDamaged, e.pos, err)
		}
	}
	return e, nil
}

// redo does a write that nobody looks at, if it is one of the frequent ones.
func (t *tape) redo(pos event.Position, w write) (done bool, err error) {
	if w.code == codeIdentical {
		return true, nil
	}
	if w.code != codeAdd && w.code != codeReplace && w.code < codeTail {
		return false, nil
	}
	kind, plain, text := value.CutText(w.body)
	if kind == value.Absent {
		return false, nil
	}
	path, err := t.entries.part.pathText(w.path)
	if err != nil {
		return false, err
	}
	return t.row.doc.Redo(uint64(pos), value.Pointer(path), kind, plain, int(w.shared), text), nil
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
	ordinal := r.segment(at)
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok {
		return false, err
	}
	p, err := r.part(int(entry&^dirFlags), id)
	if err != nil {
		return false, err
	}
	ok, err = t.open(r, p, p.frameOf(id, at), id)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is not in the segment at %d", ErrDamaged, id, p.first)
	}
	if err != nil {
		return false, err
	}
	return true, t.playTo(at)
}

// row is a key's document as of at.
func (r *reader) row(id uint32, at event.Position) (row, error) {
	w, ok, err := r.find(id, at)
	if err == nil && !ok {
		w.doc = value.NewDoc()
	}
	return w, err
}

func (r *reader) find(id uint32, at event.Position) (row, bool, error) {
	t := tape{buf: r.borrow()}
	ok, err := t.seek(r, id, at)
	r.giveBack(t.buf) // documents do not hold on to it
	return t.row, ok, err
}

// rowBefore is how a document stands before a segment that begins without its keyframe.
func (r *reader) rowBefore(id uint32, first event.Position) (row, error) {
	w, ok, err := r.find(id, first-1)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is nowhere before the segment at %d", ErrDamaged, id, first)
	}
	return w, err
}
