package asof

import (
	"fmt"

	"asof/engine/event"
)

// joinKeyRuns makes one run of runs that have been checked, whose ids follow one another.
func joinKeyRuns(level int, values []opened) ([]byte, error) {
	runs := make([]keyCursor, len(values))
	n, size := 0, 0
	for i, v := range values {
		run, err := openKeyRun(v.head, v.leaves)
		if err != nil {
			return nil, err
		}
		if i > 0 && run.firstID != runs[0].firstID+uint32(n) {
			return nil, fmt.Errorf("%w: keys from %d after %d", ErrDamaged, run.firstID, runs[0].firstID+uint32(n)-1)
		}
		runs[i] = keyCursor{keyRun: run, base: uint32(n)}
		n += run.n
		size += len(run.body) - (keyRow+8)*run.n
	}
	w := startKeyRun(level, runs[0].firstID, n, size)
	if err := w.byHash(runs); err != nil {
		return nil, err
	}
	perm, err := byName(runs, n)
	if err != nil {
		return nil, err
	}
	return w.finish(perm), nil
}

// keyCursor goes through a run in the order of hashes, and then in that of names.
type keyCursor struct {
	keyRun
	base uint32 // its first key in the run to come
	leaf keyLeaf
	next int    // rank
	at   uint32 // the hash, or the key
	name string
	seen event.Position
	done bool
}

// turn reads the key at next.
func (c *keyCursor) turn() (err error) {
	if c.done = c.next == c.n; c.done {
		return nil
	}
	if c.next%leafSize == 0 {
		c.leaf, err = c.keyLeaf(c.next / leafSize)
	}
	if err == nil {
		c.at = c.leaf.hash(c.next % leafSize)
	}
	return err
}

// take is the key at next.
func (c *keyCursor) take() keyOrder {
	i := c.next % leafSize
	return keyOrder{c.at, c.base + c.leaf.key(i), newKey{c.leaf.nameAt(i), c.leaf.firstSeen(i)}}
}

// byHash writes the leaves of keys.
func (w *keyWriter) byHash(runs []keyCursor) error {
	for i := range runs {
		if err := runs[i].turn(); err != nil {
			return err
		}
	}
	room := make([]keyOrder, 0, leafSize)
	for {
		var best *keyCursor
		for i := range runs {
			if c := &runs[i]; !c.done && (best == nil || c.at < best.at) {
				best = c
			}
		}
		if len(room) == leafSize || best == nil && len(room) > 0 {
			w.leaf(room)
			room = room[:0]
		}
		if best == nil {
			return nil
		}
		one := best.take()
		if one.key >= uint32(len(w.ranks)) {
			return fmt.Errorf("%w: no key %d of %d", ErrDamaged, one.key, len(w.ranks))
		}
		room = append(room, one)
		best.next++
		if err := best.turn(); err != nil {
			return err
		}
	}
}

// turnName reads the key whose name is at next.
func (c *keyCursor) turnName() (err error) {
	if c.done = c.next == c.n; c.done {
		return nil
	}
	key, name, seen, err := c.named(c.next)
	c.at, c.name, c.seen = uint32(key), name, seen
	return err
}

// firstName is the cursor whose name comes first; nil if all are done.
func firstName(runs []keyCursor) (best *keyCursor) {
	for i := range runs {
		if c := &runs[i]; !c.done && (best == nil || c.name < best.name) {
			best = c
		}
	}
	return best
}

// byName lists the keys of runs in the order of their names.
func byName(runs []keyCursor, n int) ([]uint32, error) {
	perm := make([]uint32, 0, n)
	for i := range runs {
		runs[i].next = 0
		if err := runs[i].turnName(); err != nil {
			return nil, err
		}
	}
	for range n {
		best := firstName(runs)
		perm = append(perm, best.base+best.at)
		best.next++
		if err := best.turnName(); err != nil {
			return nil, err
		}
	}
	return perm, nil
}
