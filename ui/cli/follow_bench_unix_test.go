//go:build unix

package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"asof/demo"
)

// BenchmarkFollow scrubs in a log that grows by ASOF_BENCH_RATE events a second (10,000 if unset) while it is followed: how long
// after a key press the screen changes, and how far the log on the screen is behind at the end. The log is that of ASOF_BENCH_LIVE,
// whose store is under ASOF_DATA, or a new one.
func BenchmarkFollow(b *testing.B) {
	rate, _ := strconv.Atoi(cmp.Or(os.Getenv("ASOF_BENCH_RATE"), "10000"))
	dir := b.TempDir()
	s := &screen{b: b, program: filepath.Join(dir, "asof"), store: cmp.Or(os.Getenv("ASOF_BENCH_LIVE"), filepath.Join(dir, "live.jsonl"))}
	s.data = cmp.Or(os.Getenv("ASOF_DATA"), dir)
	s.env = append(os.Environ(), "ASOF_DATA="+s.data, "ASOF_CONFIG="+dir+"/none", "TERM=xterm-256color", "COLORTERM=truecolor")
	if out, err := exec.Command("go", "build", "-o", s.program, "../..").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	g := s.grow(rate)
	defer g.end()
	s.open()
	defer s.close()
	g.start()
	keys := []string{"[", "]", "\x15", "\x04", "{", "}"}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		time.Sleep(50 * time.Millisecond)
		for len(s.bytes) > 0 {
			<-s.bytes
		}
		start := time.Now()
		_, _ = s.tty.Write([]byte(keys[i%len(keys)]))
		s.read()
		took = append(took, time.Since(start))
	}
	want := g.stop()
	slices.Sort(took)
	b.ReportMetric(milliseconds(nearest(took, 99)), "p99-ms")
	b.ReportMetric(milliseconds(nearest(took, 100)), "most-ms")
	b.ReportMetric(anonymous(s.process.Process.Pid), "anon-MiB")
	b.ReportMetric(float64(s.lag(want)), "lag-ms")
}

// growing is a log that is written to.
type growing struct {
	b     *testing.B
	file  *os.File
	story *io.PipeReader
	part  []byte // of ten milliseconds
	lines int    // that the log has, if its store has all of them
	told  chan struct{}
	quit  chan struct{}
	done  chan struct{}
}

// grow begins the log, if it is new, with what a second brings.
func (s *screen) grow(rate int) *growing {
	lines, writer := io.Pipe()
	g := &growing{b: s.b, story: lines, part: make([]byte, 345*rate/100), told: make(chan struct{}), quit: make(chan struct{}), done: make(chan struct{})}
	story, _ := demo.Find("shop")
	go func() {
		defer close(g.told)
		_ = writer.CloseWithError(story.Write(writer, demo.Size{Events: 1 << 30, Streams: 1 << 20, Seed: uint64(time.Now().UnixNano())}))
	}()
	var err error
	if g.file, err = os.OpenFile(s.store, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		s.b.Fatal(err)
	}
	if size, err := g.file.Seek(0, io.SeekEnd); err != nil {
		s.b.Fatal(err)
	} else if size > 0 {
		g.lines = s.head()
		return g
	}
	for range 100 {
		if err := g.write(); err != nil {
			s.b.Fatal(err)
		}
	}
	return g
}

func (g *growing) write() error {
	if _, err := io.ReadFull(g.story, g.part); err != nil {
		return err
	}
	g.lines += bytes.Count(g.part, []byte("\n"))
	_, err := g.file.Write(g.part)
	return err
}

func (g *growing) start() {
	go func() {
		defer close(g.done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-g.quit:
				return
			case <-tick.C:
			}
			if g.write() != nil {
				return
			}
		}
	}()
}

// stop ends the writing, and says how many lines there are.
func (g *growing) stop() int {
	close(g.quit)
	<-g.done
	return g.lines
}

func (g *growing) end() {
	g.story.Close()
	<-g.told
	g.file.Close()
}

// lag is how long, after the writing has ended, the store has not all of the file.
func (s *screen) lag(want int) int64 {
	start := time.Now()
	for time.Since(start) < hang {
		if s.head() == want {
			return time.Since(start).Milliseconds()
		}
	}
	s.b.Fatalf("the log has not grown to %d events, only to %d", want, s.head())
	return 0
}

// head is the last position of the store.
func (s *screen) head() int {
	stores, err := filepath.Glob(filepath.Join(s.data, filepath.Base(s.store)) + "-*.asof")
	if err != nil || len(stores) != 1 {
		s.b.Fatalf("%d stores, %v", len(stores), err)
	}
	cmd := exec.Command(s.program, "events", stores[0], "--reverse", "--limit", "1", "--json", "-q")
	cmd.Env = s.env
	out, _ := cmd.Output() // nothing, while a store is being made
	var last struct{ Position int }
	_ = json.Unmarshal(out, &last)
	return last.Position
}
