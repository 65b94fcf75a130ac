package asof

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"asof/engine/event"

	"pgregory.net/rapid"
)

// sealedRun is a run as it comes back from a file, with so many bits of it flipped.
func sealedRun(v []byte, header int, bucket string, flips ...int) (opened, error) {
	k := idKey(0)
	if err := sealRun(v, header, []byte(bucket), k); err != nil {
		return opened{}, err
	}
	for _, bit := range flips {
		v[bit/8%len(v)] ^= 1 << (bit % 8)
	}
	return (&Index{}).unsealRun(bucket, k, v, header)
}

// find looks one key up.
func (r *keyRun) find(name string) (a asked, err error) {
	a = asked{name: name, hash: nameHash(name)}
	return a, r.look(&a)
}

func TestKeysAreFoundByTheirHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 2, 40, 3000}).Draw(t, "n")
		first := rapid.Uint32Range(0, 1000).Draw(t, "first")
		flips := rapid.SliceOfN(rapid.IntRange(0, 1<<30), 0, 1).Draw(t, "flips")
		keys := make([]newKey, n)
		for i := range keys {
			keys[i] = newKey{fmt.Sprintf("key-%d", i*7), event.Position(i * i)}
		}
		o, err := sealedRun(encodeKeyRun(0, first, keys), keyRunHeader, bucketKeys, flips...)
		x := keyRun{}
		if err == nil {
			x, err = openKeyRun(o.head, o.leaves)
		}
		for i := range keys {
			var a asked
			if err == nil {
				a, err = x.find(keys[i].name)
			}
			if err == nil && (!a.found || a.id != first+uint32(i) || a.seen != keys[i].seen) {
				t.Fatalf("%s: %+v", keys[i].name, a)
			}
			if err == nil {
				a, err = x.find(keys[i].name + "x")
			}
			if a.found {
				t.Fatalf("found %sx", keys[i].name)
			}
			if err != nil {
				continue
			}
			var name string
			var seen event.Position
			if name, seen, err = x.nameOf(i); err == nil && (newKey{name, seen}) != keys[i] {
				t.Fatalf("key %d: %s at %d", i, name, seen)
			}
		}
		if err != nil && (len(flips) == 0 || !errors.Is(err, ErrDamaged)) {
			t.Fatal(err)
		}
	})
}

// TestNamesOfOneHash: keys whose names have one hash are told apart, over the ends of leaves.
func TestNamesOfOneHash(t *testing.T) {
	const n = 3*leafSize + 5
	w := startKeyRun(0, 7, n, 0)
	order := make([]keyOrder, n)
	for i := range order {
		order[i] = keyOrder{uint32(i / (2 * leafSize)), uint32(i), newKey{fmt.Sprint("k", i), event.Position(i)}}
	}
	for chunk := range slices.Chunk(order, leafSize) {
		w.leaf(chunk)
	}
	o, err := sealedRun(w.finish(make([]uint32, n)), keyRunHeader, bucketKeys)
	if err != nil {
		t.Fatal(err)
	}
	x, err := openKeyRun(o.head, o.leaves)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range order {
		a := asked{name: k.name, hash: k.hash}
		if err := x.look(&a); err != nil || !a.found || a.id != 7+k.key || a.seen != k.seen {
			t.Errorf("%+v: %+v %v", k, a, err)
		}
		if a = (asked{name: k.name, hash: k.hash ^ 1}); x.look(&a) != nil || a.found {
			t.Errorf("%+v under another hash", k)
		}
	}
}

// drawnKeys are names in the order in which they came.
func drawnKeys(t *rapid.T, n int, label string) []newKey {
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, label), 1))
	keys := make([]newKey, n)
	for i, k := range rnd.Perm(n) {
		keys[i] = newKey{fmt.Sprintf("key-%d", k), event.Position(i + 1)}
	}
	return keys
}

// TestJoinedRunsAreOne: runs that are joined are the run that would have been written at once.
func TestJoinedRunsAreOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := drawnKeys(t, rapid.SampledFrom([]int{2, 300, 3000}).Draw(t, "n"), "seed")
		cut := rapid.IntRange(1, len(keys)-1).Draw(t, "cut")
		names, dir := []opened{}, []opened{}
		var touched [2][]touch
		for i, part := range [][]newKey{keys[:cut], keys[cut:]} {
			o, err := sealedRun(encodeKeyRun(0, uint32(5+i*cut), part), keyRunHeader, bucketKeys)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, o)
			for id := range uint32(len(keys)) {
				if int(id)%3 != i {
					touched[i] = append(touched[i], touch{id, uint32(i) * dirAbsent})
				}
			}
			if o, err = sealedRun(encodeDirRun(uint32(i), touched[i]), dirRunHeader, bucketDir); err != nil {
				t.Fatal(err)
			}
			dir = append(dir, o)
		}
		joined, err := joinKeyRuns(3, names)
		if err != nil || !slices.Equal(joined, encodeKeyRun(3, 5, keys)) {
			t.Fatalf("keys: %v", err)
		}
		if joined, err = joinDirRuns(1, dir); err != nil {
			t.Fatal(err)
		}
		o, err := sealedRun(joined, dirRunHeader, bucketDir)
		if err != nil {
			t.Fatal(err)
		}
		x, err := openDirRun(o.head, o.leaves)
		if err != nil || x.covers != 2 || x.first != 0 {
			t.Fatalf("%+v %v", x, err)
		}
		for id := range uint32(len(keys) + 1) {
			var want []byte
			for i, list := range touched {
				if k := slices.Index(list, touch{id, uint32(i) * dirAbsent}); k >= 0 {
					want = binary.LittleEndian.AppendUint32(want, uint32(i)|list[k].flags)
				}
			}
			if row, err := x.row(id); err != nil || !slices.Equal(row, want) {
				t.Fatalf("row of %d: %x, not %x: %v", id, row, want, err)
			}
		}
	})
}

func TestRowsOfTheDirectoryAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		ids := make([]uint32, rapid.SampledFrom([]int{0, 1, leafSize - 1, leafSize, leafSize + 1, 5000}).Draw(t, "n"))
		starts, segs, last := make([]uint32, len(ids)+1), []byte{}, uint32(0)
		for i := range ids {
			last += 1 + uint32(rnd.IntN(3))
			ids[i] = last
			for range 1 + rnd.IntN(3) {
				segs = binary.LittleEndian.AppendUint32(segs, rnd.Uint32())
			}
			starts[i+1] = uint32(len(segs) / 4)
		}
		flips := rapid.SliceOfN(rapid.IntRange(0, 1<<30), 0, 1).Draw(t, "flips")
		w := startDirRun(0, 0, 1, len(ids), len(segs)/4)
		for i, id := range ids {
			w.add(id, segs[4*starts[i]:4*starts[i+1]])
		}
		o, err := sealedRun(w.finish(), dirRunHeader, bucketDir, flips...)
		x := dirRun{}
		if err == nil {
			x, err = openDirRun(o.head, o.leaves)
		}
		for id := range last + 3 {
			if err != nil {
				break
			}
			var row, want []byte
			if row, err = x.row(id); err != nil {
				break
			}
			if i, ok := slices.BinarySearch(ids, id); ok {
				want = segs[4*starts[i] : 4*starts[i+1]]
			}
			if !slices.Equal(row, want) {
				t.Fatalf("row of %d: %x, not %x", id, row, want)
			}
		}
		if err != nil && (len(flips) == 0 || !errors.Is(err, ErrDamaged)) {
			t.Fatal(err)
		}
	})
}
