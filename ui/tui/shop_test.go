package tui_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/timeline"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// fact is one event of a small log, in few words.
type fact struct {
	stream, kind, data string
	at                 int // seconds after the first; -1 = no time
	correlation        string
}

var noon = event.Unix(1768478400, 0, 3) // 2026-01-15T12:00:00.000Z

func (f fact) event(position int) *event.Event {
	raw := []byte(f.data)
	e := &event.Event{
		ID: fmt.Sprintf("e%d", position), Stream: event.StreamID(f.stream), Type: f.kind, Correlation: f.correlation, Raw: raw,
		Payload: event.Whole(0, len(raw)),
	}
	if f.at >= 0 {
		e.Time = noon.Add(time.Duration(f.at) * time.Second)
	}
	return e
}

// shop is two orders, of which one is refunded twice; a pause of an hour stands before position 6.
func shop() []fact {
	return []fact{
		{"order-1", "OrderPlaced", `{"status":"placed","total":10.50,"items":[{"sku":"a"},{"sku":"b"}],"note":"first line\nsecond line"}`, 0, "c1"},
		{"order-2", "OrderPlaced", `{"status":"placed","total":7}`, 10, "c2"},
		{"order-1", "OrderPaid", `{"status":"paid","total":10.50}`, 20, "c1"},
		{"order-1", "Noted", `{"status":"paid","extra":"{\"inner\":[1,2,{\"deep\":true}]}"}`, 21, ""},
		{"order-2", "OrderPaid", `{"status":"paid"}`, 30, "c2"},
		{"order-1", "PaymentRefunded", `{"status":"refunded","refund":10.5}`, 3630, "c1"},
		{"order-1", "PaymentRefunded", `{"status":"refunded","refund":21}`, 3631, "c1"},
		{"audit", "Audited", `{"ok":true}`, 3640, ""},
	}
}

// months is a log of n events over 7 streams, for lists longer than a screen.
func months(n int) []fact {
	kinds := []string{"Opened", "Changed", "Changed", "Moved", "Closed"}
	facts := make([]fact, n)
	for i := range facts {
		facts[i] = fact{fmt.Sprintf("item-%d", i*i%7), kinds[i%len(kinds)], fmt.Sprintf(`{"n":%d,"even":%v}`, i, i%2 == 0), i * 60, ""}
	}
	return facts
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// openLog makes a log of facts. It is closed at the test's end.
func openLog(t testing.TB, facts []fact) *eventlog.Log {
	t.Helper()
	ctx := context.Background()
	log := must(eventlog.Create(ctx, t.TempDir(), eventlog.Identity{Title: "test"}, eventlog.Options{}))(t)
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	grow(t, log, facts)
	return log
}

// grow adds facts to a log.
func grow(t testing.TB, log *eventlog.Log, facts []fact) {
	t.Helper()
	ctx := context.Background()
	w := must(log.Writer(ctx))(t)
	for i, f := range facts {
		if err := w.Add(f.event(int(log.Head()) + i + 1)); err != nil {
			t.Fatal(err)
		}
	}
	must(w.Commit(ctx))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// openSession opens a log for questions, indexed to its end.
func openSession(t testing.TB, log *eventlog.Log, projections ...string) *timeline.Session {
	t.Helper()
	ctx := context.Background()
	if len(projections) == 0 {
		projections = []string{"merge"}
	}
	s := must(timeline.Open(ctx, timeline.Options{Dir: log.Dir(), Log: log, Projections: projections}))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	list := must(s.Projections(ctx))(t)
	for _, p := range list {
		if err := s.Await(ctx, p.Name, s.Head(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// script writes a projection into a file.
func script(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a screen of a small log.
func open(t testing.TB, facts []fact, w, h int, projections ...string) *tuitest.Driver {
	t.Helper()
	return tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, facts), projections...), Title: "shop.jsonl"}, w, h)
}
