//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondWriterIsToldWhoWrites stops an import in its midst: a second one gives up and names the first, and readers get an
// answer or are told the same. When the first goes on, nothing is lost.
func TestSecondWriterIsToldWhoWrites(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(60_000))
	first := p.command("import", "-q", file)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); len(p.stores()) == 0 && time.Since(began) < hang; {
		time.Sleep(time.Millisecond)
	}
	store := p.store()
	if !p.stopWriting(first, store) {
		t.Skip("SKIPPED: the import was over before it could be stopped")
	}
	defer func() { _ = first.Process.Kill() }()
	holder := fmt.Sprint(first.Process.Pid)
	if a := p.must(exitUsage, "import", "-q", file); !strings.Contains(a.err, holder) || !strings.Contains(a.err, "import") {
		t.Errorf("the second writer is told %q, not of process %s", a.err, holder)
	}
	if a := p.run("append", store, "--stream", "s", "--type", "T", "--data", "{}"); a.code != exitUsage || !strings.Contains(a.err, holder) {
		t.Errorf("an append is told %q, not of process %s", a.err, holder)
	}
	for _, args := range [][]string{{"info", store}, {"events", store, "--limit", "1"}} {
		if a := p.run(args...); a.code != exitOK && !strings.Contains(a.err, holder) {
			t.Errorf("asof %s is told %q", args[0], a.err)
		}
	}
	if err := first.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first import: %v", err)
	}
	if v := p.must(exitOK, "verify", file, "--json").one(t); v["ok"] != true {
		t.Errorf("verify: %v", v)
	}
	whole := newProcess(t)
	if got, want := p.facts(file), whole.facts(file); got != want {
		t.Errorf("%s, alone %s", got, want)
	}
}

// stopWriting stops a process once the store says that it writes. It reports false if it ended before.
func (p *process) stopWriting(c *exec.Cmd, store string) bool {
	p.t.Helper()
	sign := fmt.Sprint(c.Process.Pid)
	for began := time.Now(); time.Since(began) < hang; time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(store + "/log.bolt.writer")
		if err == nil && bytes.Contains(text, []byte(sign)) {
			break
		}
	}
	if err := c.Process.Signal(syscall.SIGSTOP); err != nil {
		return false
	}
	var status syscall.WaitStatus
	got, err := syscall.Wait4(c.Process.Pid, &status, syscall.WUNTRACED, nil)
	return err == nil && got == c.Process.Pid && status.Stopped()
}

// TestReadersWorkWhileAnImportRuns asks, again and again, while another process writes.
func TestReadersWorkWhileAnImportRuns(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(60_000))
	writer := p.command("import", "-q", file)
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- writer.Wait() }()
	asked, last := 0, 0
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			t.Logf("%d questions", asked)
			if n := sum(t, p.must(exitOK, "info", file, "--json").one(t)["events"]); n < last {
				t.Errorf("%d events, %d before", n, last)
			}
			return
		default:
		}
		if len(p.stores()) == 0 {
			time.Sleep(time.Millisecond)
			continue
		}
		now := sum(t, p.must(exitOK, "info", p.store(), "--json").one(t)["events"])
		if now < last {
			t.Errorf("%d events, %d before", now, last)
		}
		last = now
		p.must(exitOK, "events", p.store(), "--limit", "3")
		asked++
	}
}

// TestTwoImportsAtOnce come to the same log as one.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	p, whole := newProcess(t), newProcess(t)
	file := p.write("log.jsonl", shopLog(10_000))
	want := whole.facts(file)
	answers := make(chan answer)
	for range 3 {
		c := p.command("import", "-q", file)
		go func() {
			var errs bytes.Buffer
			c.Stderr = &errs
			_ = c.Run()
			answers <- answer{err: errs.String(), code: c.ProcessState.ExitCode()}
		}()
	}
	done := 0
	for range 3 {
		switch a := <-answers; {
		case a.code == exitOK:
			done++
		case !strings.Contains(a.err, "writ") && !strings.Contains(a.err, "held"):
			t.Errorf("an import beside another: %d, %q", a.code, a.err)
		}
	}
	if got := p.facts(file); done == 0 || got != want {
		t.Errorf("%d imports, %s, alone %s", done, got, want)
	}
}

// TestClosedPipe ends quietly when nobody reads on.
func TestClosedPipe(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(20_000))
	p.must(exitOK, "import", "-q", file)
	for _, args := range []string{"events", "events --json", "export", "export --format raw", "export --format csv", "state"} {
		p.wrap = []string{"sh", "-c", `("$@"; echo "code $?" >&2) | head -n 1`, "sh"}
		words := strings.Fields(args)
		a := p.run(append([]string{words[0], file}, words[1:]...)...)
		if !strings.HasSuffix(a.err, "code 0\n") || strings.Contains(a.err, "pipe") || strings.Count(a.out, "\n") > 1 {
			t.Errorf("asof %s | head -n 1: %.200q, %q", args, a.out, a.err)
		}
	}
}

// TestInterruptedImport ends with 130, and goes on later as if nothing had been.
func TestInterruptedImport(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	p, whole := newProcess(t), newProcess(t)
	file := p.write("log.jsonl", shopLog(60_000))
	c := p.command("import", file)
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); len(p.stores()) == 0 && time.Since(began) < hang; {
		time.Sleep(time.Millisecond)
	}
	_ = c.Process.Signal(os.Interrupt)
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitInterrupt && code != exitOK || code == exitInterrupt && !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("exit code %d, told %q", code, errs.String())
	}
	p.must(exitOK, "import", "-q", file)
	if got, want := p.facts(file), whole.facts(file); got != want {
		t.Errorf("%s, alone %s", got, want)
	}
}
