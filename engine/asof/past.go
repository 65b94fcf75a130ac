package asof

import "asof/engine/event"

// past is the frame of an earlier segment that a walk read last. Keys come in the order in which they lie in frames, so that the next
// one is often in the same.
type past struct {
	p       *part
	frame   int // in buf, less 1
	buf     []byte
	room    []byte // for buf, unless that is held by others
	touches bool   // paths are known
	paths   touchings
}

// mostPasts bounds the earlier segments whose frames a walk holds.
const mostPasts = 32

// past is the group of a key in the last segment up to at that wrote to it; not ok if there is none.
func (u *walkUnit) past(id uint32, at event.Position) (w *past, g group, ok bool, err error) {
	e, ok, err := u.r.lastSegment(id, u.r.segment(at))
	if err != nil || !ok {
		return nil, g, false, err
	}
	p, err := u.r.part(int(e&^dirFlags), id)
	if err != nil {
		return nil, g, false, err
	}
	if w = u.pasts[p.first]; w == nil || w.p.frames != p.frames {
		if u.pasts == nil || len(u.pasts) == mostPasts {
			u.pasts = map[event.Position]*past{}
		}
		w = &past{}
		u.pasts[p.first] = w
	}
	w.p = p // of this transaction
	if f := p.frameOf(id, at); w.frame != f+1 {
		w.frame = 0
		if held := u.frames(); held != nil {
			w.buf, err = held.read(u.r, p, f)
		} else {
			u.r.ix.probes.Frames.Add(1)
			p.want(f)
			w.room, err = p.frame(f, w.room)
			w.buf = w.room
		}
		if err != nil {
			return nil, g, false, err
		}
		w.frame = f + 1
	}
	g, ok, err = findGroup(w.buf, id)
	return w, g, ok, err
}

// before is a key's document before a segment that begins without its keyframe.
func (u *walkUnit) before(id uint32, first event.Position) (row, error) {
	w, g, ok, err := u.past(id, first-1)
	if err != nil {
		return row{}, err
	}
	if !ok {
		return u.r.rowBefore(id, first, &scope{}) // which says what is wrong
	}
	t := tape{walk: u, upTo: first - 1}
	if err := t.load(u.r, w.p, g, w.frame-1); err != nil {
		return row{}, err
	}
	return t.row, t.playTo(first - 1)
}
