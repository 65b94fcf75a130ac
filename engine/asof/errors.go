package asof

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"

	"asof/engine/event"
)

// errorPage is how many fold errors one value holds: a segment's errors are pages in its bucket, by position, and its extent
// says how many there are.
const errorPage = 256

func errorKey(page uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(valueErrors), page)
}

// Errors yields the errors of the projection at the positions from … to, both included; to 0 means the end.
func (ix *Index) Errors(ctx context.Context, from, to event.Position) iter.Seq2[FoldError, error] {
	if to == 0 {
		to = 1<<64 - 1
	}
	return func(yield func(FoldError, error) bool) {
		w := errorWalk{next: max(from, 1), to: to}
		for !w.done {
			if err := ix.read(ctx, w.read); err != nil {
				yield(FoldError{}, err)
				return
			}
			for _, e := range w.batch {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// errorWalk reads pages of errors, one between two that it lets go of the file.
type errorWalk struct {
	next, to event.Position // next segment's first position, or a place in the segment at hand
	page     uint32         // of that segment
	done     bool
	batch    []FoldError
}

func (w *errorWalk) read(r *reader) error {
	w.batch = w.batch[:0]
	next, page := w.next, w.page
	for {
		ordinal := r.segment(next)
		if ordinal < 0 || r.extents[ordinal].first > w.to {
			w.done = true
			return nil
		}
		e := r.extents[ordinal]
		if page*errorPage >= e.errors {
			next, page = e.last+1, 0
			continue
		}
		all, err := r.errorPage(ordinal, page)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.Position >= next && one.Position <= w.to {
				w.batch = append(w.batch, one)
			}
		}
		w.next, w.page = next, page+1
		return r.ctx.Err()
	}
}

// errorPage is a page of a segment's errors.
func (r *reader) errorPage(ordinal int, page uint32) (all []FoldError, err error) {
	e := r.extents[ordinal]
	v, err := r.value(e.first, string(errorKey(page)))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(v, &all); err != nil {
		return nil, fmt.Errorf("%w: fold errors: %w", ErrDamaged, err)
	}
	if uint32(len(all)) != min(errorPage, e.errors-page*errorPage) {
		return nil, r.damage(e.first, "fold errors are missing")
	}
	return all, nil
}
