package asof

import (
	"fmt"

	"asof/engine/event"
	"asof/engine/value"
)

// outline plays the names of documents' members alone. Most writes change none.
type outline struct {
	u       *walkUnit
	now     value.Outline
	paths   []namePath // by the number of a path in the part
	dull    dull
	of      event.Position
	entries entries
	group   group
	frame   int  // that group is in
	drawn   bool // now is as before the next entry; else that is still to be found out
	dirty   bool // the group has changed a name
}

// namePath is what a path has to do with names.
type namePath struct {
	kind uint8
	name string // of a member, as long as the transaction lasts
}

const (
	belowMember = iota // nothing
	atMember
	atRoot
)

// look finds out about the paths of the part.
func (o *outline) look() error {
	p := o.u.p
	if o.of == p.first && len(o.paths) == p.paths {
		return nil
	}
	o.of, o.paths, o.dull = p.first, make([]namePath, p.paths), make(dull, p.paths)
	for i := range o.paths {
		text, err := p.pathText(uint64(i))
		if err != nil {
			return err
		}
		switch tokens := value.Pointer(text).Tokens(); len(tokens) {
		case 0:
			o.paths[i].kind = atRoot
		case 1:
			o.paths[i] = namePath{atMember, string([]byte(tokens[0]))}
			o.dull[i] = 1<<codeReplace | 1<<codeSame | 1<<codeIdentical | 1<<codeTail
		default:
			o.dull[i] = allDull
		}
	}
	return nil
}

func (o *outline) load(g group, f int) error {
	o.dirty = o.dirty && o.group.id == g.id // a group that goes on in another frame
	o.group, o.frame, o.drawn = g, f, false
	o.entries = entries{part: o.u.p, src: g.entries, pos: o.u.p.first - 1}
	return nil
}

func (o *outline) peek() (entry, bool, error) { return o.entries.peek() }

func (o *outline) settle() error { return nil }

func (o *outline) skim() (at event.Position, more bool, err error) {
	for !o.entries.done() {
		touched, err := o.play()
		if touched || err != nil || !o.u.o.Changes {
			return o.entries.pos, true, err
		}
	}
	return 0, false, nil
}

func (o *outline) play() (touched bool, err error) {
	e, err := o.entries.next()
	if err != nil {
		return false, err
	}
	for left := o.entries.pass(e.writes, o.dull); left > 0; left = o.entries.pass(left-1, o.dull) {
		w, err := o.entries.write()
		if err != nil {
			return false, err
		}
		changed, err := o.write(w)
		if err != nil {
			return false, fmt.Errorf("%w: write at %d: %w", ErrDamaged, e.pos, err)
		}
		touched = touched || changed
	}
	o.dirty = o.dirty || touched
	return touched, nil
}

// write does a write to the names. It reports whether it may have changed them.
func (o *outline) write(w write) (changed bool, err error) {
	if w.path >= uint64(len(o.paths)) {
		return false, fmt.Errorf("no path %d", w.path)
	}
	at, names := o.paths[w.path], o.u.r.layout.names
	if at.kind == belowMember || w.code == codeIdentical || w.code == codeSame {
		return false, nil
	}
	if at.kind == atMember && (w.code == codeReplace || w.code == codeTail) {
		return false, nil
	}
	if err := o.draw(); err != nil {
		return false, err
	}
	switch {
	case at.kind == atRoot:
		return true, o.whole(w)
	case w.code == codeRemove:
		o.now.Remove(at.name)
		return true, nil
	}
	return o.now.Add(at.name, names), nil
}

// whole does a write of the document.
func (o *outline) whole(w write) error {
	if w.code == codeRemove {
		o.now.Clear()
		return nil
	}
	n, err := value.DecodeValue(w.body, o.u.r.layout.names)
	if err == nil && w.code == codeTail {
		n, err = joined(o.now.Root(), w.shared, n)
	}
	if err == nil {
		o.now.Set(n)
	}
	return err
}

// draw finds out how the names stand before the next entry. No entry before has changed them.
func (o *outline) draw() error {
	if o.drawn {
		return nil
	}
	o.drawn = true
	u, g := o.u, o.group
	names := u.r.layout.names
	switch {
	case g.wide && !g.back:
		u.own.journal.Reuse()
		wide := tape{walk: u}
		if err := wide.load(u.r, u.p, g, o.frame); err != nil {
			return err
		}
		o.now.Set(wide.row.doc.Root())
		return nil
	case !g.back:
		_, doc, err := uvarint(g.row) // tainted
		if err == nil {
			err = o.now.Load(doc, names)
		}
		if err != nil {
			return fmt.Errorf("%w: keyframe: %w", ErrDamaged, err)
		}
		return nil
	}
	if text, known := u.carry.get(g.id); known {
		if text == nil {
			o.now.Clear()
			return nil
		}
		return o.now.Restore(text, names)
	}
	return o.untoldRow(g.id)
}

// untoldRow draws a key as it stands before the segment.
func (o *outline) untoldRow(id uint32) error {
	o.u.own.journal.Reuse()
	row, err := o.u.r.rowWithin(id, o.u.first-1, scope{})
	if err == nil {
		o.now.Set(row.doc.Root())
	}
	return err
}

func (o *outline) untold(id uint32) error {
	o.group, o.drawn, o.dirty, o.entries.src = group{id: id, back: true}, false, false, nil
	return o.draw()
}

func (o *outline) documents() (before, after *value.Node, err error) {
	if err := o.draw(); err != nil {
		return nil, nil, err
	}
	return nil, o.now.Root(), nil
}

// leave carries the names over to the key's next group.
func (o *outline) leave() error {
	if !o.dirty || o.u.to != o.u.last || o.u.carry.c == nil {
		return nil
	}
	if err := o.draw(); err != nil {
		return err
	}
	o.u.carry.fill(o.group.id, func(room []byte) []byte { return o.now.Append(room, o.u.r.layout.names) })
	return nil
}
