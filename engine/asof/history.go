package asof

import (
	"context"
	"iter"
	"slices"

	"asof/engine/event"
	"asof/engine/value"
)

// History yields the changes of a path of a key's document: every value it had. The file is not held between two of them.
func (ix *Index) History(ctx context.Context, key string, path value.Pointer, o HistoryOptions) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		h := history{key: key, path: path, writes: o.Writes, from: max(o.From, 1), to: o.To}
		if h.to == 0 {
			h.to = 1<<64 - 1
		}
		for !h.done {
			from, to := h.from, h.to
			err := ix.read(ctx, func(r *reader) error {
				h.from, h.to, h.batch = from, to, h.batch[:0]
				if o.Reverse {
					return h.backward(r)
				}
				return h.forward(r)
			})
			if err != nil {
				yield(Change{}, err)
				return
			}
			for _, c := range h.batch {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// batchFrames is how many frames a history reads before it lets go of the file.
const batchFrames = 32

// history is a walk over one key's frames. What is left of it is from … to.
type history struct {
	key      string
	path     value.Pointer
	writes   bool
	from, to event.Position
	done     bool
	batch    []Change
	tape     tape
	frames   int // read in this batch
}

// start finds the key and bounds the walk by what is built.
func (h *history) start(r *reader) (id uint32, segments []int, err error) {
	if h.to > r.built {
		h.to = r.built
	}
	id, seen, ok, err := r.id(h.key)
	if err != nil || !ok || seen > h.to || h.from > h.to {
		h.done = true
		return 0, nil, err
	}
	segments, err = r.segmentsOf(id)
	return id, segments, err
}

func (h *history) forward(r *reader) error {
	id, segments, err := h.start(r)
	if err != nil || h.done {
		return err
	}
	i, _ := slices.BinarySearch(segments, r.segment(h.from))
	h.frames = 0
	for ; i < len(segments) && r.extents[segments[i]].first <= h.to; i++ {
		w, skip, err := h.segment(r, segments[i], id)
		if err != nil {
			return err
		}
		_, last := w.p.span(id)
		for f := w.p.frameOf(id, h.from); f <= last && !skip; f++ {
			b, from, to, err := w.open(f)
			if err == nil && b.there {
				err = h.rows(r, w.p, b, max(h.from, from), min(h.to, to), false)
				h.from, f = max(h.from, to+1), w.p.frameOf(id, to)
			} else if err == nil {
				err = h.frame()
			}
			if err != nil {
				return err
			}
			if h.frames++; h.frames >= batchFrames && f < last {
				return r.ctx.Err()
			}
		}
		h.from = r.extents[segments[i]].last + 1
	}
	h.done = true
	return nil
}

// segment opens the part of a segment that a key is in. Skip says that nothing in it can be a change of the path.
func (h *history) segment(r *reader, ordinal int, id uint32) (w shelfWalk, skip bool, err error) {
	if !h.writes {
		st, err := r.stats(ordinal)
		if err != nil || !st.touches(h.path) {
			return shelfWalk{p: &part{}}, true, err
		}
	}
	w = shelfWalk{r: r, ordinal: ordinal, id: id, path: h.path, tape: &h.tape, whole: h.writes}
	w.p, err = r.part(ordinal, id)
	return w, false, err
}

// rows collects the changes of a bucket within from … to.
func (h *history) rows(r *reader, p *part, b bucketAt, from, to event.Position, reverse bool) error {
	entry, there, err := r.lastSegment(b.row, r.segment(p.first))
	if err != nil || !there || r.extents[entry&^dirFlags].first != p.first {
		return err
	}
	start := len(h.batch)
	one := history{key: h.key, path: h.path[b.cut:], from: from, to: to, batch: h.batch}
	for f := p.frameOf(b.row, from); f <= p.frameOf(b.row, to); f++ {
		h.frames++
		if ok, err := one.tape.open(r, p, f, b.row); err != nil || !ok {
			return err
		}
		if err := one.frame(); err != nil {
			return err
		}
	}
	h.batch = one.batch
	for i := start; i < len(h.batch); i++ {
		h.batch[i].Path = h.path
	}
	if reverse {
		slices.Reverse(h.batch[start:])
	}
	return nil
}

// frame collects the changes of the frame that the tape has opened that lie within from … to, and moves from behind the last of its
// entries.
func (h *history) frame() error {
	for {
		e, more, err := h.tape.peek()
		if err != nil || !more {
			return err
		}
		if e.pos > h.to {
			return nil
		}
		if e.pos < h.from {
			if _, err := h.tape.play(nil); err != nil {
				return err
			}
			continue
		}
		c, ok, err := h.tape.step(h.key, h.path)
		if err != nil {
			return err
		}
		if ok && (h.writes || c.Op != value.Same) {
			h.batch = append(h.batch, c)
		}
		h.from = e.pos + 1
	}
}

func (h *history) backward(r *reader) error {
	id, segments, err := h.start(r)
	if err != nil || h.done {
		return err
	}
	i, _ := slices.BinarySearch(segments, r.segment(h.to)+1)
	h.frames = 0
	for i--; i >= 0 && r.extents[segments[i]].last >= h.from; i-- {
		w, skip, err := h.segment(r, segments[i], id)
		if err != nil {
			return err
		}
		first, _ := w.p.span(id)
		for f := w.p.frameOf(id, h.to); f >= first && !skip; f-- {
			b, from, to, err := w.open(f)
			if err == nil && b.there {
				err = h.rows(r, w.p, b, max(h.from, from), min(h.to, to), true)
				h.to, f = min(h.to, from-1), w.p.frameOf(id, from)
			} else if err == nil {
				err = h.reversed()
			}
			if err != nil {
				return err
			}
			if h.frames++; h.frames >= batchFrames && f > first {
				return r.ctx.Err()
			}
		}
		if h.to = r.extents[segments[i]].first - 1; h.to == 0 {
			break
		}
	}
	h.done = true
	return nil
}

// reversed collects a frame's changes, the last one first, and moves to before the first of its entries.
func (h *history) reversed() error {
	from, start := h.from, len(h.batch)
	e, more, err := h.tape.peek()
	if err != nil || !more {
		return err
	}
	if err := h.frame(); err != nil {
		return err
	}
	slices.Reverse(h.batch[start:])
	h.from, h.to = from, min(h.to, e.pos-1)
	return nil
}
