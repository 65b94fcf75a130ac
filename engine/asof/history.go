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
	frames := 0
	for ; i < len(segments) && r.extents[segments[i]].first <= h.to; i++ {
		p, to, skip, err := h.segment(r, segments[i], id)
		if err != nil {
			return err
		}
		from := p.frameOf(id, h.from)
		for f := from; f <= to && !skip; f++ {
			if frames++; frames > batchFrames {
				return r.ctx.Err()
			}
			if err := h.frame(r, p, f, id); err != nil {
				return err
			}
		}
		h.from = r.extents[segments[i]].last + 1
	}
	h.done = true
	return nil
}

// segment opens the part of a segment that a key is in. Skip says that nothing in it can be a change of the path.
func (h *history) segment(r *reader, ordinal int, id uint32) (p part, lastFrame int, skip bool, err error) {
	if !h.writes {
		st, err := r.stats(ordinal)
		if err != nil || !st.touches(h.path) {
			return p, 0, true, err
		}
	}
	if p, err = r.part(ordinal, id); err != nil {
		return p, 0, false, err
	}
	_, lastFrame = p.span(id)
	return p, lastFrame, false, nil
}

// frame collects the changes of a frame that lie within from … to, and moves from behind the last of its entries.
func (h *history) frame(r *reader, p part, f int, id uint32) error {
	if ok, err := h.tape.open(r, p, f, id); err != nil || !ok {
		return err
	}
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
	frames := 0
	for i--; i >= 0 && r.extents[segments[i]].last >= h.from; i-- {
		p, _, skip, err := h.segment(r, segments[i], id)
		if err != nil {
			return err
		}
		first, _ := 0, 0
		f := -1
		if !skip {
			first, _ = p.span(id)
			f = p.frameOf(id, h.to)
		}
		for ; f >= first && !skip; f-- {
			if frames++; frames > batchFrames {
				return r.ctx.Err()
			}
			if err := h.reversed(r, p, f, id); err != nil {
				return err
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
func (h *history) reversed(r *reader, p part, f int, id uint32) error {
	from, start := h.from, len(h.batch)
	if ok, err := h.tape.open(r, p, f, id); err != nil || !ok {
		return err
	}
	e, more, err := h.tape.peek()
	if err != nil || !more {
		return err
	}
	if err := h.frame(r, p, f, id); err != nil {
		return err
	}
	slices.Reverse(h.batch[start:])
	h.from, h.to = from, min(h.to, e.pos-1)
	return nil
}
