package asof

import (
	"context"
	"testing"

	"asof/engine/event"
)

// A build tells how many documents it let go and read back for want of memory: none where there is room, and none that a build
// before it left behind.
func TestReadingBackIsTold(t *testing.T) {
	const events = 20_000
	build := func(t *testing.T, dir string, log *memLog, memory int64) (reread uint64) {
		t.Helper()
		p := benchProjection(t, "merge")
		ix, err := Open(context.Background(), dir, log, p, Options{Segment: 1000, Memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		defer ix.Close()
		if err := ix.Build(context.Background(), func(p Progress) { reread = p.Reread }); err != nil {
			t.Fatal(err)
		}
		return reread
	}
	log := benchLog(events)
	if n := build(t, t.TempDir(), log, 1<<20); n == 0 {
		t.Error("nothing was read back in a MiB")
	}
	dir := t.TempDir()
	for _, log.head = range []event.Position{events / 2, events} {
		if n := build(t, dir, log, 0); n > 0 {
			t.Errorf("up to %d, %d documents were read back where there is room", log.head, n)
		}
	}
}
