package timeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"asof/engine/event"
	"asof/timeline/debug"
)

// The benchmarks of the debugger ask over a log of 1,000,000 events, or as many as ASOF_BENCH_EVENTS says, whose documents have
// some 29 leaves. They report their own units: what is promised is a rate per core, or a latency at the 99th percentile.
func searched(b *testing.B) int {
	n, err := strconv.Atoi(cmpOr(os.Getenv("ASOF_BENCH_EVENTS"), "1000000"))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// account is a log of accounts: four in five events go to a window of keys that slides along, the rest to any before. Below zero
// is one balance, at one event, seven tenths into the log.
func account(n int) []fact {
	r := rand.New(rand.NewPCG(7, 8))
	kinds := []string{"Opened", "Deposited", "Withdrawn", "Moved", "Noted", "Charged", "Checked", "Closed"}
	facts := make([]fact, n)
	for i := range facts {
		upTo := i/20 + 1
		key := r.IntN(upTo)
		if window := min(upTo, 5000); r.IntN(5) > 0 {
			key = upTo - 1 - r.IntN(window)
		}
		kind := r.IntN(len(kinds))
		data := fmt.Sprintf(`{"balance":%d.%02d,"%s_by":"clerk-%d","%s_at":"branch-%x","%s_note":"%08x"`,
			1+r.IntN(5000), r.IntN(100), kinds[kind], r.IntN(100), kinds[kind], r.IntN(4000), kinds[kind], r.Uint32())
		if i == n*7/10 {
			data = `{"balance":-1`
		}
		facts[i] = fact{fmt.Sprintf("acct-%06d", key), kinds[kind], data + "}", i, ""}
	}
	return facts
}

var accounts struct {
	sync.Mutex
	dir string
	n   int
}

// bank is a session over the benchmarks' log, which is made once.
func bank(b *testing.B) (*Session, int) {
	b.Helper()
	n := searched(b)
	accounts.Lock()
	defer accounts.Unlock()
	if accounts.n != n {
		dir := folder(b, account(n))
		kept, err := os.MkdirTemp("", "asof-bench-")
		if err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(kept); err != nil {
			b.Fatal(err)
		}
		if err := os.Rename(dir, kept); err != nil {
			b.Fatal(err)
		}
		accounts.dir, accounts.n = kept, n
	}
	return session(b, Options{Dir: accounts.dir}), n
}

// removeAccounts is called when the tests end.
func removeAccounts() {
	if accounts.dir != "" {
		_ = os.RemoveAll(accounts.dir)
	}
}

// percentile reports the 99th percentile of what ask takes from random positions.
func percentile(b *testing.B, n int, ask func(from event.Position)) {
	r := rand.New(rand.NewPCG(5, 6))
	var took []time.Duration
	before := cpuTime()
	for b.Loop() {
		from := event.Position(1 + r.IntN(n))
		start := time.Now()
		ask(from)
		took = append(took, time.Since(start))
	}
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/1000/float64(len(took)), "core-ms/op")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}

