package asof

import (
	"asof/engine/event"
	"asof/engine/value"
)

// player plays a key's group for a walk: the document after each entry, and where asked for the one before.
type player interface {
	// load winds to the start of a group in frame f.
	load(g group, f int) error
	// peek is the next entry, without moving.
	peek() (entry, bool, error)
	// play does the next entry. It reports whether it may have changed what the walk asks about.
	play() (bool, error)
	// skim plays entries up to the next one that may have changed what the walk asks about; not more at the group's end.
	skim() (at event.Position, more bool, err error)
	// settle makes the document before the one after.
	settle() error
	// untold winds to a key that the segment does not write to.
	untold(id uint32) error
	// documents are those before and after the last entry.
	documents() (before, after *value.Node, err error)
	// leave is told that the walk goes on with another key.
	leave() error
}

// carried is a row that the walk has carried over, for a group without one.
func (f *fat) carried(g group) group {
	if g.back && !g.wide {
		if text, known := f.u.carry.get(g.id); known && text != nil {
			g.back, g.patched, g.row = false, false, text
		}
	}
	return g
}

// fat plays whole documents.
type fat struct {
	u      *walkUnit
	now    tape
	lag    tape // one entry behind
	behind bool // lag is to follow
}

func (f *fat) load(g group, frame int) error {
	f.behind = false
	if !f.goesOn(g, frame) {
		f.u.own.journal.Reuse()
		f.now.row.doc, f.lag.row.doc = nil, nil // their room has been given to others
	}
	f.now.walk, f.lag.walk = f.u, f.u
	g = f.carried(g)
	if err := f.now.load(f.u.r, f.u.p, g, frame); err != nil || !f.u.o.Before {
		return err
	}
	return f.lag.load(f.u.r, f.u.p, g, frame)
}

// goesOn reports whether the group follows what has been played, whose documents are still needed.
func (f *fat) goesOn(g group, frame int) bool {
	return f.now.goesOn(f.u.p, g, frame) && (!f.u.o.Before || f.lag.goesOn(f.u.p, g, frame))
}

func (f *fat) peek() (entry, bool, error) { return f.now.peek() }

func (f *fat) play() (bool, error) {
	f.behind = true
	_, err := f.now.play(f.u.see)
	return true, err
}

func (f *fat) settle() error {
	if !f.behind || !f.u.o.Before {
		return nil
	}
	f.behind = false
	_, err := f.lag.play(nil)
	return err
}

func (f *fat) untold(id uint32) (err error) {
	f.behind = false
	f.u.own.journal.Reuse()
	f.now.entries.src, f.now.id, f.lag.id = nil, noSegment, noSegment
	f.now.row, err = f.u.r.row(id, f.u.first-1)
	f.lag.row = f.now.row
	return err
}

func (f *fat) documents() (before, after *value.Node, err error) {
	after = f.now.row.doc.Root()
	if f.u.o.Before {
		before = f.lag.row.doc.Root()
	}
	return before, after, nil
}

// leave carries the document over to the key's next group. One with shelves is found again there.
func (f *fat) leave() error {
	u := f.u
	switch {
	case u.to != u.last || u.carry.c == nil:
	case len(f.now.row.shelves) > 0:
		u.carry.fill(u.moment.ID, func([]byte) []byte { return nil })
	default:
		u.carry.fill(u.moment.ID, func(room []byte) []byte { return appendRow(room, &f.now.row, f.now.names) })
	}
	return nil
}
