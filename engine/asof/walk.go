package asof

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"time"

	"asof/engine/event"
	"asof/engine/value"

	"golang.org/x/sync/errgroup"
)

// Moment is one event of one key: what a condition is asked about. The documents are on loan until the visit returns.
type Moment struct {
	Position event.Position
	Key      string
	ID       uint32        // the key's number: keys are numbered from 0 in the order in which they were first seen
	Before   *value.Node   // the document before the event, where asked for; nil = absent
	State    *value.Node   // the document after the event; nil = absent
	Wrote    bool          // the event wrote to the document, or its fold failed
	Writes   []value.Write // what it wrote, where asked for; an identical write has no New
}

// WalkOptions say which moments are visited.
type WalkOptions struct {
	From, To event.Position // both included
	Key      string         // of this key alone; "" = of all, for no key has an empty name that somebody looks for
	Before   bool           // Moment.Before is wanted
	Quiet    bool           // also the events of a key that wrote nothing
	Writes   bool           // Moment.Writes is wanted; not together with Fields

	// Fields, if not nil, are all that is read of the documents, which then hold nothing else; none lies below another.
	Fields []value.Pointer
	// Changes leaves out events that did not write at, below or above one of the Fields.
	Changes bool
	// Carry, if not nil, remembers the fields from one walk to the next.
	Carry *Carry
	// Only, if not nil, chooses positions; it is called from several goroutines.
	Only func(event.Position) bool
	// Frames, if not nil, holds what is read for walks of parts of the same segments.
	Frames *Frames
}

// errMoved says that the open end of the index was taken up again while it was read.
var errMoved = errors.New("the index has grown meanwhile")

// Walk visits moments, in parallel: worker makes a visitor for one goroutine, which sees a key's moments in their order. What
// the visitors keep is returned sorted by position, then in the order in which the event's keys were numbered. Once ctx has ended
// no visit begins.
func Walk[T any](ctx context.Context, ix *Index, o WalkOptions, worker func() func(*Moment) (T, bool, error)) ([]T, error) {
	return gatherUnits(ctx, ix, o, func(u walkUnit, keep func(event.Position, uint32, T)) unit {
		visit := worker()
		u.visit = func(m *Moment) error {
			what, ok, err := visit(m)
			if ok {
				keep(m.Position, m.ID, what)
			}
			return err
		}
		return &u
	})
}

// unit is a part of a walk that one goroutine does.
type unit interface {
	run(ctx context.Context, ix *Index) error
}

// found is what a visitor has kept, with its place.
type found[T any] struct {
	pos  event.Position
	id   uint32
	what T
}

// gatherUnits does the units of a walk in parallel, and sorts what they keep. It begins anew where the open end of the index has
// been taken up again meanwhile.
func gatherUnits[T any](ctx context.Context, ix *Index, o WalkOptions, start func(u walkUnit, keep func(event.Position, uint32, T)) unit) ([]T, error) {
	for {
		kept, err := gatherOnce(ctx, ix, o, start)
		if !errors.Is(err, errMoved) {
			return kept, err
		}
		if o.Carry != nil {
			o.Carry.lose() // it may be ahead of what is walked again
		}
	}
}

func gatherOnce[T any](ctx context.Context, ix *Index, o WalkOptions, start func(u walkUnit, keep func(event.Position, uint32, T)) unit) ([]T, error) {
	units, err := ix.walkUnits(ctx, o)
	if err != nil {
		return nil, err
	}
	results := make([][]found[T], len(units))
	do := func(ctx context.Context, i int) error {
		return start(units[i], func(at event.Position, id uint32, what T) {
			results[i] = append(results[i], found[T]{at, id, what})
		}).run(ctx, ix)
	}
	if o.To-o.From < alone {
		for i := range units {
			if err := do(ctx, i); err != nil {
				return nil, err
			}
		}
	} else {
		group, inner := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range units {
			group.Go(func() error { return do(inner, i) })
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	all := slices.Concat(results...)
	slices.SortStableFunc(all, func(a, b found[T]) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.id, b.id))
	})
	kept := make([]T, len(all))
	for i := range all {
		kept[i] = all[i].what
	}
	return kept, nil
}

