package asof

import (
	"encoding/binary"
	"fmt"
	"math"

	"asof/engine/event"

	"github.com/zeebo/xxh3"
)

// keyIndex looks keys up in a run of the dictionary by their hash, of which it reads few pages. Hashes are spread evenly, so that the
// place of one is known but for the square root of their number.
type keyIndex struct {
	pages
	n       int
	firstID uint32
}

func nameHash(name string) uint32 { return uint32(xxh3.HashString(name) >> 32) }

func hashEntry(hash uint32, i int) uint64 { return uint64(hash)<<32 | uint64(i) }

func appendHashes(b []byte, entries []uint64) []byte {
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint64(b, e)
	}
	return b
}

func openKeyIndex(head []byte, p pages) (keyIndex, error) {
	x := keyIndex{pages: p, n: int(binary.LittleEndian.Uint32(head[4:])), firstID: binary.LittleEndian.Uint32(head[8:])}
	if len(p.body)/keyRow < x.n {
		return x, fmt.Errorf("%w: key run of %d keys in %d bytes", ErrDamaged, x.n, len(p.body))
	}
	return x, nil
}

// asked is a key that is looked up, one step after the other, so that of many keys each step's pages are asked for at once.
type asked struct {
	name  string
	hash  uint32
	place int // in the list of hashes: the first entry that is not less than the hash
	from  int // of the name of the key that the entry tells of
	size  int
	cand  int // that key, less the first id; -1 = none
	seen  event.Position

	id    uint32
	found bool
}

// window is where a hash is nearly always.
func (x *keyIndex) window(hash uint32) (lo, hi int) {
	at := int(uint64(hash) * uint64(x.n) >> 32)
	w := 8 + int(0.75*math.Sqrt(float64(x.n))) // one and a half times the standard deviation, where that is largest
	return max(at-w, 0), min(at+w, x.n)
}

func (x *keyIndex) entry(i int) (hash uint32, key int, err error) {
	b, err := x.at(8*i, 8*i+8)
	if err != nil {
		return 0, 0, err
	}
	e := binary.LittleEndian.Uint64(b)
	if key = int(uint32(e)); key >= x.n {
		return 0, 0, fmt.Errorf("%w: keys: no key %d of %d", ErrDamaged, key, x.n)
	}
	return uint32(e >> 32), key, nil
}

// search finds the first entry whose hash is not less.
func (x *keyIndex) search(hash uint32) (int, error) {
	lo, hi := x.window(hash)
	for w := hi - lo; lo > 0; w *= 2 {
		h, _, err := x.entry(lo - 1)
		if err != nil {
			return 0, err
		}
		if h < hash {
			break
		}
		lo, hi = max(lo-w, 0), lo
	}
	for w := hi - lo; hi < x.n; w *= 2 {
		h, _, err := x.entry(hi)
		if err != nil {
			return 0, err
		}
		if h >= hash {
			break
		}
		lo, hi = hi, min(hi+w, x.n)
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		h, _, err := x.entry(mid)
		if err != nil {
			return 0, err
		}
		if h < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, nil
}

// The steps of a look-up. Each asks for what the next one reads.

func (x *keyIndex) start(a *asked) {
	lo, hi := x.window(a.hash)
	x.want(8*lo, 8*hi)
}

func (x *keyIndex) findHash(a *asked) (err error) {
	if a.place, err = x.search(a.hash); err != nil {
		return err
	}
	return x.candidate(a)
}

// candidate takes the key of the entry at place, if that has the hash.
func (x *keyIndex) candidate(a *asked) error {
	a.cand = -1
	if a.place >= x.n {
		return nil
	}
	h, key, err := x.entry(a.place)
	if err != nil || h != a.hash {
		return err
	}
	a.cand = key
	x.want(x.rowAt(max(key-1, 0)), x.rowAt(key+1))
	return nil
}

func (x *keyIndex) rowAt(key int) int { return 8*x.n + seenRow*key }

func (x *keyIndex) findName(a *asked) error {
	if a.cand < 0 {
		return nil
	}
	rows, err := x.at(x.rowAt(max(a.cand-1, 0)), x.rowAt(a.cand+1))
	if err != nil {
		return err
	}
	start := uint32(0)
	if a.cand > 0 {
		start = binary.LittleEndian.Uint32(rows[8:])
		rows = rows[seenRow:]
	}
	a.seen = event.Position(binary.LittleEndian.Uint64(rows))
	a.from, a.size = keyRow*x.n+int(start), int(binary.LittleEndian.Uint32(rows[8:]))-int(start)
	x.want(a.from, a.from+a.size)
	return nil
}

// compare ends the look-up. Different names of one hash are rare.
func (x *keyIndex) compare(a *asked) error {
	for a.cand >= 0 {
		name, err := x.at(a.from, a.from+a.size)
		if err != nil {
			return err
		}
		if string(name) == a.name {
			a.id, a.found = x.firstID+uint32(a.cand), true
			return nil
		}
		a.place++
		if err := x.candidate(a); err != nil {
			return err
		}
		if err := x.findName(a); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is the name of a key, less the first id.
func (x *keyIndex) nameOf(key int) (string, error) {
	a := asked{cand: key}
	if err := x.findName(&a); err != nil {
		return "", err
	}
	name, err := x.at(a.from, a.from+a.size)
	return string(name), err
}

// ids looks keys up, all of them in a run before the next.
func (r *reader) ids(list []asked) error {
	left := make([]*asked, 0, len(list))
	for i := range list {
		list[i].hash = nameHash(list[i].name)
		left = append(left, &list[i])
	}
	for i := len(r.keyRuns) - 1; i >= 0 && len(left) > 0; i-- {
		x, err := r.keyIndex(i)
		if err != nil {
			return err
		}
		r.ix.probes.Runs.Add(uint64(len(left)))
		for _, a := range left {
			x.start(a)
		}
		for _, step := range []func(*asked) error{x.findHash, x.findName, x.compare} {
			for _, a := range left {
				if err := step(a); err != nil {
					return err
				}
			}
		}
		n := 0
		for _, a := range left {
			if !a.found {
				left[n] = a
				n++
			}
		}
		left = left[:n]
	}
	return nil
}
