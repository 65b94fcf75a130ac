package asof

import (
	"context"
	"testing"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// TestPartsLieWhereIsSaid: of the closed segments, with an open one behind, it is said where their parts lie, which is where the tree finds them; and
// where that is not true, they are found by the tree.
func TestPartsLieWhereIsSaid(t *testing.T) {
	log := benchLog(3000)
	ctx := context.Background()
	ix, err := Open(ctx, t.TempDir(), log, benchProjection(t, "merge"), Options{Segment: 256, Partitions: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	for _, log.head = range []event.Position{700, 720, 725, 1500, 3000} {
		if err := ix.Build(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	states := func() (list []string) {
		for _, at := range []event.Position{100, 1000, 2999} {
			for i := range 60 {
				d, err := ix.State(ctx, string(log.events[50*i].Stream), at)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, shown(d.Root))
			}
		}
		return list
	}
	want := states()
	said := 0
	err = ix.look(ctx, func(r *reader) error {
		for _, e := range r.extents {
			for number := range uint32(len(e.at)) {
				v, _ := r.partAt(e, number)
				found, err := r.sealed(e.first, []byte{byte(number)})
				if err != nil {
					return err
				}
				if len(v) != len(found) || &v[0] != &found[0] {
					t.Errorf("part %d of the segment at %d lies elsewhere", number, e.first)
				}
				said++
			}
		}
		return nil
	})
	if closed := 3000 / 256; err != nil || said != 3*closed {
		t.Errorf("%d of %d parts are said to lie somewhere: %v", said, 3*closed, err)
	}
	err = ix.file.Update(ctx, func(tx *bbolt.Tx) error {
		l, err := readLayout(tx)
		if err != nil {
			return err
		}
		w := writer{tx: tx}
		for i, e := range l.extents {
			for k := range e.at {
				e.at[k].from += uint64(i) << (4 * k)
			}
			w.put(bucketExtents, posKey(e.first), e.encode())
		}
		l.state.generation++
		w.put(bucketMeta, []byte(metaState), l.state.encode())
		return w.err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range states() {
		if s != want[i] {
			t.Errorf("%s, not %s", s, want[i])
		}
	}
}