// alone is up to how many positions one goroutine walks, rather than to wait for others, and fewPositions of how many it is looked up
// beforehand which partitions have them.
const (
	alone        = 64
	fewPositions = 4096
)

// walkUnits cuts a walk into the partitions of its segments.
func (ix *Index) walkUnits(ctx context.Context, o WalkOptions) (units []walkUnit, err error) {
	err = ix.read(ctx, func(r *reader) error {
		units = nil
		if err := r.reaches(o.To); err != nil {
			return err
		}
		if o.Key != "" || o.Only != nil {
			o.Carry = nil
		}
		key, keyed := uint32(0), o.Key != ""
		if keyed {
			id, seen, ok, err := r.id(o.Key)
			if err != nil || !ok || seen > o.To {
				return err
			}
			key = id
		}
		for i, e := range r.extents {
			if e.last < o.From || e.first > o.To {
				continue
			}
			if o.Changes {
				if skip, err := r.untouched(i, o.Fields); err != nil {
					return err
				} else if skip {
					continue
				}
			}
			if o.Carry != nil {
				o.Carry.fit(e.parts)
				if len(units) > 0 || o.From > e.first {
					o.Carry.lose() // only whole segments, one after the other, carry everything over
				}
			}
			u := walkUnit{o: o, first: e.first, last: e.last, parts: e.parts, key: key, keyed: keyed}
			u.from, u.to = max(o.From, e.first), min(o.To, e.last)
			has := func(part uint32) bool { return !keyed || key%e.parts == part }
			if !keyed && u.to-u.from < fewPositions {
				parts, err := r.partsWith(i, u.from, u.to)
				if err != nil {
					return err
				}
				has = func(part uint32) bool { return parts[part] }
			}
			for u.part = range e.parts {
				u.carry = carried{o.Carry, u.part}
				if has(u.part) {
					units = append(units, u)
				}
			}
		}
		return nil
	})
	return units, err
}

// partsWith are the partitions of the keys that the events from … to of a segment belong to.
func (r *reader) partsWith(ordinal int, from, to event.Position) ([]bool, error) {
	column, err := r.column(ordinal)
	if err != nil {
		return nil, err
	}
	parts := make([]bool, r.extents[ordinal].parts)
	var room [8]uint32
	for pos := from; pos <= to; pos++ {
		for _, id := range column.at(pos, room[:0]) {
			parts[int(id)%len(parts)] = true
		}
	}
	return parts, nil
}

// untouched reports whether a segment has changed nothing at, above or below any of the paths.
func (r *reader) untouched(ordinal int, paths []value.Pointer) (bool, error) {
	if len(paths) == 0 {
		return false, nil
	}
	st, err := r.stats(ordinal)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(paths, st.touches), nil
}

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
	thin    *thin  // nil where whole documents are asked for
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
	u.fat.u = u
	u.player = &u.fat
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
			for {
				e, more, err := u.player.peek()
				if err != nil {
					return err
				}
				if !more {
					break
				}
				if err := u.step(e.pos, true); err != nil {
					return err
				}
			}
			if err := u.player.leave(); err != nil {
				return err
			}
		}
	}
	u.done = true
	return nil
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
	if !u.player.goesOn(g, f) {
		u.own.journal.Reuse()
	}
	return u.player.load(g, f)
}

// step visits the moment at pos, whose entry, if it wrote, is the next one.
func (u *walkUnit) step(pos event.Position, wrote bool) error {
	if u.r.ctx.Err() != nil { // a visit may take long
		return context.Cause(u.r.ctx)
	}
	m := &u.moment
	m.Writes = m.Writes[:0]
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
		u.own.journal.Reuse()
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

// Extent is a run of positions that the index keeps together.
type Extent struct{ First, Last event.Position }

// Extents lists the segments that meet from … to, in order.
func (ix *Index) Extents(ctx context.Context, from, to event.Position) (all []Extent, err error) {
	err = ix.read(ctx, func(r *reader) error {
		all = nil
		for _, e := range r.extents {
			if e.last >= from && e.first <= to {
				all = append(all, Extent{e.first, e.last})
			}
		}
		return nil
	})
	return all, err
}
