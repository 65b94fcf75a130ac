package tui_test

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

func TestAnEmptyLog(t *testing.T) {
	d := open(t, nil, 120, 34)
	d.ExpectRow("no events").ExpectRow("the log is empty: there is no state").ExpectRow("no events yet")
	d.Press("]").ExpectRow("end of recorded history").Press("[", "g", "G", "*", "z", "c", "K", "esc", "enter", "y", "esc", "P", "esc", "s", "}", "space")
	d.Press("2", "j", "enter", "h", "4", "left", "3", "j", "q").ExpectEnd(tea.QuitMsg{})
}

func TestWithoutTimes(t *testing.T) {
	facts := shop()
	for i := range facts {
		facts[i].at = -1
	}
	d := open(t, facts, 120, 34)
	d.Press("]", "]").ExpectRow("total", "10.50", "1", "2 events ago").ExpectRow("columns per event")
	d.Press("T", "T", "T").ExpectRow("merge · 3 ·")
}

func TestClocks(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.ExpectRow("2", "+10.0s", "order-2").Press("T").ExpectRow("2", "12:00:10.000Z", "order-2")
	d.Press("]", "m", "T", "T").ExpectRow("times since the mark before").ExpectRow("3", "+10.0s").ExpectRow("4", "+11.0s").Press("T").ExpectRow("4", "+1.0s")
}

// A log that is still being read can be looked at, and grows under the person's eyes.
func TestLoading(t *testing.T) {
	log := openLog(t, nil)
	more, reported := make(chan bool), make(chan bool)
	load := func(ctx context.Context, report func(tui.Progress)) (string, error) {
		for range 2 {
			select {
			case <-more:
			case <-ctx.Done():
				return "", ctx.Err()
			}
			grow(t, log, months(100))
			report(tui.Progress{Stage: "loading", Bytes: 1, Total: 2, Events: 100})
			reported <- true
		}
		return "200 events loaded", nil
	}
	d := tuitest.New(t, tui.Options{Session: openSession(t, log), Title: "months.jsonl", Load: load}, 120, 34)
	d.ExpectRow("the first events are on their way")
	more <- true
	<-reported
	d.Await("100 events", "merge · 1 ·").Await("loading 50.0 %").Await("+", `"n"`[1:2], "0", "now")
	d.Press("]").ExpectRow("merge · 2 ·").Press("G").ExpectRow("merge · 100 ·").Press("]").ExpectRow("end of what has been read so far")
	more <- true
	<-reported
	d.Await("200 events loaded").Await("merge · 100 · 50.0 %").Await("│   101")
}

// An import that goes on to watch its source is not shown as loading any more.
func TestWatching(t *testing.T) {
	load := func(ctx context.Context, report func(tui.Progress)) (string, error) {
		report(tui.Progress{Idle: true, Stage: "8 events loaded"})
		<-ctx.Done()
		return "", ctx.Err()
	}
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop())), Load: load}, 120, 34)
	d.ExpectRow("loading").Await("8 events loaded").ExpectNoRow("loading ").Press("G", "]").ExpectRow("end of recorded history")
}

func TestLoadingFails(t *testing.T) {
	load := func(context.Context, func(tui.Progress)) (string, error) {
		return "", errors.New("disk is \x1b[31mfull")
	}
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop())), Load: load}, 120, 34)
	d.Await(`! reading: disk is \x1b[31mfull`)
}

// TestAFilterCountsWhatComes keeps the number of a filter's events true while the log grows.
func TestAFilterCountsWhatComes(t *testing.T) {
	for _, text := range []string{"type=Closed", `if state["$type"] == "Closed"`} {
		log := openLog(t, months(50))
		d := tuitest.New(t, tui.Options{Session: openSession(t, log)}, 200, 34)
		d.Press("f").Type(text).Press("enter").ExpectRow("Events · "+text, " 10 ")
		grow(t, log, months(25))
		d.Await("75 events").Await("Events · "+text, " 15 ")
	}
}

func TestFollowing(t *testing.T) {
	log := openLog(t, months(50))
	s := openSession(t, log)
	d := tuitest.New(t, tui.Options{Session: s, Title: "months.jsonl"}, 120, 34)
	d.Press("F").ExpectRow("live · merge · 50 ·")
	grow(t, log, months(25))
	d.Await("live · merge · 75 ·")
	d.Press("[").ExpectRow("merge · 74 ·").ExpectNoRow("live")
	grow(t, log, months(1))
	d.Await("76 events").ExpectRow("merge · 74 ·")
}

