//go:build unix

package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"asof/demo"
)

// screen is the real program on a terminal of 200 by 50, with the store in ASOF_BENCH_STORE, or with a log of ASOF_BENCH_EVENTS
// events (100,000 if unset).
type screen struct {
	b       *testing.B
	program string
	env     []string
	store   string
	data    string // folder of the stores, where that counts
	tty     *os.File
	process *exec.Cmd
	bytes   chan []byte
}

func newScreen(b *testing.B) *screen {
	b.Helper()
	dir := b.TempDir()
	s := &screen{b: b, program: filepath.Join(dir, "asof"), store: filepath.Join(dir, "log.asof")}
	s.env = append(os.Environ(), "ASOF_DATA="+dir, "ASOF_CONFIG="+dir+"/none", "TERM=xterm-256color", "COLORTERM=truecolor")
	build := exec.Command("go", "build", "-o", s.program, "../..")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	if store := os.Getenv("ASOF_BENCH_STORE"); store != "" {
		s.store = store
		return s
	}
	events, _ := strconv.Atoi(cmp.Or(os.Getenv("ASOF_BENCH_EVENTS"), "100000"))
	log, err := os.Create(filepath.Join(dir, "log.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	story, _ := demo.Find("shop")
	if err := story.Write(log, demo.Size{Events: events, Streams: events / 10}); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{"import", log.Name(), "--store", s.store, "-q"}, {"state", s.store, "order-1", "-p", "merge", "-q"}} {
		cmd := exec.Command(s.program, args...)
		cmd.Env = s.env
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	return s
}

// open starts the program and waits until all regions are drawn.
func (s *screen) open() {
	s.b.Helper()
	s.process = exec.Command(s.program, s.store, "-p", "merge")
	s.process.Env = s.env
	var err error
	if s.tty, err = pty.StartWithSize(s.process, &pty.Winsize{Rows: 50, Cols: 200}); err != nil {
		s.b.Fatal(err)
	}
	s.bytes = make(chan []byte, 1024)
	go func(tty *os.File, out chan<- []byte) {
		defer close(out)
		for {
			buf := make([]byte, 64<<10)
			n, err := tty.Read(buf)
			if n > 0 {
				out <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}(s.tty, s.bytes)
	var seen []byte
	for !bytes.Contains(seen, []byte("Timeline")) {
		seen = append(seen, s.read()...)
	}
}

func (s *screen) read() []byte {
	s.b.Helper()
	select {
	case data := <-s.bytes:
		return data
	case <-time.After(hang):
		s.b.Fatal("the screen does not draw")
		return nil
	}
}

// still waits until nothing more is drawn.
func (s *screen) still() {
	for {
		select {
		case <-s.bytes:
		case <-time.After(150 * time.Millisecond):
			return
		}
	}
}

func (s *screen) close() {
	_, _ = s.tty.Write([]byte("q"))
	_ = s.process.Wait()
	_ = s.tty.Close()
}

// nearest is the percentile of sorted times by its nearest rank: that many of a hundred are not above it.
func nearest(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkReopen is from the start of the process to the first frame with all regions, of a store that is built.
func BenchmarkReopen(b *testing.B) {
	s := newScreen(b)
	for b.Loop() {
		s.open()
		b.StopTimer()
		s.still()
		s.close()
		b.StartTimer()
	}
}

// BenchmarkKey is from a key press to the first bytes of what it changed on the screen: steps, and jumps to random places.
func BenchmarkKey(b *testing.B) {
	s := newScreen(b)
	s.open()
	defer s.close()
	for _, keys := range []struct{ name, text string }{{"step", "]"}, {"page", "\x1b[6~"}, {"half", "\x04"}, {"jump", ""}} {
		b.Run(keys.name, func(b *testing.B) {
			s.b = b
			rnd := rand.New(rand.NewPCG(5, 5))
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				text := keys.text
				if text == "" {
					_, _ = fmt.Fprintf(s.tty, ":%.4f%%", rnd.Float64()*100)
					text = "\r"
				}
				s.still()
				b.StartTimer()
				start := time.Now()
				_, _ = s.tty.Write([]byte(text))
				s.read()
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(milliseconds(nearest(took, 99)), "p99-ms")
			b.ReportMetric(anonymous(s.process.Process.Pid), "anon-MiB")
		})
	}
}

// anonymous is how much memory a process has that is not a file's; 0 where the system does not say.
func anonymous(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	var kb float64
	_, _ = fmt.Sscan(rest, &kb)
	return kb / 1024
}
