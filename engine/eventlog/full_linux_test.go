package eventlog

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"asof/engine/event"
	"asof/engine/store"

	"golang.org/x/sys/unix"
)

// TestFullDisk fills a small disk: the import must stop with an error, what was told to be durable must be there, and the
// rest must follow once there is room.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: mounting a small tmpfs needs root")
	}
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("SKIPPED: no tmpfs can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	s := &shop{random: rand.New(rand.NewPCG(1, 2)), streams: 500}
	events := s.batch(nil, 80_000)
	dir := filepath.Join(disk, "s")
	l := must(Create(t.Context(), dir, Identity{}, Options{}))(t)
	w := must(l.Writer(t.Context()))(t)
	durable, err := addFrom(t, w, events)
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("%v", err)
	}
	if again := w.Add(&events[0]); again == nil {
		t.Error("the writer goes on after a failed commit")
	}
	_ = w.Close()
	if _, err := l.Append(t.Context(), "s", Any(), []New{{Type: "T"}}); !errors.Is(err, store.ErrPoisoned) {
		t.Errorf("%v", err)
	}
	l.Close()
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	l = must(Open(t.Context(), dir, Options{}))(t)
	defer l.Close()
	if l.Head() < durable {
		t.Fatalf("told %d, has %d", durable, l.Head())
	}
	w = must(l.Writer(t.Context()))(t)
	if _, err := addFrom(t, w, events[l.Head():]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	m := &model{}
	m.events = append(m.events, events...)
	if l.Root() != m.root() {
		t.Error("another root than without the accident")
	}
	if r := must(l.Verify(t.Context(), nil))(t); !r.OK {
		t.Errorf("%+v", r)
	}
}

func addFrom(t *testing.T, w *Writer, events []event.Event) (durable event.Position, err error) {
	t.Helper()
	for i := range events {
		e := events[i]
		if err := w.Add(&e); err != nil {
			return w.Durable(), err
		}
		if i%4000 == 3999 {
			if _, err := w.Commit(t.Context()); err != nil {
				return w.Durable(), err
			}
		}
	}
	return w.Commit(t.Context())
}
