package casefile

import (
	"context"
	"testing"

	"asof/timeline/debug"
	"go.etcd.io/bbolt"
)

func TestBreakpointsSurviveReopening(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := open(t, dir, false)
	for _, text := range []string{"b OrderPaid", "watch /balance if state.balance < 0", "display state.total"} {
		b, err := debug.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.SetBreakpoint(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.ChangeBreakpoints(ctx, []int{1, 2, 7}, func(b *debug.Breakpoint) { b.Hits += b.ID }); err != nil {
		t.Fatal(err)
	}
	if found, err := f.DeleteBreakpoint(ctx, 1); !found || err != nil {
		t.Errorf("deleted: %v, %v", found, err)
	}
	if found, err := f.DeleteBreakpoint(ctx, 1); found || err != nil {
		t.Errorf("deleted again: %v, %v", found, err)
	}
	b, err := f.SetBreakpoint(ctx, debug.Breakpoint{ID: 3, Kind: debug.Display, Print: "key"})
	if err != nil || b.ID != 3 {
		t.Errorf("replaced %+v, %v", b, err)
	}
	if b, err = f.SetBreakpoint(ctx, debug.Breakpoint{Kind: debug.Break, Type: "X"}); err != nil || b.ID != 4 {
		t.Errorf("a number is used again: %+v, %v", b, err)
	}
	if err := f.ChangeBreakpoints(ctx, []int{4}, func(b *debug.Breakpoint) { b.Enabled = false }); err != nil {
		t.Fatal(err)
	}
	if b, err = f.SetBreakpoint(ctx, debug.Breakpoint{Kind: debug.Break, Type: "X"}); err != nil || b.ID != 4 || !b.Enabled {
		t.Errorf("the same words again: %+v, %v", b, err)
	}
	shut(t, f)

	f = open(t, dir, true)
	defer shut(t, f)
	list, err := f.Breakpoints(ctx)
	if err != nil || len(list) != 3 || list[0].ID != 2 || list[0].Hits != 2 || list[0].If != "state.balance < 0" || list[1].Print != "key" || list[2].Type != "X" {
		t.Errorf("%+v, %v", list, err)
	}
}

// A file that was made before there were breakpoints has none, and takes them.
func TestACaseFileWithoutBreakpoints(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := open(t, dir, false)
	defer shut(t, f)
	if _, err := f.SetMark(ctx, Mark{Position: 1}); err != nil {
		t.Fatal(err)
	}
	if err := f.update(ctx, func(tx *bbolt.Tx) error { return tx.DeleteBucket(points) }); err != nil {
		t.Fatal(err)
	}
	if list, err := f.Breakpoints(ctx); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	if found, err := f.DeleteBreakpoint(ctx, 1); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	if b, err := f.SetBreakpoint(ctx, debug.Breakpoint{Kind: debug.Break, Type: "X"}); err != nil || b.ID != 1 {
		t.Errorf("%+v, %v", b, err)
	}
	if list, err := f.Breakpoints(ctx); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
