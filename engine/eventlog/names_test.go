package eventlog

import (
	"math/bits"
	"reflect"
	"slices"
	"testing"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"asof/engine/event"
	"asof/engine/store"
)

// A name is found in a run exactly if it was written there, with what was written of it, whatever stands around it.
func TestNamesAreFound(t *testing.T) {
	ctx := t.Context()
	path := t.TempDir() + "/names"
	if err := store.Create(ctx, path, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket(bucketNames); return err }); err != nil {
		t.Fatal(err)
	}
	f := must(store.Open(ctx, path, store.Options{}))(t)
	defer f.Close()
	run := uint32(0)
	name := rapid.OneOf(rapid.StringMatching(`(order|or|ordering)-[0-9]{1,3}`), rapid.StringMatching(`a{60,70}[ab]{0,8}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		run++
		names := slices.Sorted(slices.Values(rapid.SliceOfNDistinct(name, 0, 600, rapid.ID).Draw(t, "names")))
		want := map[string]tally{}
		err := f.Update(ctx, func(tx *bbolt.Tx) error {
			w := &pageWriter{tx: tx, run: run}
			for i, text := range names {
				want[text] = tally{Name: Name{Text: text, Count: uint64(i), First: event.Position(i), Last: event.Position(i * i), Version: event.Version(300 - i)}, versioned: i%3 > 0}
				entry := want[text]
				if err := w.add(&entry); err != nil {
					return err
				}
			}
			return w.flush()
		})
		if err != nil {
			t.Fatal(err)
		}
		asked := append(names, rapid.SliceOfN(name, 1, 50).Draw(t, "others")...)
		err = f.View(ctx, func(tx *bbolt.Tx) error {
			for _, text := range asked {
				r := pageReader{tx: tx, run: run}
				got, found, err := r.find(text)
				entry, written := want[text]
				if err != nil || found != written || found && !reflect.DeepEqual(got, entry) {
					t.Fatalf("%q: %+v, %v, %v; want %+v", text, got, found, err, entry)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// However many names commits bring, there are few runs, and a name is written a few times.
func TestRunsStayFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var runs []nameRun
		brought, written := uint64(0), uint64(0)
		large := rapid.Bool().Draw(t, "large")
		for range rapid.IntRange(1, 300).Draw(t, "commits") {
			added := rapid.Uint64Range(1, 100).Draw(t, "few")
			if large || rapid.IntRange(0, 9).Draw(t, "size") == 0 {
				added = rapid.Uint64Range(1, 4*manyNames).Draw(t, "many")
			}
			from, n := mergedFrom(runs, added), added
			for _, r := range runs[from:] {
				n += r.N
			}
			if from < len(runs) && n > mostMerged {
				t.Fatalf("%d names merged into %v", n, runs)
			}
			runs = append(runs[:from:from], nameRun{N: n}) // no name comes twice: the most there can be
			brought, written = brought+added, written+n
		}
		if bound := 2*waitingRuns + bits.Len64(brought) + int(brought/(mostMerged/2)); len(runs) > bound {
			t.Fatalf("%d runs: %v", len(runs), runs)
		}
		if bound := brought * uint64(bits.Len64(brought)); written > bound {
			t.Fatalf("%d names written for %d", written, brought)
		}
	})
}
