package asof

import (
	"context"
	"errors"
	"slices"

	"asof/engine/event"
)

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
