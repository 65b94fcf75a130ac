package asof

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"testing"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/store"
)

// storedLog writes a memory log into a log on disk.
func storedLog(t testing.TB, dir string, events []event.Event) *eventlog.Log {
	t.Helper()
	ctx := context.Background()
	log, err := eventlog.Create(ctx, dir, eventlog.Identity{Key: "test"}, eventlog.Options{BlockBytes: 4096})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	w, err := log.Writer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for i := range events {
		e := events[i]
		if err := w.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Finish(ctx); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestIndexOfAStoredLog(t *testing.T) {
	mem := benchLog(3000)
	dir := t.TempDir()
	log := storedLog(t, dir, mem.events)
	ctx := context.Background()
	p := benchProjection(t, "merge")
	ix, err := Open(ctx, dir, log, p, Options{Segment: 700})
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	if err := ix.Build(ctx, nil); err != nil {
		t.Fatal(err)
	}
	other := benchIndex(t, mem, "merge")
	d, found, err := Diverge(ctx, ix, other, nil)
	if err != nil || found {
		t.Fatalf("an index of the stored log and one of the events part at %+v: %v", d, err)
	}
	list, err := List(ctx, dir)
	if err != nil || len(list) != 1 || list[0].ID != p.Identity() || list[0].Built != 3000 || list[0].Name != "merge" || list[0].Keys != ix.Info().Keys {
		t.Fatalf("list: %+v %v", list, err)
	}
	if err := ix.Verify(ctx, nil); err != nil {
		t.Fatal(err)
	}
	ix.Close()
	if err := Drop(dir, p.Identity()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(Path(dir, p.Identity())); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("dropped: %v", err)
	}
}

func TestTwoHandlesBuildAndReadAtOnce(t *testing.T) {
	log := benchLog(4000)
	dir := t.TempDir()
	ctx := context.Background()
	p := benchProjection(t, "merge")
	var ix [2]*Index
	for i := range ix {
		var err error
		if ix[i], err = Open(ctx, dir, log, p, Options{Segment: 256}); err != nil {
			t.Fatal(err)
		}
		defer ix[i].Close()
	}
	done := make(chan error, 2)
	for _, x := range ix {
		go func() { done <- x.Build(ctx, nil) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range ix {
		if _, err := x.State(ctx, "order-000001", 4000); err != nil {
			t.Fatal(err)
		}
		if x.Built() != 4000 {
			t.Fatalf("built to %d", x.Built())
		}
	}
	if err := ix[0].Verify(ctx, nil); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyHandleSeesWhatIsBuilt(t *testing.T) {
	log := benchLog(2000)
	dir := t.TempDir()
	ctx := context.Background()
	p := benchProjection(t, "merge")
	if _, err := Open(ctx, dir, log, p, Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("no index: %v", err)
	}
	log.head = 1000
	w, err := Open(ctx, dir, log, p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Build(ctx, nil); err != nil {
		t.Fatal(err)
	}
	r, err := Open(ctx, dir, log, p, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Build(ctx, nil); !errors.Is(err, store.ErrReadOnly) {
		t.Fatalf("build: %v", err)
	}
	if _, err := r.Hash(ctx, 1500); !errors.Is(err, ErrNotBuilt) {
		t.Fatalf("not built: %v", err)
	}
	log.head = 2000
	if err := w.Build(ctx, nil); err != nil {
		t.Fatal(err)
	}
	a, err := r.Hash(ctx, 1500)
	b, e := w.Hash(ctx, 1500)
	if err != nil || e != nil || a != b {
		t.Fatalf("%x %v, %x %v", a, err, b, e)
	}
}

// TestDamageIsAnErrorOrFound flips bits in a built file. Whatever they hit, nothing panics, and what is answered is right or an
// error; what no answer meets, Verify may find.
func TestDamageIsAnErrorOrFound(t *testing.T) {
	log := benchLog(1500)
	dir := t.TempDir()
	ctx := context.Background()
	p := benchProjection(t, "merge")
	ix, err := Open(ctx, dir, log, p, Options{Segment: 400})
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Build(ctx, nil); err != nil {
		t.Fatal(err)
	}
	ix.Close()
	good, err := os.ReadFile(Path(dir, p.Identity()))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	failed := 0
	for range 150 {
		bad := append([]byte(nil), good...)
		bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
		if err := os.WriteFile(Path(dir, p.Identity()), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := useAll(ctx, dir, log); err != nil {
			failed++
		}
	}
	t.Logf("%d of 150 were met as errors", failed)
}

func useAll(ctx context.Context, dir string, log *memLog) error {
	p := benchProjection(nil, "merge")
	ix, err := Open(ctx, dir, log, p, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer ix.Close()
	for at := event.Position(1); at <= 1500; at += 100 {
		key := string(log.events[at-1].Stream)
		if _, err = ix.State(ctx, key, at); err != nil {
			return err
		}
		if _, _, err = ix.Next(ctx, key, "/status", at); err != nil {
			return err
		}
		if _, _, err = ix.Prev(ctx, key, "/status", at); err != nil {
			return err
		}
		if _, err = ix.Hash(ctx, at); err != nil {
			return err
		}
	}
	for _, err := range ix.Keys(ctx, 1500, KeysOptions{Alive: true}) {
		if err != nil {
			return err
		}
	}
	for _, err := range ix.Touched(ctx, 0, 1500) {
		if err != nil {
			return err
		}
	}
	_, _, err = Diverge(ctx, ix, ix, nil)
	return err
}
