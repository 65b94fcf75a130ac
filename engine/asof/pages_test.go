package asof

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"asof/engine/event"
	"asof/engine/store"

	"pgregory.net/rapid"
)

// sealedRun is a run as it comes back from a file, with so many bits of it flipped.
func sealedRun(v []byte, header int, bucket string, flips ...int) ([]byte, pages, error) {
	k := idKey(0)
	sealRun(v, header, []byte(bucket), k)
	for _, bit := range flips {
		v[bit/8%len(v)] ^= 1 << (bit % 8)
	}
	return (&Index{}).unsealRun(bucket, k, v, header)
}

// look looks one key up.
func (x *keyIndex) look(name string) (a asked, err error) {
	a = asked{name: name, hash: nameHash(name)}
	x.start(&a)
	for _, step := range []func(*asked) error{x.findHash, x.findName, x.compare} {
		if err := step(&a); err != nil {
			return a, err
		}
	}
	return a, nil
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
		head, p, err := sealedRun(encodeKeyRun(0, first, keys), keyRunHeader, bucketKeys, flips...)
		x := keyIndex{}
		if err == nil {
			x, err = openKeyIndex(head, p)
		}
		for i := range keys {
			var a asked
			if err == nil {
				a, err = x.look(keys[i].name)
			}
			if err == nil && (!a.found || a.id != first+uint32(i) || a.seen != keys[i].seen) {
				t.Fatalf("%s: %+v", keys[i].name, a)
			}
			if err == nil {
				a, err = x.look(keys[i].name + "x")
			}
			if a.found {
				t.Fatalf("found %sx", keys[i].name)
			}
		}
		if err != nil && (len(flips) == 0 || !errors.Is(err, ErrDamaged)) {
			t.Fatal(err)
		}
	})
}

func TestRowsOfTheDirectoryAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		ids := make([]uint32, rapid.SampledFrom([]int{0, 1, dirBlock - 1, dirBlock, dirBlock + 1, 5000}).Draw(t, "n"))
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
		head, p, err := sealedRun(packDirRun(0, 0, 1, ids, starts, segs), dirRunHeader, bucketDir, flips...)
		x := dirIndex{}
		if err == nil {
			x, err = openDirIndex(head, p)
		}
		for id := range last + 3 {
			if err != nil {
				break
			}
			var row, want []byte
			if row, err = x.of(id); err != nil {
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

func TestSumsTakeWhatTheySay(t *testing.T) {
	for _, body := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 40 * pageSize, 40*pageSize + 1} {
		v := finishRun(append(startRun(make([]byte, 8), body), make([]byte, body)...), 8)
		p, err := cutPages(v[store.SealSize:], 8)
		if err != nil || len(p.body) != body || len(p.sums) != sumsOf(body) {
			t.Errorf("%d bytes: %d in %d bytes of sums, %v", body, len(p.body), len(p.sums), err)
		}
	}
}
