package asof

import "asof/engine/event"

// asked is a key that is looked up.
type asked struct {
	name  string
	hash  uint32
	id    uint32
	seen  event.Position
	found bool
}

// leafOf is the first leaf that can have a hash.
func (r *keyRun) leafOf(hash uint32) int {
	return max(r.before(leavesFor(r.n, leafSize), hash)-1, 0)
}

// look looks a key up. Different names of one hash are rare, and may go on in the next leaf.
func (r *keyRun) look(a *asked) error {
	for i := r.leafOf(a.hash); i < leavesFor(r.n, leafSize) && r.first(i) <= a.hash; i++ {
		k, err := r.keyLeaf(i)
		if err != nil {
			return err
		}
		for j := k.search(a.hash); j < k.n && k.hash(j) == a.hash; j++ {
			if k.nameAt(j) == a.name {
				a.id, a.seen, a.found = r.firstID+k.key(j), k.firstSeen(j), true
				return nil
			}
		}
	}
	return nil
}

// search finds the first key whose hash is not less.
func (k *keyLeaf) search(hash uint32) int {
	lo, hi := 0, k.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if k.hash(mid) < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// ids looks keys up, all of them in a run before the next, so that what is read of it is asked for at once.
func (r *reader) ids(list []asked) error {
	left := make([]*asked, 0, len(list))
	for i := range list {
		list[i].hash = nameHash(list[i].name)
		left = append(left, &list[i])
	}
	for i := len(r.keyRuns) - 1; i >= 0 && len(left) > 0; i-- {
		x, err := r.keyRun(i)
		if err != nil {
			return err
		}
		r.ix.probes.Runs.Add(uint64(len(left)))
		for _, a := range left {
			x.want(x.leafOf(a.hash))
		}
		n := 0
		for _, a := range left {
			if err := x.look(a); err != nil {
				return err
			}
			if !a.found {
				left[n] = a
				n++
			}
		}
		left = left[:n]
	}
	return nil
}
