package tui_test

import (
	"context"
	"testing"
	"time"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/timeline/strip"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

// laggard is a session that answers one kind of question after all others.
type laggard struct {
	*timeline.Session
	kind string
}

func (l laggard) wait(kind string) {
	if kind == l.kind {
		time.Sleep(30 * time.Millisecond)
	}
}

func (l laggard) Strip(ctx context.Context, q timeline.StripQuery) (strip.Strip, error) {
	l.wait("strip")
	return l.Session.Strip(ctx, q)
}

func (l laggard) Document(ctx context.Context, q timeline.DocumentQuery) (timeline.Document, error) {
	l.wait("document")
	return l.Session.Document(ctx, q)
}

func (l laggard) Event(ctx context.Context, pos event.Position) (timeline.Event, error) {
	l.wait("event")
	return l.Session.Event(ctx, pos)
}

func (l laggard) Around(ctx context.Context, f timeline.Filter, pos event.Position, before, after int) (timeline.Window, error) {
	l.wait("window")
	return l.Session.Around(ctx, f, pos, before, after)
}

func (l laggard) Breakpoints(ctx context.Context) ([]debug.Breakpoint, error) {
	l.wait("breakpoints")
	return l.Session.Breakpoints(ctx)
}

func (l laggard) Watch(ctx context.Context, q timeline.WatchQuery) ([]timeline.Watched, error) {
	l.wait("watch")
	return l.Session.Watch(ctx, q)
}

func (l laggard) Plot(ctx context.Context, q timeline.PlotQuery) (strip.Course, error) {
	l.wait("plot")
	return l.Session.Plot(ctx, q)
}

// Answers come in any order, and the screen is drawn in between: a log with breakpoints, watches and displays is opened, resized and
// moved in while each kind of answer in turn is the last.
func TestAnswersComeInAnyOrder(t *testing.T) {
	session := openSession(t, openLog(t, shop()))
	d := tuitest.New(t, tui.Options{Session: session, Title: "shop.jsonl"}, 120, 40)
	for _, text := range []string{"watch /status", "watch order-1/refund", "display state.total * 2", "b OrderPaid"} {
		line(d, text)
	}
	for _, kind := range []string{"strip", "document", "event", "window", "breakpoints", "watch", "plot"} {
		t.Run(kind, func(t *testing.T) {
			d := tuitest.New(t, tui.Options{Session: laggard{session, kind}, Title: "shop.jsonl"}, 120, 40)
			d.Hurry(tuitest.Key("]"), tuitest.Key("G"))
			d.Resize(80, 24).Resize(120, 40).Press("G").ExpectRow("Watch · merge @ 8").ExpectRow("/status of audit")
		})
	}
}
