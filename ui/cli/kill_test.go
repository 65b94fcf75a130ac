package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// killAfter starts a command, kills it after some time, and tells whether it was still at work.
func (p *process) killAfter(d time.Duration, args ...string) (killed bool) {
	p.t.Helper()
	c := p.command(args...)
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-ended:
		return false
	case <-time.After(d):
		_ = c.Process.Kill()
		<-ended
		return true
	}
}

// facts are what an import must come to, however often it was killed.
func (p *process) facts(log ...string) string {
	p.t.Helper()
	info := p.must(exitOK, append([]string{"info", "--json"}, log...)...).one(p.t)
	return fmt.Sprint(info["events"], info["rejected"], info["records"], info["streams"], info["root"])
}

// TestKilledImportsEndAtTheSameRoot kills imports at random moments and goes on with them: what was there stays there, and the
// end is the log of an import that nobody disturbed, with every record accounted for.
func TestKilledImportsEndAtTheSameRoot(t *testing.T) {
	t.Parallel()
	kills := 30
	if testing.Short() {
		kills = 6
	}
	text := shopLog(25_000)
	for _, c := range []struct {
		name string
		args []string
	}{
		{"in file order", nil},
		{"sorted by time", []string{"--order", "time"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			whole := newProcess(t)
			file := whole.write("log.jsonl", text)
			log := append([]string{file}, c.args...)
			load := append([]string{"import", "-q"}, log...)
			began := time.Now()
			whole.must(exitOK, load...)
			usual := time.Since(began)
			want := whole.facts(log...)
			p := newProcess(t)
			p.work = whole.work
			ends := 0
			for killed := 0; killed < kills/2; {
				if p.killAfter(rand.N(usual), load...) {
					killed++
				} else { // it came to its end: begin again
					ends++
					p.sameFacts(want, log...)
				}
				if rand.IntN(8) == 0 && len(p.stores()) > 0 {
					if v := p.must(exitOK, "verify", p.store(), "--json").one(t); v["ok"] != true {
						t.Fatalf("after %d kills: %v", killed, v)
					}
				}
			}
			p.must(exitOK, load...)
			p.sameFacts(want, log...)
			t.Logf("%d kills, %d ends in between, in %s", kills/2, ends, time.Since(began).Round(time.Millisecond))
		})
	}
}

// sameFacts checks a finished import, and removes its store.
func (p *process) sameFacts(want string, log ...string) {
	p.t.Helper()
	if got := p.facts(log...); got != want {
		p.t.Fatalf("%s, undisturbed %s", got, want)
	}
	if v := p.must(exitOK, append([]string{"verify", "--json"}, log...)...).one(p.t); v["ok"] != true {
		p.t.Fatalf("verify: %v", v)
	}
	if err := os.RemoveAll(p.store()); err != nil {
		p.t.Fatal(err)
	}
}

// TestKilledIndexGoesOn kills the building of an index; it goes on, and answers as one that nobody disturbed.
func TestKilledIndexGoesOn(t *testing.T) {
	t.Parallel()
	kills := 10
	if testing.Short() {
		kills = 3
	}
	whole := newProcess(t)
	file := whole.write("log.jsonl", shopLog(25_000))
	ask := []string{"state", file, "--at", "20000", "--json"}
	want := whole.must(exitOK, ask...).out
	p := newProcess(t)
	p.must(exitOK, "import", "-q", file)
	killed := 0
	for range kills {
		if p.killAfter(time.Duration(5+rand.IntN(250))*time.Millisecond, ask...) {
			killed++
		}
	}
	if got := p.must(exitOK, ask...).out; got != want {
		t.Errorf("after %d kills the state is another", killed)
	}
	if v := p.must(exitOK, "verify", file, "--json").one(t); v["ok"] != true {
		t.Errorf("verify: %v", v)
	}
	t.Logf("%d kills", killed)
}

// TestKilledWhileBothRun kills a command that loads a log and builds an index behind the loading: both go on, and end as where nobody
// disturbed them.
func TestKilledWhileBothRun(t *testing.T) {
	t.Parallel()
	kills := 12
	if testing.Short() {
		kills = 4
	}
	whole := newProcess(t)
	file := whole.write("log.jsonl", shopLog(25_000))
	ask := []string{"state", file, "--at", "24000", "--json"}
	began := time.Now()
	want := whole.must(exitOK, ask...).out
	usual := time.Since(began)
	facts := whole.facts(file)
	p := newProcess(t)
	p.work = whole.work
	killed := 0
	for range kills {
		if p.killAfter(rand.N(usual), ask...) {
			killed++
		}
		if rand.IntN(4) == 0 && len(p.stores()) > 0 {
			if v := p.must(exitOK, "verify", p.store(), "--json").one(t); v["ok"] != true {
				t.Fatalf("after %d kills: %v", killed, v)
			}
		}
	}
	if got := p.must(exitOK, ask...).out; got != want {
		t.Errorf("after %d kills the state is another", killed)
	}
	p.sameFacts(facts, file)
	t.Logf("%d kills", killed)
}
