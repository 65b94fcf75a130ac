package asof

import (
	"context"
	"fmt"
	"runtime"

	"asof/engine/event"
	"asof/engine/value"

	"golang.org/x/sync/errgroup"
)

// State is a key's document as of a position. A key that no event up to there belongs to has a document that does not exist.
func (ix *Index) State(ctx context.Context, key string, at event.Position) (Document, error) {
	docs, err := ix.States(ctx, []string{key}, at)
	if err != nil {
		return Document{}, err
	}
	return docs[0], nil
}

// States is State for several keys, as of the same position.
func (ix *Index) States(ctx context.Context, keys []string, at event.Position) ([]Document, error) {
	docs := make([]Document, len(keys))
	shares := min(runtime.GOMAXPROCS(0), len(keys)/shareKeys)
	if shares < 2 {
		return docs, ix.states(ctx, keys, at, docs)
	}
	group, ctx := errgroup.WithContext(ctx)
	for i := range shares {
		from, to := i*len(keys)/shares, (i+1)*len(keys)/shares
		group.Go(func() error { return ix.states(ctx, keys[from:to], at, docs[from:to]) })
	}
	return docs, group.Wait()
}

// shareKeys is for how many keys a goroutine more is worth it.
const shareKeys = 12

func (ix *Index) states(ctx context.Context, keys []string, at event.Position, docs []Document) error {
	return ix.read(ctx, func(r *reader) error {
		if err := r.reaches(at); err != nil {
			return err
		}
		places, err := r.places(keys, at)
		if err != nil {
			return err
		}
		r.docs = &r.stage
		for i, key := range keys {
			if err := ctx.Err(); err != nil {
				return err
			}
			r.stage.Clear()
			w, err := r.rowIn(places[i], at)
			if err != nil {
				return err
			}
			docs[i] = w.document(key, at)
		}
		return nil
	})
}

// rowIn is a key's row as of at, from its place.
func (r *reader) rowIn(where place, at event.Position) (row, error) {
	if !where.there {
		return row{doc: value.NewDoc()}, nil
	}
	t := tape{buf: r.borrow()}
	err := t.wind(r, where, at)
	r.giveBack(t.buf) // documents do not hold on to it
	return t.row, err
}

func (w row) document(key string, at event.Position) Document {
	root := w.doc.Keep()
	return Document{
		Key: key, At: at, Changed: event.Position(w.doc.Changed()), Exists: root != nil, Tainted: w.tainted, Root: root,
	}
}

func (r *reader) reaches(at event.Position) error {
	if at > r.built {
		return fmt.Errorf("%w: %d, built to %d", ErrNotBuilt, at, r.built)
	}
	return nil
}

// Part is what stands at a path of a key's document as of a position; nil if nothing does. Changed() of it is blame. Of a document
// with very many members it reads few more than those that the path leads to.
func (ix *Index) Part(ctx context.Context, key string, path value.Pointer, at event.Position) (n *value.Node, err error) {
	err = ix.read(ctx, func(r *reader) error {
		n = nil
		id, ok, err := r.known(key, at)
		if err != nil || !ok {
			return err
		}
		w, err := r.rowWithin(id, at, within(path))
		if err == nil {
			n = w.doc.Root().At(path).Clone()
		}
		return err
	})
	return n, err
}

// rowAt is a key's row as of a position, by the key's number, as a build goes on from. What is not durable yet has not written to
// the key.
func (ix *Index) rowAt(ctx context.Context, id uint32, at event.Position) (w row, err error) {
	err = ix.look(ctx, func(r *reader) error {
		w, err = r.rowWithin(id, min(at, r.built), scope{order: true})
		return err
	})
	return w, err
}

// KeysAt lists the keys that the event at pos belongs to, in the order in which the projection named them.
func (ix *Index) KeysAt(ctx context.Context, pos event.Position) (keys []string, err error) {
	err = ix.read(ctx, func(r *reader) error {
		keys = nil
		ids, err := r.keysAt(pos)
		if err != nil {
			return err
		}
		for _, id := range ids {
			name, err := r.name(id)
			if err != nil {
				return err
			}
			keys = append(keys, name)
		}
		return nil
	})
	return keys, err
}

func (r *reader) keysAt(pos event.Position) ([]uint32, error) {
	if err := r.reaches(pos); err != nil {
		return nil, err
	}
	ordinal := r.segment(pos)
	if ordinal < 0 {
		return nil, nil
	}
	c, err := r.column(ordinal)
	if err != nil {
		return nil, err
	}
	return c.at(pos, nil), nil
}

// Writes lists what the event at pos wrote to the document of key, in its order, writes of equal values included.
func (ix *Index) Writes(ctx context.Context, key string, pos event.Position) (changes []Change, err error) {
	err = ix.read(ctx, func(r *reader) error {
		changes = nil
		if err := r.reaches(pos); err != nil || pos == 0 {
			return err
		}
		id, seen, ok, err := r.id(key)
		if err != nil || !ok || seen > pos {
			return err
		}
		changes, err = r.writes(key, id, pos)
		return err
	})
	return changes, err
}

func (r *reader) writes(key string, id uint32, pos event.Position) ([]Change, error) {
	ordinal := r.segment(pos)
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok || int(entry&^dirFlags) != ordinal {
		return nil, err
	}
	p, err := r.part(ordinal, id)
	if err != nil {
		return nil, err
	}
	t := tape{scope: scope{few: true, from: pos, to: pos}}
	if ok, err := t.openUpTo(pos-1, r, p, p.frameOf(id, pos), id); err != nil || !ok {
		return nil, err
	}
	if err := t.playTo(pos - 1); err != nil {
		return nil, err
	}
	if e, ok, err := t.peek(); err != nil || !ok || e.pos != pos {
		return nil, err
	}
	var changes []Change
	_, err = t.play(func(w value.Write) error {
		old := t.row.doc.Root().At(w.Path).Clone()
		c := Change{Position: pos, Key: key, Path: w.Path, Op: w.Op, Old: old, New: w.New}
		if w.Op == value.Same && w.New == nil {
			c.New = old
		}
		changes = append(changes, c)
		return nil
	})
	return changes, err
}