// BenchmarkContinue goes back from anywhere: to the last change of one key's path, and to a hit of a condition that is near.
func BenchmarkContinue(b *testing.B) {
	ctx := context.Background()
	s, n := bank(b)
	cases := []struct{ name, point string }{
		{"path of a key", "watch acct-%06d/balance"},
		{"path of every key", "watch /balance"},
		{"path of every key, written by one event in eight", "watch /Closed_at"},
		{"type", "b Closed"},
		{"hit within 10,000 events", "b if state.balance > (before.balance or 5000) + 4776"},
		{"hit within 10,000 events, of events", "b if event.data.balance > 4995"},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			percentile(b, n, func(from event.Position) {
				text := c.point
				if c.name == "path of a key" {
					text = fmt.Sprintf(c.point, max(0, int(from)/20-100)) // a key that is busy there
				}
				point, err := debug.Parse(text)
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := s.Continue(ctx, Cursor{Position: from}, []debug.Breakpoint{point}, Backward, nil); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// perCore reports how many things are done by each second of a core; the answer is told how many there are in one run.
func perCore(b *testing.B, what string) func(n int) {
	before := cpuTime()
	return func(n int) {
		if spent := (cpuTime() - before).Seconds(); spent > 0 {
			b.ReportMetric(float64(n)*float64(b.N)/spent, what+"/core-s")
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), what+"/s")
	}
}

// BenchmarkFindAll looks for all intervals of conditions, and reports the changes that were looked at a second.
func BenchmarkFindAll(b *testing.B) {
	s, n := bank(b)
	cases := []struct{ name, cond string }{
		{"path op constant", `state.balance > 4990`},
		{"path op constant, held by one change in 50", `state.balance > 4900`},
		{"path op constant, held by one change in 16", `state.balance > 4690`},
		{"path op constant, held by half of the changes", `state.balance > 2500`},
		{"path op constant, skipped", `state.balance < 0`},
		{"two paths", `state.balance > 4990 and state.Moved_by == "clerk-7"`},
		{"script", `state.balance * 2 > 9980`},
		{"script, before and after", `state.balance > (before.balance or 5000) + 4990`},
		{"script, event too", `event.type == "Closed" and state.balance > event.data.balance`},
		{"script, events alone", `event.data.balance * 2 > 9980`},
		{"script, whole documents", `len(state or {}) > 40`},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			rate := perCore(b, "changes")
			for b.Loop() {
				if _, _, err := s.FindCount(context.Background(), FindQuery{What: c.cond}, nil); err != nil {
					b.Fatal(err)
				}
			}
			rate(n)
		})
	}
}

// BenchmarkFirst finds the first interval of a condition on one path, and the first violation of a rule for every key.
func BenchmarkFirst(b *testing.B) {
	ctx := context.Background()
	s, _ := bank(b)
	b.Run("find --first", func(b *testing.B) {
		for b.Loop() {
			if _, ok, err := s.FindFirst(ctx, FindQuery{What: `state.balance < 0`}, nil); err != nil || !ok {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		rule, err := ParseRule(`not state.balance < 0`)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			for v, err := range s.Check(ctx, CheckQuery{Rules: []debug.Rule{rule}}, nil) {
				if err != nil || v.OK {
					b.Fatal(v, err)
				}
			}
		}
	})
}

// BenchmarkText looks for a literal in all events, and reports the payload that was searched a second.
func BenchmarkText(b *testing.B) {
	s, _ := bank(b)
	size := int64(0)
	for e, err := range s.Scan(context.Background(), Filter{}, false) {
		if err != nil {
			b.Fatal(err)
		}
		size += int64(len(e.Data()))
	}
	for _, text := range []string{"text:nowhere to be", "text:NOWHERE to be", "re:no+where", "value:nowhere to be"} {
		b.Run(text, func(b *testing.B) {
			b.SetBytes(size)
			rate := perCore(b, "MB")
			for b.Loop() {
				if _, _, err := s.FindCount(context.Background(), FindQuery{What: text}, nil); err != nil {
					b.Fatal(err)
				}
			}
			rate(int(size / 1e6))
		})
	}
}

// BenchmarkMinimize makes 10,000 events of one key small.
func BenchmarkMinimize(b *testing.B) {
	facts := account(10_000)
	for i := range facts {
		facts[i].stream = "acct"
	}
	s := session(b, Options{Dir: folder(b, facts)})
	for _, c := range []struct{ name, rule string }{
		{"one event is enough", `not state.balance < 0`},
		{"some events are needed", `not (state.balance < 0 and state.Opened_by != None and state.Noted_by != None and state["$count"] > 20)`},
		{"half of all are needed", `not state["$count"] > 5000`},
	} {
		b.Run(c.name, func(b *testing.B) {
			rule, err := ParseRule(c.rule)
			if err != nil {
				b.Fatal(err)
			}
			trials := 0
			for b.Loop() {
				m, err := s.Minimize(context.Background(), MinimizeQuery{Rule: rule}, nil)
				if err != nil {
					b.Fatal(err)
				}
				trials = m.Trials
			}
			b.ReportMetric(float64(trials), "trials")
		})
	}
}
