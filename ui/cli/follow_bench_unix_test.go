//go:build unix

package cli

import (
	"bytes"
	"cmp"
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
// after a key press the screen changes, and how far the log on the screen is behind at the end.
func BenchmarkFollow(b *testing.B) {
	rate, _ := strconv.Atoi(cmp.Or(os.Getenv("ASOF_BENCH_RATE"), "10000"))
	dir := b.TempDir()
	s := &screen{b: b, program: filepath.Join(dir, "asof"), store: filepath.Join(dir, "live.jsonl")}
	s.env = append(os.Environ(), "ASOF_DATA="+dir, "ASOF_CONFIG="+dir+"/none", "TERM=xterm-256color", "COLORTERM=truecolor")
	if out, err := exec.Command("go", "build", "-o", s.program, "../..").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	lines, writer := io.Pipe()
	story, _ := demo.Find("shop")
	told := make(chan struct{})
	go func() {
		defer close(told)
		_ = writer.CloseWithError(story.Write(writer, demo.Size{Events: 1 << 30, Streams: 1 << 20}))
	}()
	defer func() { lines.Close(); <-told }()
	live, err := os.Create(s.store)
	if err != nil {
		b.Fatal(err)
	}
	defer live.Close()
	buf := make([]byte, 345*rate)
	if _, err := io.ReadFull(lines, buf); err != nil {
		b.Fatal(err)
	}
	if _, err := live.Write(buf); err != nil {
		b.Fatal(err)
	}
	s.open()
	defer s.close()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		part := buf[:len(buf)/100]
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			if _, err := io.ReadFull(lines, part); err != nil {
				return
			}
			if _, err := live.Write(part); err != nil {
				return
			}
		}
	}()
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
	close(stop)
	<-done
	slices.Sort(took)
	b.ReportMetric(milliseconds(nearest(took, 99)), "p99-ms")
	b.ReportMetric(milliseconds(nearest(took, 100)), "most-ms")
	b.ReportMetric(anonymous(s.process.Process.Pid), "anon-MiB")
	b.ReportMetric(float64(s.lag(live)), "lag-ms")
}

// lag is how long, after the writing has ended, the store has not all of the file.
func (s *screen) lag(live *os.File) int64 {
	text, err := os.ReadFile(live.Name())
	if err != nil {
		s.b.Fatal(err)
	}
	stores, err := filepath.Glob(live.Name() + "*.asof")
	if err != nil || len(stores) != 1 {
		s.b.Fatalf("%d stores, %v", len(stores), err)
	}
	want := bytes.Count(text, []byte("\n"))
	start := time.Now()
	for time.Since(start) < hang {
		cmd := exec.Command(s.program, "events", stores[0], "--reverse", "--limit", "1", "--json", "-q")
		cmd.Env = s.env
		out, _ := cmd.Output()
		if bytes.Contains(out, []byte(`"position":`+strconv.Itoa(want)+`,`)) {
			return time.Since(start).Milliseconds()
		}
	}
	s.b.Fatalf("the log has not grown to %d events", want)
	return 0
}
