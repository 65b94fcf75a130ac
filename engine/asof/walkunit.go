package asof

import (
	"context"
	"errors"
	"slices"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// walkUnit is what one goroutine walks: one partition of one segment, or what of it lies within from … to. It lets go of the
// file now and then, and goes on where it was.
type walkUnit struct {
	o           WalkOptions
	first, last event.Position // of the segment
	from, to    event.Position
	parts, part uint32
	key         uint32
	keyed       bool
	visit       func(*Moment) error
	see         func(value.Write) error // collects writes where they are wanted

	frame int      // next frame, where all are read
	items []uint64 // key << 32 | position in the segment, where they are chosen; those that are left
	ready bool
	done  bool

	r       *reader
	own     scratch // whose room is used again for every key
	p       part
	began   time.Time
	opened  int // the frame in buf, less 1
	buf     []byte
	room    []byte // for buf, unless that is held by others
	fat     fat
	thin    *thin // nil where whole documents are asked for
	outline *outline
	sifter  sifter
	skips   *skips // nil until it is asked for
	player  player // one of them
	carry   carried
	pasts   map[event.Position]*past // by the segment's first position
	moment  Moment
	named   bool // moment has the key's name
	visited int
}

// walkLease is how long a walk holds the file at a time.
const walkLease = 20 * time.Millisecond

func (u *walkUnit) run(ctx context.Context, ix *Index) error {
	if u.o.Writes {
		u.see = func(w value.Write) error {
			u.moment.Writes = append(u.moment.Writes, w)
			return nil
		}
	}
	for !u.done {
		if err := ix.read(ctx, u.read); err != nil {
			return err
		}
	}
	return nil
}

func (u *walkUnit) read(r *reader) error {
	if err := u.begin(r); err != nil {
		return err
	}
	if err := u.pick(); err != nil {
		return err
	}
	if u.from == u.first && u.to == u.last && !u.keyed && !u.o.Quiet && u.o.Only == nil {
		return u.all()
	}
	if !u.ready {
		if err := u.choose(r.segment(u.first)); err != nil {
			return err
		}
	}
	return u.chosen()
}

// pick decides how the partition is played.
func (u *walkUnit) pick() error {
	if u.fat.u = u; u.sifter.sieve == nil {
		u.sifter = newSifter(&u.o)
	}
	u.player = &u.fat
	if u.o.Names && !u.o.Before && !u.o.Writes {
		if u.outline == nil {
			u.outline = &outline{u: u}
		}
		u.player = u.outline
		return u.outline.look()
	}
	if u.o.Fields == nil {
		return nil
	}
	if u.thin == nil {
		u.thin = newThin(u)
	}
	suits, err := u.thin.suits()
	if suits {
		u.player = u.thin
	} else {
		u.carry.c.lose() // nobody follows the fields here
	}
	return err
}

// begin finds the partition again after the file was let go of.
func (u *walkUnit) begin(r *reader) error {
	ordinal := r.segment(u.first)
	if ordinal < 0 || r.extents[ordinal].first != u.first || r.extents[ordinal].last != u.last || r.extents[ordinal].parts != u.parts {
		return errMoved
	}
	mine := *r
	mine.scratch = &u.own
	u.r, u.opened, u.began = &mine, 0, time.Now()
	var err error
	u.p, err = r.part(ordinal, u.part) // key i is in partition i
	return err
}

// pause reports whether it is time to let go of the file.
func (u *walkUnit) pause() (bool, error) {
	if err := u.r.ctx.Err(); err != nil {
		return false, context.Cause(u.r.ctx)
	}
	return time.Since(u.began) > walkLease, nil
}

// all visits every entry of the partition.
func (u *walkUnit) all() error {
	for ; u.frame < u.p.frames; u.frame++ {
		if wait, err := u.pause(); wait || err != nil {
			return err
		}
		if skipped, err := u.skip(u.frame); skipped || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		if err := u.open(u.frame); err != nil {
			return err
		}
		for rest := u.buf; len(rest) > 0; {
			var g group
			var err error
			if g, rest, err = nextGroup(rest); err != nil {
				return err
			}
			if g.id >= firstRow {
				break // there are none but buckets behind it
			}
			if err := u.load(g, u.frame); err != nil {
				return err
			}
			if err := u.group(); err != nil {
				return err
			}
			if err := u.player.leave(); err != nil {
				return err
			}
		}
	}
	u.done = true
	return nil
}

// group visits every entry of the group that was loaded.
func (u *walkUnit) group() error {
	for {
		u.moment.Writes = u.moment.Writes[:0]
		at, more, err := u.skim()
		if err != nil || !more {
			return err
		}
		if u.r.ctx.Err() != nil { // a visit may take long
			return context.Cause(u.r.ctx)
		}
		u.moment.Answer, u.moment.Sure = u.sifter.answer, u.sifter.sure
		if err := u.look(at, true); err != nil {
			return err
		}
	}
}

func (u *walkUnit) open(f int) error {
	if u.opened == f+1 {
		return nil
	}
	var err error
	u.opened = 0
	if held := u.frames(); held != nil {
		u.buf, err = held.read(u.r, u.p, f)
	} else {
		u.r.ix.probes.Frames.Add(1)
		u.p.wantOn(f)
		u.room, err = u.p.frame(f, u.room)
		u.buf = u.room
	}
	if err == nil {
		u.opened = f + 1
	}
	return err
}

// frames are those that are held for other walks; nil for a walk of all of a segment, which comes to each frame once.
func (u *walkUnit) frames() *Frames {
	if u.from == u.first && u.to == u.last {
		return nil
	}
	return u.o.Frames
}

func (u *walkUnit) load(g group, f int) error {
	u.named, u.moment.ID = false, g.id
	u.sifter.begin(g.id)
	return u.player.load(g, f)
}

// step visits the moment at pos, whose entry, if it wrote, is the next one.
func (u *walkUnit) step(pos event.Position, wrote bool) error {
	if u.r.ctx.Err() != nil { // a visit may take long
		return context.Cause(u.r.ctx)
	}
	u.moment.Writes = u.moment.Writes[:0]
	touched := false
	if wrote {
		var err error
		if touched, err = u.player.play(); err != nil {
			return err
		}
	}
	if !touched && u.o.Changes {
		return u.player.settle()
	}
	return u.look(pos, wrote)
}

// look visits the moment at pos, whose entry, if it wrote, was played.
func (u *walkUnit) look(pos event.Position, wrote bool) error {
	m := &u.moment
	if !u.named {
		name, err := u.r.name(m.ID)
		if err != nil {
			return err
		}
		m.Key, u.named = name, true
	}
	var err error
	m.Position, m.Wrote = pos, wrote
	if m.Before, m.State, err = u.player.documents(); err == nil {
		err = u.visit(m)
	}
	if err == nil {
		err = u.player.settle()
	}
	return err
}

// choose lists the wanted moments of the partition, key by key.
func (u *walkUnit) choose(ordinal int) error {
	column, err := u.r.column(ordinal)
	if err != nil {
		return err
	}
	var ids []uint32
	for pos := u.from; pos <= u.to; pos++ {
		if u.o.Only != nil && !u.o.Only(pos) {
			continue
		}
		ids = column.at(pos, ids[:0])
		for _, id := range ids {
			if id%u.parts == u.part && (!u.keyed || id == u.key) {
				u.items = append(u.items, uint64(id)<<32|uint64(pos-u.first))
			}
		}
	}
	slices.Sort(u.items)
	u.ready = true
	return nil
}

// chosen visits the moments that are left.
func (u *walkUnit) chosen() error {
	for len(u.items) > 0 {
		id, n := uint32(u.items[0]>>32), 1
		for n < len(u.items) && uint32(u.items[n]>>32) == id {
			n++
		}
		wait, err := u.one(id, u.items[:n])
		if wait || err != nil {
			return err
		}
	}
	u.done = true
	return nil
}

// one visits the given moments of one key, and takes those from the list that it has visited.
func (u *walkUnit) one(id uint32, items []uint64) (wait bool, err error) {
	at := func(i int) event.Position { return u.first + event.Position(uint32(items[i])) }
	f := u.p.frameOf(id, at(0))
	_, last := u.p.span(id)
	there, err := u.enter(id, f)
	if err != nil || !there && !u.o.Quiet {
		u.items = u.items[len(items):]
		return false, err
	}
	if !there {
		u.named, u.moment.ID = false, id
		if err := u.player.untold(id); err != nil {
			return false, err
		}
	}
	for i := range items {
		if u.visited++; u.visited&63 == 0 {
			if wait, err := u.pause(); wait || err != nil {
				return wait, err
			}
		}
		wrote := false
		for there && !wrote {
			e, more, err := u.player.peek()
			if err != nil {
				return false, err
			}
			if !more && f < last {
				f++
				if there, err = u.enter(id, f); err != nil || !there {
					return false, errors.Join(err, u.r.damage(u.first, "a group ends too early"))
				}
				continue
			}
			if !more || e.pos > at(i) {
				break
			}
			if wrote = e.pos == at(i); !wrote {
				if _, err := u.player.play(); err != nil {
					return false, err
				}
				if err := u.player.settle(); err != nil {
					return false, err
				}
			}
		}
		if wrote || u.o.Quiet {
			if err := u.step(at(i), wrote); err != nil {
				return false, err
			}
		}
		u.items = u.items[1:]
	}
	return false, u.finish(there, f, last)
}

// finish plays a key's group to its end, where its fields are carried over.
func (u *walkUnit) finish(there bool, f, last int) error {
	if u.carry.c == nil || !there || u.to != u.last {
		return nil
	}
	for {
		_, more, err := u.player.peek()
		switch {
		case err != nil:
			return err
		case more:
			if _, err := u.player.play(); err != nil {
				return err
			}
			continue
		case f == last:
			return u.player.leave()
		}
		f++
		if _, err := u.enter(u.moment.ID, f); err != nil {
			return err
		}
	}
}

// enter winds to the start of a key's group in frame f, and reports whether there is one.
func (u *walkUnit) enter(id uint32, f int) (bool, error) {
	if f < 0 {
		return false, nil
	}
	if err := u.open(f); err != nil {
		return false, err
	}
	g, ok, err := findGroup(u.buf, id)
	if err != nil || !ok {
		return false, err
	}
	return true, u.load(g, f)
}
