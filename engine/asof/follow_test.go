package asof

import (
	"context"
	"iter"
	"sync/atomic"
	"testing"

	"asof/engine/event"
)

// growingLog grows by some events whenever a block was read from it.
type growingLog struct {
	memLog
	at   atomic.Uint64
	by   uint64
	most uint64
}

func (l *growingLog) Head() event.Position { return event.Position(l.at.Load()) }

func (l *growingLog) Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return func(yield func([]event.Event, error) bool) {
		for events, err := range l.memLog.Blocks(ctx, from, to) {
			l.at.Store(min(l.at.Load()+l.by, l.most))
			if !yield(events, err) {
				return
			}
		}
	}
}

// TestBuildFollowsALogThatGrows builds while the log grows and something else takes most of the memory: one Build goes on from
// segment to segment, waits where documents have no room, and comes to the index of a log that stood still.
func TestBuildFollowsALogThatGrows(t *testing.T) {
	const events, segment = 4_000, 200
	still := benchLog(events)
	want := benchIndex(t, still, "merge")
	for _, by := range []uint64{0, 7, 90, 700} {
		log := &growingLog{memLog: memLog{events: still.events, block: 64}, by: by, most: events}
		log.at.Store(3 * segment)
		var asked, beside atomic.Int64
		beside.Store(1 << 20)
		ix, err := Open(context.Background(), t.TempDir(), log, benchProjection(t, "merge"), Options{Segment: segment, Memory: 1 << 20, Beside: func() int64 {
			if asked.Add(1) > 12 {
				beside.Store(0)
			}
			return beside.Load()
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer ix.Close()
		if err := ix.Build(context.Background(), func(p Progress) {
			if p.Position > p.Head {
				t.Errorf("built to %d of %d", p.Position, p.Head)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if by >= 90 && ix.Built() <= events-segment {
			t.Errorf("by %d a block: the build followed to %d", by, ix.Built())
		}
		log.by, log.at = 0, atomic.Uint64{}
		log.at.Store(events)
		if err := ix.Build(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		if d, found, err := Diverge(context.Background(), ix, want, nil); err != nil || found {
			t.Fatalf("by %d a block, they part at %+v: %v", by, d, err)
		}
		if err := ix.Verify(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
}
