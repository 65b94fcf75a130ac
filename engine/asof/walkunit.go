package asof

import (
	"context"
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
	p       *part
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

// look visits the moment at pos, whose entry, if it wrote, was played.
func (u *walkUnit) look(pos event.Position, wrote bool) error {
	m := &u.moment
	if !u.named {
		if err := u.name(); err != nil {
			return err
		}
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

// name finds the key's name.
func (u *walkUnit) name() (err error) {
	m := &u.moment
	if m.Key = ""; u.o.KeyName != nil {
		m.Key = u.o.KeyName(m.ID)
	}
	if m.Key == "" {
		m.Key, err = u.r.name(m.ID)
	}
	u.named = err == nil
	return err
}
