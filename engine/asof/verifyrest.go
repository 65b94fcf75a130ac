package asof

import (
	"context"
	"fmt"
	"slices"

	"asof/engine/event"
	"asof/engine/store"
)

// values checks the seal of every value of the file but those of the segments.
func (r *reader) values() error {
	for _, name := range buckets() {
		err := r.tx.Bucket([]byte(name)).ForEach(func(k, v []byte) error {
			var err error
			switch name {
			case bucketSegments:
			case bucketKeys:
				_, err = openRun(runValue(r.tx, name, k), keyRunHeader, []byte(name), k)
			case bucketDir:
				_, err = openRun(runValue(r.tx, name, k), dirRunHeader, []byte(name), k)
			default:
				_, err = unseal(v, []byte(name), k)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// segmentValues checks the seal of every value of a segment, and what the statistics add up to.
func (r *reader) segmentValues(ordinal int) error {
	e := r.extents[ordinal]
	b := r.tx.Bucket([]byte(bucketSegments)).Bucket(posKey(e.first))
	if b == nil {
		return r.damage(e.first, "it is missing")
	}
	err := b.ForEach(func(k, v []byte) error {
		place := segmentPlace(e.first, k)
		if len(k) > 1 {
			_, err := unseal(v, place[:]...)
			return err
		}
		body, err := rest(v, place[:]...)
		if err != nil {
			return err
		}
		n, err := partHead(body)
		if err != nil {
			return err
		}
		return store.UnsealHead(v, n, place[:]...)
	})
	if err != nil {
		return err
	}
	for page := uint32(0); page*errorPage < e.errors; page++ {
		if _, err := r.errorPage(ordinal, page); err != nil {
			return err
		}
	}
	st, err := r.stats(ordinal)
	if err != nil {
		return err
	}
	sum := r.totalsBefore(ordinal).history
	for i := range st.n {
		sum += st.history(i)
	}
	if sum != e.sum.history {
		return fmt.Errorf("%w: statistics of the segment at %d", ErrMismatch, e.first)
	}
	return nil
}

// presence is what the frames of a segment say of a key, to be compared with the directory.
type presence struct {
	entries int
	flags   uint32
}

// note books one entry of a key.
func (v *verifier) note(r *reader, e extent, m move) error {
	p := v.found[m.id]
	if m.alive != 0 {
		v.exists[m.id] = m.alive > 0
		_, seen, err := r.named(m.id)
		if err != nil {
			return err
		}
		if p.entries > 0 || m.alive < 0 || seen >= e.first && seen != m.pos {
			p.flags |= dirMixed
		}
	}
	p.entries++
	v.found[m.id] = p
	return nil
}

// directory compares what the directory says of a segment with what its frames hold.
func (v *verifier) directory(r *reader, ordinal int) error {
	wrong := fmt.Errorf("%w: directory of the segment at %d", ErrMismatch, r.extents[ordinal].first)
	for i := range r.dirRuns {
		run, err := r.dirRun(i)
		if err != nil {
			return err
		}
		if uint32(ordinal) < run.first || uint32(ordinal)-run.first >= run.covers {
			continue
		}
		listed, right := 0, true
		last := -1
		c := []dirCursor{{dirRun: *run}}
		err = eachRow(c, func(id uint32, row []byte) {
			right = right && int(id) > last && len(row) > 0
			last = int(id)
			entry, ok := lastUpTo(row, uint32(ordinal))
			if !ok || int(entry&^dirFlags) != ordinal {
				return
			}
			p, ok := v.found[id]
			if id < firstRow && !v.exists[id] {
				p.flags |= dirAbsent
			}
			right = right && ok && entry&dirFlags == p.flags
			listed++
		})
		if err != nil {
			return err
		}
		if !right || listed != len(v.found) {
			return wrong
		}
		return nil
	}
	return wrong
}

// column compares the keys of a segment's positions with a fresh fold's.
func (v *verifier) column(ctx context.Context, first event.Position, got keyColumn, upTo event.Position) error {
	return v.fresh.look(ctx, func(r *reader) error {
		var a, b []uint32
		var want keyColumn
		for pos := first; pos <= upTo; pos++ {
			ordinal := r.segment(pos)
			if ordinal < 0 {
				return r.reaches(pos)
			}
			if want.slots == nil || want.first != r.extents[ordinal].first {
				var err error
				if want, err = r.column(ordinal); err != nil {
					return err
				}
			}
			if a, b = got.at(pos, a[:0]), want.at(pos, b[:0]); !slices.Equal(a, b) {
				return fmt.Errorf("%w: keys of position %d", ErrMismatch, pos)
			}
		}
		return ctx.Err()
	})
}

// keys compares the dictionary with a fresh fold's.
func (v *verifier) keys(ctx context.Context) error {
	var names []newKey
	err := v.fresh.look(ctx, func(r *reader) error {
		names = make([]newKey, 0, r.state.keys)
		return r.eachKey(func(name string, seen event.Position) {
			names = append(names, newKey{string([]byte(name)), seen})
		})
	})
	if err != nil {
		return err
	}
	return v.ix.look(ctx, func(r *reader) error {
		same, n := true, 0
		err := r.eachKey(func(name string, seen event.Position) {
			if n < len(names) {
				same = same && names[n] == newKey{name, seen}
			} else {
				same = same && seen > v.upTo
			}
			n++
		})
		if err != nil {
			return err
		}
		for i := range r.keyRuns {
			run, err := r.keyRun(i)
			if err != nil {
				return err
			}
			last := ""
			for i := range run.n {
				k, name, _, err := run.named(i)
				if err != nil {
					return err
				}
				same = same && (i == 0 || last < name)
				last = name
				id, _, ok, err := r.id(name)
				if err != nil {
					return err
				}
				same = same && ok && id == run.firstID+uint32(k)
			}
		}
		if !same || n < len(names) {
			return fmt.Errorf("%w: names of the keys", ErrMismatch)
		}
		return nil
	})
}
