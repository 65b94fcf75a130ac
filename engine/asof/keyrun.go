package asof

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"unsafe"

	"asof/engine/event"

	"github.com/zeebo/xxh3"
)

// keyRun is a part of the key dictionary: the keys of consecutive ids, read in place.
//
//	header  level · 00 00 00 · n u32 · first id u32 · leaves u32
//	leaves  of leafSize keys each, by the hash of their names:   hash u32 … · key u32 … · first seen u64 … · end of name u32 … · names
//	        of listSize numbers each: the rank by hash of each key; then the keys in the order of their names
//
// A key is its id less the first one: ids count up in the order in which keys were first seen.
type keyRun struct {
	leaves
	n       int
	firstID uint32
}

const (
	keyRunHeader = 16
	runHeader    = 8 // of runs of both kinds: level, and how many ids or segments the run covers
	keyRow       = 20
)

func nameHash(name string) uint32 { return uint32(xxh3.HashString(name) >> 32) }

func openKeyRun(head []byte, l leaves) (keyRun, error) {
	r := keyRun{leaves: l, n: int(binary.LittleEndian.Uint32(head[4:])), firstID: binary.LittleEndian.Uint32(head[8:])}
	if l.count() != keyLeaves(r.n) {
		return r, fmt.Errorf("%w: key run of %d keys in %d leaves", ErrDamaged, r.n, l.count())
	}
	return r, nil
}

func keyLeaves(n int) int { return leavesFor(n, leafSize) + 2*leavesFor(n, listSize) }

// keyLeaf is a leaf of keys.
type keyLeaf struct {
	n                  int
	hashes, keys, seen []byte
	ends, names        []byte
}

func (r *keyRun) keyLeaf(i int) (k keyLeaf, err error) {
	b, err := r.leaf(i)
	if err != nil {
		return k, err
	}
	n := min(leafSize, r.n-i*leafSize)
	if n <= 0 || keyRow*n > len(b) {
		return k, fmt.Errorf("%w: %s: leaf %d of %d bytes", ErrDamaged, r.name, i, len(b))
	}
	return keyLeaf{n, b[:4*n], b[4*n : 8*n], b[8*n : 16*n], b[16*n : 20*n], b[20*n:]}, nil
}

func (k *keyLeaf) hash(i int) uint32 { return u32At(k.hashes, i) }
func (k *keyLeaf) key(i int) uint32  { return u32At(k.keys, i) }

func (k *keyLeaf) firstSeen(i int) event.Position {
	return event.Position(binary.LittleEndian.Uint64(k.seen[8*i:]))
}

// nameAt lives as long as the run's bytes do.
func (k *keyLeaf) nameAt(i int) string {
	start := uint32(0)
	if i > 0 {
		start = u32At(k.ends, i-1)
	}
	end := u32At(k.ends, i)
	if start > end || int(end) > len(k.names) {
		return ""
	}
	return borrow(k.names[start:end])
}

// ranked is the leaf that a key stands in, and its place there.
func (r *keyRun) ranked(key int) (k keyLeaf, i int, err error) {
	if key < 0 || key >= r.n {
		return k, 0, fmt.Errorf("%w: no key %d of %d", ErrDamaged, key, r.n)
	}
	rank, err := r.u32s(leavesFor(r.n, leafSize), key)
	if err != nil {
		return k, 0, err
	}
	if k, err = r.keyLeaf(int(rank / leafSize)); err == nil && int(rank%leafSize) >= k.n {
		err = fmt.Errorf("%w: no key at rank %d", ErrDamaged, rank)
	}
	return k, int(rank % leafSize), err
}

// nameOf is the name of a key and the position of the first event that belonged to it.
func (r *keyRun) nameOf(key int) (string, event.Position, error) {
	k, i, err := r.ranked(key)
	if err != nil {
		return "", 0, err
	}
	return k.nameAt(i), k.firstSeen(i), nil
}

// byName is the key whose name is so far on in the order of names.
func (r *keyRun) byName(i int) (key int, err error) {
	v, err := r.u32s(leavesFor(r.n, leafSize)+leavesFor(r.n, listSize), i)
	return int(v), err
}

// named is byName with the name.
func (r *keyRun) named(i int) (key int, name string, seen event.Position, err error) {
	if key, err = r.byName(i); err == nil {
		name, seen, err = r.nameOf(key)
	}
	return key, name, seen, err
}

// rank is the index in name order of the first name that is not less than name.
func (r *keyRun) rank(name string) (int, error) {
	lo, hi := 0, r.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		_, at, _, err := r.named(mid)
		if err != nil {
			return 0, err
		}
		if at < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, nil
}

// newKey is a key that the window at hand has seen first.
type newKey struct {
	name string
	seen event.Position
}

// keyOrder is a key with the hash of its name.
type keyOrder struct {
	hash uint32
	key  uint32
	newKey
}

// encodeKeyRun packs keys whose ids count up from firstID.
func encodeKeyRun(level int, firstID uint32, keys []newKey) []byte {
	perm, order, size := make([]uint32, len(keys)), make([]keyOrder, len(keys)), 0
	for i, k := range keys {
		perm[i], order[i] = uint32(i), keyOrder{nameHash(k.name), uint32(i), k}
		size += len(k.name)
	}
	slices.SortFunc(perm, func(a, b uint32) int { return cmp.Compare(keys[a].name, keys[b].name) })
	slices.SortFunc(order, func(a, b keyOrder) int { return cmp.Compare(a.hash, b.hash) })
	w := startKeyRun(level, firstID, len(keys), size)
	for chunk := range slices.Chunk(order, leafSize) {
		w.leaf(chunk)
	}
	return w.finish(perm)
}

// keyWriter writes a run of the dictionary.
type keyWriter struct {
	*runWriter
	ranks []uint32 // of the keys
	next  uint32
}

func startKeyRun(level int, firstID uint32, n, names int) *keyWriter {
	head := []byte{byte(level), 0, 0, 0}
	for _, v := range []uint32{uint32(n), firstID, uint32(keyLeaves(n))} {
		head = binary.LittleEndian.AppendUint32(head, v)
	}
	return &keyWriter{runWriter: startRun(head, keyLeaves(n), (keyRow+8)*n+names), ranks: make([]uint32, n)}
}

// leaf writes the next leafSize keys, or the last ones.
func (w *keyWriter) leaf(keys []keyOrder) {
	for i := range keys {
		w.u32(keys[i].hash)
	}
	for i := range keys {
		w.u32(keys[i].key)
		w.ranks[keys[i].key] = w.next
		w.next++
	}
	for i := range keys {
		w.v = binary.LittleEndian.AppendUint64(w.v, uint64(keys[i].seen))
	}
	end := uint32(0)
	for i := range keys {
		end += uint32(len(keys[i].name))
		w.u32(end)
	}
	for i := range keys {
		w.v = append(w.v, keys[i].name...)
	}
	w.end(keys[0].hash)
}

// finish ends the run, with the keys in the order of their names.
func (w *keyWriter) finish(perm []uint32) []byte {
	w.list(w.ranks)
	w.list(perm)
	return w.v
}

func u32At(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

// borrow looks at bytes as text. The text lives as long as the bytes, which is as long as the transaction for bytes of the
// file: whoever keeps it clones it.
func borrow(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