func TestOpening(t *testing.T) {
	s := openSession(t, openLog(t, shop()))
	tuitest.New(t, tui.Options{Session: s, At: "PaymentRefunded#1"}, 120, 34).ExpectRow("merge · 6 ·")
	tuitest.New(t, tui.Options{Session: s, At: "-1h"}, 120, 34).ExpectRow("merge · 5 ·")
	tuitest.New(t, tui.Options{Session: s, At: "no such place"}, 120, 34).ExpectRow("no such place")
	tuitest.New(t, tui.Options{Session: s, Follow: true}, 120, 34).ExpectRow("live · merge · 8 ·")
	d := tuitest.New(t, tui.Options{Session: s, At: "1", Card: &tui.Card{Title: "A story", Hints: []tui.Hint{{Keys: "]", Label: "step"}}}}, 120, 34)
	d.ExpectRow("A story").Press("]").ExpectNoRow("A story").ExpectRow("merge · 2 ·")
}

// clockwork is a clock that tests set.
type clockwork struct{ now time.Time }

func TestPlaying(t *testing.T) {
	c := &clockwork{time.Unix(0, 0)}
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, months(300))), Now: func() time.Time { return c.now }}, 120, 34)
	d.Press("space").ExpectRow("▶ 10/s")
	c.now = c.now.Add(2 * time.Second)
	d.Await("merge · 21 ·")
	d.Press(">").ExpectRow("playing 20/s")
	c.now = c.now.Add(time.Second)
	d.Await("merge · 41 ·")
	d.Press("space").ExpectRow("paused at 41").ExpectNoRow("▶ 20/s")
	d.Press("<", "space")
	c.now = c.now.Add(time.Hour)
	d.Await("merge · 300 ·").Await("end of recorded history")
	d.Press("g", ":").Type("pace").Press("enter").ExpectRow("playing ×10").Press("space")
	c.now = c.now.Add(time.Minute)
	d.Await("merge · 11 ·").Press("[").ExpectNoRow("▶ ×10")
}

// slow is a session whose documents wait until they are let go.
type slow struct {
	*timeline.Session
	let   chan struct{}
	ended chan event.Position // positions whose question was cancelled
}

func (s *slow) Document(ctx context.Context, q timeline.DocumentQuery) (timeline.Document, error) {
	select {
	case <-s.let:
	case <-ctx.Done():
		s.ended <- q.At
		return timeline.Document{}, ctx.Err()
	}
	return s.Session.Document(ctx, q)
}

// While an answer is waited for, the last good frame stays, dimmed; a newer question cancels it, and its answer never shows.
func TestSlowAnswers(t *testing.T) {
	s := &slow{openSession(t, openLog(t, shop())), make(chan struct{}, 1), make(chan event.Position, 16)}
	s.let <- struct{}{}
	m := tui.New(t.Context(), tui.Options{Session: s, Title: "slow", Theme: "dark"})
	defer m.Close()
	run := runner{m: m, messages: make(chan tea.Msg, 1000)}
	run.start(m.Init())
	run.send(tea.WindowSizeMsg{Width: 120, Height: 34})
	run.until(t, "merge · 1 ·")
	good := m.View().Content
	run.send(tuitest.Key("]"))
	if first := m.View().Content; !contains(first, "merge · 1 ·") {
		t.Error("the title runs ahead of the panes")
	}
	for m.View().Content == good { // the moment after which it is dimmed
		run.receive(t)
	}
	if !contains(m.View().Content, "placed") {
		t.Error("the last good frame is gone")
	}
	run.send(tuitest.Key("]"))
	if at := <-s.ended; at != 2 {
		t.Errorf("cancelled the question about %d", at)
	}
	s.let <- struct{}{}
	run.until(t, "merge · 3 ·")
	if contains(m.View().Content, "merge · 2 ·") {
		t.Error("an answer came too late, and was shown")
	}
}

// altered is a session of a log that somebody has changed.
type altered struct{ *timeline.Session }

func (altered) VerifyChain(context.Context, func(timeline.VerifyProgress)) (timeline.Check, error) {
	return timeline.Check{Name: "chain", Position: 5, Detail: "event 5 is not what was written"}, nil
}

func TestABrokenChain(t *testing.T) {
	d := tuitest.New(t, tui.Options{Session: altered{openSession(t, openLog(t, shop()))}, Title: "shop.jsonl"}, 120, 34)
	d.Await("! the log is not as it was written: event 5 is not what was written").ExpectRow("chain broken").Press("]").ExpectRow("chain broken")
}
