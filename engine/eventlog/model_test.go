package eventlog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"asof/engine/event"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	if role := os.Getenv("EVENTLOG_TEST_ROLE"); role != "" {
		os.Exit(children[role](os.Getenv("EVENTLOG_TEST_DIR")))
	}
	goleak.VerifyTestMain(m)
}

// generator makes events as an importer does, with all that the format can hold.
func generator(t *rapid.T, n int) []event.Event {
	var events []event.Event
	base := int64(1_700_000_000)
	for len(events) < n {
		i := len(events)
		base += rapid.Int64Range(-5, 100).Draw(t, "gap")
		e := event.Event{
			ID:     fmt.Sprintf("id-%d", rapid.IntRange(0, 3*n).Draw(t, "id")),
			Stream: event.StreamID(rapid.SampledFrom([]string{"order-1", "order-2", "pay-1", "alone", "", "x-" + fmt.Sprint(i)}).Draw(t, "stream")),
			Type:   rapid.SampledFrom([]string{"Placed", "Paid", "Odd \x00 type"}).Draw(t, "type"),
			Place:  event.Place{Source: 1, Line: uint64(i + 1), Offset: uint64(i * 100)},
		}
		switch rapid.IntRange(0, 9).Draw(t, "time") {
		case 0:
		case 1:
			e.Time = event.Unix(base+40*86400, 5, 9)
		case 2:
			e.Time, _ = event.ParseTime("2016-12-31T23:59:60.5+01:00", nil)
			e.Time, _ = event.ParseTime("2017-01-01T00:59:60.25+01:00", nil)
		default:
			e.Time = event.Unix(base, int64(rapid.IntRange(0, 999).Draw(t, "ms"))*1e6, 3)
		}
		if rapid.Bool().Draw(t, "recorded") {
			e.Recorded = event.Unix(base+1, 0, 0)
		}
		if rapid.Bool().Draw(t, "numbered") {
			e.Version, e.Numbering = event.Version(rapid.Int64Range(-3, 1<<40).Draw(t, "version")), event.BySource
		}
		if rapid.IntRange(0, 3).Draw(t, "others") == 0 {
			e.Others = []event.StreamID{"order-1", event.StreamID("late-" + fmt.Sprint(i%3))}
		}
		if rapid.Bool().Draw(t, "correlated") {
			e.Correlation, e.Causation = fmt.Sprintf("c%d", i%4), fmt.Sprintf("id-%d", i/2)
		}
		e.Raw = fmt.Appendf(nil, `{"id":%q,"stream":%q,"n":%d,"pad":%q}`, e.ID, e.Stream, i, strings.Repeat("z", rapid.IntRange(0, 50).Draw(t, "pad")))
		switch rapid.IntRange(0, 3).Draw(t, "payload") {
		case 0:
			e.Payload = event.Whole(0, len(e.Raw))
		case 1:
			e.Payload = event.Part{Members: true, Spans: []event.Span{{Off: 1, Len: 4}, {Off: 9, Len: 3}}}
			e.Meta = event.Part{Members: true}
		case 2:
			e.Payload = event.Built([]byte(`{"built":true}`))
		}
		events = append(events, e)
		for more := rapid.IntRange(0, 6).Draw(t, "record"); more > 4 && len(events) < n; more-- {
			twin := e
			twin.Ordinal, twin.ID = uint32(more), e.ID+"b"
			events = append(events, twin)
		}
	}
	return events
}

// model is what a log should answer, the slow way.
type model struct{ events []event.Event }

func (m *model) add(events []event.Event) {
	for _, e := range events {
		e.Position = event.Position(len(m.events) + 1)
		last, seen := event.Version(0), false
		for _, old := range m.events {
			if old.Stream == e.Stream {
				last, seen = old.Version, true
			}
			if old.ID == e.ID {
				e.Marks |= event.RepeatedID
			}
		}
		if e.Numbering == event.Unnumbered {
			e.Numbering, e.Version = event.ByAsof, 1
			if seen {
				e.Version = last + 1
			}
		}
		m.events = append(m.events, e)
	}
}

// outliers marks them as the rule says; whole says that the log has ended.
func (m *model) outliers(whole bool) {
	for i := range m.events {
		e := &m.events[i]
		e.Marks &^= event.Outlier
		end := i + outlierReach
		if e.Time.IsZero() || end >= len(m.events) && !whole {
			continue
		}
		timed, outlier := false, true
		for _, later := range m.events[i+1 : min(end+1, len(m.events))] {
			if !later.Time.IsZero() {
				timed = true
				outlier = outlier && e.Time.Sub(later.Time) > outlierGap
			}
		}
		if timed && outlier {
			e.Marks |= event.Outlier
		}
	}
}

