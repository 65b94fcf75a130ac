package timeline

import (
	"context"
	"strings"
	"testing"

	"asof/timeline/debug"
)

func TestBookingStops(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	if err := s.EnableBreakpoint(ctx, 1, true); err == nil || !strings.Contains(err.Error(), "there is no breakpoint 1: none is set") {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"watch order-1/status ignore 1", "b OrderPaid"} {
		b := must(debug.Parse(text))(t)
		must(s.SetBreakpoint(ctx, b))(t)
	}
	next := func(from Cursor) debug.Stop {
		t.Helper()
		stop, _, err := s.Continue(ctx, from, must(s.Breakpoints(ctx))(t), Forward, nil)
		if err == nil {
			err = s.Book(ctx, stop)
		}
		if err != nil {
			t.Fatal(err)
		}
		return stop
	}
	if stop := next(Cursor{}); stop.At != 3 || stop.Point != 1 || len(stop.Also) != 1 {
		t.Errorf("stopped at %+v", stop)
	}
	list := must(s.Breakpoints(ctx))(t)
	if list[0].Hits != 2 || list[0].Ignore != 0 || list[1].Hits != 1 {
		t.Errorf("booked %+v", list)
	}
	if err := s.EnableBreakpoint(ctx, 2, false); err != nil {
		t.Fatal(err)
	}
	if err := s.IgnoreBreakpoint(ctx, 1, 5); err != nil {
		t.Fatal(err)
	}
	if stop := next(Cursor{Position: 3}); stop.Found() || stop.Reason != debug.NoneAfter {
		t.Errorf("stopped at %+v", stop)
	}
	if list = must(s.Breakpoints(ctx))(t); list[0].Ignore != 4 || list[0].Hits != 3 {
		t.Errorf("booked %+v", list)
	}
	if err := s.DeleteBreakpoint(ctx, 3); err == nil || !strings.Contains(err.Error(), "there is no breakpoint 3, only 1, 2") {
		t.Errorf("%v", err)
	}
}

func TestEvaluate(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	for _, c := range []struct{ expr, want string }{
		{"state.refund - before.refund", "10.5"}, {"event.type + ' of ' + key", `"PaymentRefunded of order-1"`}, {"position * 2", "14"}, {"state.nothing", "null"},
	} {
		v, err := s.Evaluate(ctx, Point{Key: "order-1", At: 7}, c.expr)
		if err != nil || string(v.JSON()) != c.want {
			t.Errorf("%s is %s, %v", c.expr, v.JSON(), err)
		}
	}
	if _, err := s.Evaluate(ctx, Point{Key: "order-1", At: 7}, "stat"); err == nil || !strings.Contains(err.Error(), "undefined: stat") {
		t.Errorf("%v", err)
	}
	items := []WatchItem{{ID: 1, Expr: "state.refund * 2"}, {ID: 2, Expr: "state.status + 1"}, {ID: 3, Expr: "event.type"}}
	got := must(s.Watch(ctx, WatchQuery{Point: Point{Key: "order-1", At: 7}, Items: items}))(t)
	if w := got[0]; w.Value.Text() != "42" || w.Old.Text() != "21.0" || w.Effect != Changed || w.Changed != 7 || w.Type != "PaymentRefunded" {
		t.Errorf("%+v", w)
	}
	if got[1].Err == nil || got[2].Value.Text() != "PaymentRefunded" || got[2].Changed != 0 {
		t.Errorf("%+v", got)
	}
}
