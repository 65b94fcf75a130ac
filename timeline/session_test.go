package timeline

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
	"go.uber.org/goleak"
)

// TestMain keeps the checks few, unless told otherwise: each of them makes a store on the disk.
func TestMain(m *testing.M) {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "rapid.checks" })
	if !told {
		_ = flag.Set("rapid.checks", "25") // rapid defines it
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		removeAccounts()
		os.Exit(code)
	}))
}

// fact is one event of a small log, in few words.
type fact struct {
	stream, kind, data string
	at                 int // seconds after the first; -1 = no time
	correlation        string
}

var noon = event.Unix(1768478400, 0, 0) // 2026-01-15T12:00:00Z

func (f fact) event(position int) *event.Event {
	raw := []byte(f.data)
	e := &event.Event{
		Cast: castOf(raw),
		ID:   fmt.Sprintf("e%d", position), Stream: event.StreamID(f.stream), Type: f.kind, Correlation: f.correlation, Raw: raw,
		Payload: event.Whole(0, len(raw)),
	}
	if f.at >= 0 {
		e.Time = noon.Add(time.Duration(f.at) * time.Second)
	}
	return e
}

// moulds are those of the facts so far, by their gaps.
var moulds = map[string]*event.Mould{}

// castOf is of which mould a JSON text is: its values are the numbers, words and texts that are no names.
func castOf(raw []byte) *event.Cast {
	cast := &event.Cast{Mould: &event.Mould{}}
	from := 0
	value := func(at, end int) {
		cast.Mould.Gaps = append(cast.Mould.Gaps, string(raw[from:at]))
		cast.Values = append(cast.Values, event.Span{Off: uint32(at), Len: uint32(end - at)})
		from = end
	}
	for i := 0; i < len(raw); i++ {
		end := i
		switch {
		case raw[i] == '"':
			for end++; end < len(raw) && raw[end] != '"'; end++ {
				if raw[end] == '\\' {
					end++
				}
			}
			if end >= len(raw) {
				return nil
			}
			if end+1 == len(raw) || raw[end+1] != ':' {
				value(i+1, end)
			}
			i = end
		case strings.IndexByte("{}[]:, ", raw[i]) < 0:
			for end < len(raw) && strings.IndexByte("{}[]:, ", raw[end]) < 0 {
				end++
			}
			value(i, end)
			i = end - 1
		}
	}
	cast.Mould.Gaps = append(cast.Mould.Gaps, string(raw[from:]))
	name := strings.Join(cast.Mould.Gaps, "\x00")
	if moulds[name] == nil {
		moulds[name] = cast.Mould
	}
	cast.Mould = moulds[name]
	return cast
}

// shop is two orders, of which one is refunded; a pause of an hour stands before position 6.
func shop() []fact {
	return []fact{
		{"order-1", "OrderPlaced", `{"status":"placed","total":10.50,"items":[{"sku":"a"}]}`, 0, "c1"},
		{"order-2", "OrderPlaced", `{"status":"placed","total":7}`, 10, "c2"},
		{"order-1", "OrderPaid", `{"status":"paid"}`, 20, "c1"},
		{"order-1", "Noted", `{"status":"paid","note":"Zoë said \"hi\""}`, 21, ""},
		{"order-2", "OrderPaid", `{"status":"paid"}`, 30, "c2"},
		{"order-1", "PaymentRefunded", `{"status":"refunded","refund":10.5}`, 3630, "c1"},
		{"order-1", "PaymentRefunded", `{"status":"refunded","refund":21}`, 3631, "c1"},
		{"pay:4", "Audit", `{"ok":true}`, -1, ""},
	}
}

// folder makes a log of facts and returns its folder.
func folder(t testing.TB, facts []fact) string {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	log, err := eventlog.Create(ctx, dir, eventlog.Identity{Title: "test"}, eventlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := log.Writer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range facts {
		if err := w.Add(f.event(i + 1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// session opens a store and waits for its indexes. It is closed at the test's end.
func session(t testing.TB, o Options) *Session {
	t.Helper()
	ctx := context.Background()
	s, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, l := range s.inUse() {
		if err := s.Await(ctx, l.name, s.Head(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