func (m *model) root() (root link) {
	for i := range m.events {
		e := &m.events[i]
		env, raw := sha256.Sum256(appendEnvelope(nil, e)), sha256.Sum256(e.Raw)
		root = sha256.Sum256(append(append(root[:], env[:]...), raw[:]...))
	}
	return root
}

func must[T any](v T, err error) func(t rapidOrTest) T {
	return func(t rapidOrTest) T {
		if err != nil {
			t.Fatalf("%v", err)
		}
		return v
	}
}

type rapidOrTest interface {
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

func writeAll(t rapidOrTest, l *Log, events []event.Event, finish bool) {
	w := must(l.Writer(context.Background()))(t)
	lent := lender{w: w}
	for i := range events {
		if err := lent.add(events[i]); err != nil {
			t.Fatalf("%v", err)
		}
	}
	end := w.Commit
	if finish {
		end = w.Finish
	}
	if _, err := end(context.Background()); err != nil {
		t.Fatalf("%v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("%v", err)
	}
}

func TestLogAnswersLikeASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "eventlog")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		ctx := context.Background()
		opts := Options{BlockBytes: rapid.IntRange(1, 3000).Draw(t, "block"), Workers: 2, CacheBytes: 20_000, Streams: rapid.SampledFrom([]int{1, 4, 0}).Draw(t, "streams remembered")}
		l := must(Create(ctx, filepath.Join(dir, "s"), Identity{Key: "k"}, opts))(t)
		defer func() { l.Close() }()
		m := &model{}
		for range rapid.IntRange(1, 4).Draw(t, "commits") {
			events := generator(t, rapid.SampledFrom([]int{1, 2, 30, 400}).Draw(t, "events"))
			m.add(events)
			writeAll(t, l, events, false)
			if rapid.Bool().Draw(t, "reopen") {
				l.Close()
				l = must(Open(ctx, filepath.Join(dir, "s"), opts))(t)
			}
		}
		m.outliers(false)
		compare(t, l, m)
		if report := must(l.Verify(ctx, nil))(t); !report.OK {
			t.Fatalf("verify: %+v", report)
		}
	})
}

func compare(t rapidOrTest, l *Log, m *model) {
	ctx := context.Background()
	n := event.Position(len(m.events))
	if l.Head() != n || l.Root() != m.root() {
		t.Fatalf("head %d of %d, root %x", l.Head(), n, l.Root())
	}
	at := 0
	for run, err := range l.Loose(ctx, 1, n) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		for i := range run.Events {
			e, want := &run.Events[i], &m.events[at]
			if at++; e.Type != want.Type || e.Stream != want.Stream || e.Time != want.Time || e.Marks != want.Marks || string(e.Data()) != string(want.Data()) {
				t.Fatalf("loose event %d: %+v, want %+v", at, e, want)
			}
		}
		run.GiveBack()
	}
	at = 0
	for run, err := range l.Blocks(ctx, 1, n) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		for i := range run {
			equal(t, &run[i], &m.events[at])
			at++
		}
	}
	if at != len(m.events) {
		t.Fatalf("Blocks gave %d events", at)
	}
	for e, err := range l.Range(ctx, n, 1) {
		if at--; err != nil {
			t.Fatalf("%v", err)
		}
		equal(t, e, &m.events[at])
	}
	if at != 0 {
		t.Fatalf("Range stopped at %d", at)
	}
	compareFilters(t, l, m)
	compareClock(t, l, m)
	compareNames(t, l, m)
}

func equal(t rapidOrTest, got, want *event.Event) {
	a, b := *got, *want
	if a.Payload.IsZero() && b.Payload.IsZero() {
		b.Payload = a.Payload
	}
	for _, p := range []*event.Part{&a.Payload, &a.Meta, &b.Payload, &b.Meta} {
		if len(p.Spans) == 0 {
			p.Spans = nil
		}
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("event %d:\ngot  %+v\nwant %+v", b.Position, a, b)
	}
}

func compareFilters(t rapidOrTest, l *Log, m *model) {
	ctx := context.Background()
	n := event.Position(len(m.events))
	filters := []Filter{
		{}, {Stream: "order-1"}, {Stream: "nobody"}, {Type: "Paid"}, {Category: "order"}, {Category: "alone"}, {Category: "late"},
		{Correlation: "c1"}, {ID: "id-1"}, {ID: m.events[n/2].ID}, {Stream: "order-1", Type: "Paid"}, {Category: "order", Type: "Placed", Correlation: "c2"},
		{Type: "Paid", From: n / 3, To: n / 2}, {Stream: "order-2", From: n / 2}, {Stream: event.StreamID(fmt.Sprint("x-", n/2))},
	}
	for _, f := range filters {
		var want []event.Position
		for i := range m.events {
			if f.Match(&m.events[i]) {
				want = append(want, m.events[i].Position)
			}
		}
		var forward, back []event.Position
		for at, ok := event.Position(0), true; ; forward = append(forward, at) {
			var err error
			if at, ok, err = l.Next(ctx, f, at); err != nil {
				t.Fatalf("%v", err)
			} else if !ok {
				break
			}
		}
		for at, ok := n+5, true; ; back = append([]event.Position{at}, back...) {
			var err error
			if at, ok, err = l.Prev(ctx, f, at); err != nil {
				t.Fatalf("%v", err)
			} else if !ok {
				break
			}
		}
		if !reflect.DeepEqual(forward, want) || !reflect.DeepEqual(back, want) {
			t.Fatalf("%+v:\nnext %v\nprev %v\nwant %v", f, forward, back, want)
		}
		if got := must(l.Count(ctx, f))(t); got != uint64(len(want)) {
			t.Fatalf("%+v: counted %d of %d", f, got, len(want))
		}
	}
}

