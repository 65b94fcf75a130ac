package asof

import (
	"context"
	"iter"
	"strings"

	"asof/engine/event"
)

// Keys yields keys that an event up to at belongs to, in byte order. The file is not held between two of them.
func (ix *Index) Keys(ctx context.Context, at event.Position, o KeysOptions) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		l := keyListing{at: at, prefix: o.Prefix, alive: o.Alive, from: o.Prefix}
		if o.After != "" && o.After+"\x00" > l.from {
			l.from = o.After + "\x00"
		}
		left := o.Limit
		for !l.done {
			if l.most = batchKeys; o.Limit > 0 {
				l.most = min(batchKeys, left+8)
			}
			if err := ix.read(ctx, l.read); err != nil {
				yield("", err)
				return
			}
			for _, name := range l.batch {
				if !yield(name, nil) {
					return
				}
				if left--; left == 0 {
					return
				}
			}
		}
	}
}

// batchKeys is how many keys a listing looks at, at most, before it lets go of the file.
const batchKeys = 512

// keyListing merges the dictionary's runs by name.
type keyListing struct {
	at     event.Position
	prefix string
	alive  bool
	from   string // names from here on are left
	most   int    // keys to look at before the file is let go of
	done   bool
	batch  []string
}

func (l *keyListing) read(r *reader) error {
	if err := r.reaches(l.at); err != nil {
		return err
	}
	l.batch, l.done = l.batch[:0], false
	runs := make([]keyCursor, len(r.keyRuns))
	for i := range runs {
		run, err := r.wholeKeyRun(i)
		if err != nil {
			return err
		}
		c := &runs[i]
		c.keyRun = *run
		if c.next, err = c.rank(l.from); err == nil {
			err = c.turnName()
		}
		if err != nil {
			return err
		}
	}
	from := l.from
	for range l.most {
		best := firstName(runs)
		if best == nil || !strings.HasPrefix(best.name, l.prefix) {
			l.done = true
			break
		}
		from = best.name
		if ok, err := r.listed(best.firstID+best.at, best.seen, l); err != nil {
			return err
		} else if ok {
			l.batch = append(l.batch, strings.Clone(from))
		}
		best.next++
		if err := best.turnName(); err != nil {
			return err
		}
	}
	l.from = from + "\x00"
	return r.ctx.Err()
}

func (r *reader) listed(id uint32, seen event.Position, l *keyListing) (bool, error) {
	if seen > l.at {
		return false, nil
	}
	if !l.alive {
		return true, nil
	}
	return r.exists(id, seen, l.at)
}

// exists reports whether a key's document exists at a position. Mostly the directory knows.
func (r *reader) exists(id uint32, seen, at event.Position) (bool, error) {
	ordinal := r.segment(at)
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok {
		return false, err
	}
	after := entry&dirAbsent == 0
	if int(entry&^dirFlags) < ordinal || r.extents[ordinal].last == at {
		return after, nil
	}
	if entry&dirMixed == 0 {
		before, ok, err := r.lastSegment(id, ordinal-1)
		if err != nil {
			return false, err
		}
		if (ok && before&dirAbsent == 0) == after || seen >= r.extents[ordinal].first {
			return after, nil // as before the segment, or since its first event
		}
	}
	row, err := r.rowWithin(id, at, scope{few: true})
	return err == nil && row.doc.Root() != nil, err
}

// KeyCount is how many documents exist at a position.
func (ix *Index) KeyCount(ctx context.Context, at event.Position) (int, error) {
	t, err := ix.totals(ctx, at)
	return int(t.alive), err
}

// Touched yields the keys that events at the positions from+1 … to belong to, in the order of their first event there. The file
// is not held between two of them.
func (ix *Index) Touched(ctx context.Context, from, to event.Position) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		w := touchWalk{from: from, to: to}
		for w.from < w.to {
			if err := ix.read(ctx, w.read); err != nil {
				yield("", err)
				return
			}
			for _, name := range w.batch {
				if !yield(name, nil) {
					return
				}
			}
		}
	}
}

// touchWalk reads key columns, a piece of a segment at a time. It remembers each key by a bit.
type touchWalk struct {
	from, to event.Position
	seen     []uint64
	batch    []string
}

// batchColumn is how many positions of a column are read before the file is let go of.
const batchColumn = 4096

func (w *touchWalk) read(r *reader) error {
	w.batch = w.batch[:0]
	if err := r.reaches(w.to); err != nil {
		return err
	}
	ordinal := r.segment(w.from + 1)
	column, err := r.column(ordinal)
	if err != nil {
		return err
	}
	end := min(w.to, r.extents[ordinal].last, w.from+batchColumn)
	var ids []uint32
	for w.from < end {
		w.from++
		ids = column.at(w.from, ids[:0])
		for _, id := range ids {
			if w.mark(id) {
				continue
			}
			name, err := r.name(id)
			if err != nil {
				return err
			}
			w.batch = append(w.batch, name)
		}
	}
	return r.ctx.Err()
}

// mark sets a key's bit and returns what it was.
func (w *touchWalk) mark(id uint32) bool {
	i := int(id / 64)
	for len(w.seen) <= i {
		w.seen = append(w.seen, make([]uint64, i+1-len(w.seen))...)
	}
	was := w.seen[i]>>(id%64)&1 != 0
	w.seen[i] |= 1 << (id % 64)
	return was
}
