package timeline

import (
	"context"
	"fmt"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/timeline/debug"
)

// Continue goes from a cursor to the nearest event, strictly after it or before it, that one of the enabled breakpoints and
// watchpoints stops at; tracepoints stop nobody. It searches outward, so that a near hit answers fast. That there is none is an
// answer too: its Reason says so. When ctx ends, Covered says what was searched, beside ctx's error. An error of a condition
// names its column and the event, and Stop.At is where it arose. Progress may be nil.
func (s *Session) Continue(ctx context.Context, from Cursor, points []debug.Breakpoint, dir Direction, progress func(debug.Progress)) (debug.Stop, debug.Covered, error) {
	c := &continuing{session: s, back: dir == Backward, progress: progress, told: time.Now(), left: map[int]int{}, frames: asof.NewFrames()}
	c.stop.Passed = map[int]int{}
	if err := c.prepare(ctx, from, points); err != nil {
		return debug.Stop{Reason: debug.Partly}, debug.Covered{}, err
	}
	err := c.run(ctx)
	return c.stop, c.covered, err
}

// continuing is one Continue under way.
type continuing struct {
	session  *Session
	lens     *lens
	back     bool
	from     event.Position
	end      event.Position // the last position that can be answered for
	points   []*point       // those that are scanned for
	direct   []*point       // those whose nearest hit a look-up finds
	next     []directHit    // of direct, by its index
	left     map[int]int    // by id: hits still to be passed over
	frames   *asof.Frames
	stop     debug.Stop
	covered  debug.Covered
	progress func(debug.Progress)
	told     time.Time
}

// directHit is the nearest hit of a direct point beyond what has been passed.
type directHit struct {
	hit
	ok bool
}

func (c *continuing) prepare(ctx context.Context, from Cursor, points []debug.Breakpoint) error {
	s := c.session
	states := false
	for _, b := range points {
		if !b.Enabled || b.Kind == debug.Trace || b.Kind == debug.Display {
			continue
		}
		p, err := newPoint(b)
		if err != nil {
			return err
		}
		c.left[p.ID] = p.Ignore
		p.frames = c.frames
		states = states || !p.ofEvents()
		if p.direct() {
			c.direct = append(c.direct, p)
		} else {
			c.points = append(c.points, p)
		}
	}
	c.end = s.Head()
	if states {
		var err error
		if c.lens, err = s.ready(from.Projection, 0); err != nil {
			return err
		}
		c.end = c.lens.ix.Built()
	}
	c.from = min(from.Position, c.end+1)
	c.next = make([]directHit, len(c.direct))
	for i, p := range c.direct {
		if err := c.look(ctx, i, p, c.from); err != nil {
			return err
		}
	}
	return nil
}

// look finds the direct point's next hit beyond a position.
func (c *continuing) look(ctx context.Context, i int, p *point, at event.Position) (err error) {
	c.next[i].hit, c.next[i].ok, err = c.session.nearest(ctx, c.lens, p, at, c.back)
	if c.next[i].at > c.end {
		c.next[i].ok = false
	}
	return err
}

// run searches window after window, outward.
func (c *continuing) run(ctx context.Context) error {
	c.stop.Reason = debug.Partly
	if len(c.points) == 0 {
		return c.runDirect(ctx)
	}
	w := windows{s: c.session, l: c.lens, back: c.back, at: c.from, end: c.end}
	for {
		from, to, ok, err := w.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			c.none()
			return nil
		}
		found, err := c.window(ctx, from, to)
		if found || err != nil {
			return err
		}
		c.cover(from, to)
		c.tell(to)
	}
}

// window looks for the nearest hit within from … to.
func (c *continuing) window(ctx context.Context, from, to event.Position) (bool, error) {
	var all []pointHit
	for i, p := range c.points {
		hits, err := c.session.hitsIn(ctx, c.lens, p, from, to)
		if err != nil {
			return false, err
		}
		all = appendHits(all, p, i, hits)
	}
	inside := func(i int) bool { return c.next[i].ok && c.next[i].at >= from && c.next[i].at <= to }
	for i, p := range c.direct {
		for n := 0; n <= c.left[p.ID] && inside(i); n++ { // more are not needed: the last of them stops
			h := c.next[i].hit
			all = append(all, pointHit{h, p, len(c.points) + i})
			if err := c.look(ctx, i, p, h.at); err != nil {
				return false, err
			}
		}
	}
	return c.choose(ctx, all)
}

// runDirect answers where no point has to be scanned for.
func (c *continuing) runDirect(ctx context.Context) error {
	for {
		best := -1
		for i := range c.next {
			if c.next[i].ok && (best < 0 || c.nearer(c.next[i].at, c.next[best].at)) {
				best = i
			}
		}
		if best < 0 {
			c.none()
			return nil
		}
		at := c.next[best].at
		var all []pointHit
		for i, p := range c.direct {
			if c.next[i].ok && c.next[i].at == at {
				all = append(all, pointHit{c.next[i].hit, p, i})
				if err := c.look(ctx, i, p, at); err != nil {
					return err
				}
			}
		}
		if found, err := c.choose(ctx, all); found || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

func (c *continuing) nearer(a, b event.Position) bool {
	if c.back {
		return a > b
	}
	return a < b
}

// choose takes the nearest hit that is not to be passed over.
func (c *continuing) choose(ctx context.Context, all []pointHit) (bool, error) {
	sortHits(all, c.back)
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].at == all[0].at {
			n++
		}
		if found, err := c.at(ctx, all[:n]); found || err != nil {
			return found, err
		}
		all = all[n:]
	}
	return false, nil
}

// at stops at one event's hits, unless all of their points pass it over.
func (c *continuing) at(ctx context.Context, hits []pointHit) (bool, error) {
	counted := map[int]bool{}
	found := false
	for _, h := range hits {
		if h.err != nil {
			c.stop.At, c.stop.Point = h.at, h.point.ID
			return false, fmt.Errorf("breakpoint %d: %w", h.point.ID, h.err)
		}
		id := h.point.ID
		if counted[id] {
			continue
		}
		counted[id] = true
		switch {
		case c.left[id] > 0:
			c.left[id]--
			c.stop.Passed[id]++
		case found:
			c.stop.Also = append(c.stop.Also, id)
		default:
			found = true
			passed := c.stop.Passed
			c.stop = h.stop()
			c.stop.Passed = passed
		}
	}
	if !found {
		return false, nil
	}
	if c.back {
		c.cover(c.stop.At, c.from-1)
	} else {
		c.cover(c.from+1, c.stop.At)
	}
	c.covered.Complete = true
	return true, nil
}

func (c *continuing) none() {
	c.covered.Complete = true
	c.stop.Reason = debug.NoneAfter
	if c.back {
		c.stop.Reason = debug.NoneBefore
		c.cover(1, max(c.from, 1)-1)
	} else {
		c.cover(c.from+1, c.end)
	}
}

// cover books a stretch as searched.
func (c *continuing) cover(from, to event.Position) {
	if c.covered.To == 0 {
		c.covered.From, c.covered.To = from, to
	}
	c.covered.From, c.covered.To = min(c.covered.From, from), max(c.covered.To, to)
}

func (c *continuing) tell(at event.Position) {
	if c.progress == nil || time.Since(c.told) < progressEvery {
		return
	}
	c.told = time.Now()
	of := c.end - min(c.from, c.end)
	if c.back {
		of = max(c.from, 1) - 1
	}
	c.progress(debug.Progress{At: at, Done: uint64(c.covered.To - c.covered.From + 1), Of: uint64(of)})
}