func compareClock(t rapidOrTest, l *Log, m *model) {
	ctx := context.Background()
	var clock, recorded event.Time
	clocks, records := []event.Time{{}}, []event.Time{{}}
	step := max(1, len(m.events)/40)
	timed := uint64(0)
	for i := range m.events {
		e := &m.events[i]
		clock, recorded = later(clock, clockTime(e)), later(recorded, e.Recorded)
		clocks, records = append(clocks, clock), append(records, recorded)
		timed += b2u(!clockTime(e).IsZero())
		if i%step == 0 {
			if got := must(l.ClockAt(ctx, e.Position))(t); got != clock {
				t.Fatalf("clock at %d: %s, not %s", e.Position, got.Text(), clock.Text())
			}
		}
	}
	last := func(list []event.Time, at event.Time) (p event.Position) {
		for i, c := range list {
			if !c.After(at) {
				p = event.Position(i)
			}
		}
		return p
	}
	for i := 0; i < len(m.events); i += step {
		for _, at := range []event.Time{m.events[i].Time, m.events[i].Time.Add(time.Second), m.events[i].Recorded} {
			if got := must(l.AtTime(ctx, at))(t); got != last(clocks, at) {
				t.Fatalf("at %s: %d, not %d", at.Text(), got, last(clocks, at))
			}
			if got := must(l.AtRecorded(ctx, at))(t); got != last(records, at) {
				t.Fatalf("recorded %s: %d, not %d", at.Text(), got, last(records, at))
			}
		}
	}
	d := must(l.Density(ctx, 1, l.Head(), 17, true))(t)
	sum := uint64(0)
	for _, c := range d.Counts {
		sum += c
	}
	if sum != timed {
		t.Fatalf("density has %d of %d events: %v", sum, timed, d)
	}
	if info := l.Info(); info.Last != clock {
		t.Fatalf("info says %s, not %s", info.Last.Text(), clock.Text())
	}
}

func compareNames(t rapidOrTest, l *Log, m *model) {
	ctx := context.Background()
	streams, types := map[string]*Name{}, map[string]*Name{}
	add := func(names map[string]*Name, text string, at event.Position) *Name {
		n := names[text]
		if n == nil {
			n = &Name{Text: text, First: at}
			names[text] = n
		}
		if n.Last != at {
			n.Count++
		}
		n.Last = at
		return n
	}
	for i := range m.events {
		e := &m.events[i]
		add(types, e.Type, e.Position)
		for _, s := range e.Others {
			add(streams, string(s), e.Position)
		}
		add(streams, string(e.Stream), e.Position).Version = e.Version
	}
	check := func(what string, want map[string]*Name, list func(func(Name, error) bool)) {
		before, n := "", 0
		list(func(got Name, err error) bool {
			if err != nil || want[got.Text] == nil || got != *want[got.Text] || n > 0 && got.Text <= before {
				t.Fatalf("%s: %v: got %+v, want %+v", what, err, got, want[got.Text])
			}
			before = got.Text
			n++
			return true
		})
		if n != len(want) {
			t.Fatalf("%s: %d of %d", what, n, len(want))
		}
	}
	check("types", types, l.Types(ctx, "", ""))
	check("streams", streams, l.Streams(ctx, "", ""))
	if info := l.Info(); info.Streams != uint64(len(streams)) || info.Types != uint64(len(types)) {
		t.Fatalf("info: %+v; %d streams, %d types", info, len(streams), len(types))
	}
	for _, id := range []event.StreamID{"order-1", "pay-1"} {
		for i := range m.events {
			e := &m.events[i]
			if e.Stream != id {
				continue
			}
			got := must(l.StreamAt(ctx, id, e.Version))(t)
			if found := m.events[got-1]; found.Stream != id || found.Version != e.Version {
				t.Fatalf("version %d of %s: at %d stands %+v", e.Version, id, got, found)
			}
		}
	}
	if _, err := l.StreamAt(ctx, "nobody", 1); !errors.Is(err, ErrNoStream) {
		t.Fatalf("%v", err)
	}
}
