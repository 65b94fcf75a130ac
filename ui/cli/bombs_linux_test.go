package cli

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"asof/engine/event/sharedtest"
)

// TestBombsAreStopped imports what should blow up. Each ends soon, within bounded memory, and the limit is named.
func TestBombsAreStopped(t *testing.T) {
	const most = 256 << 10 // KiB
	for _, c := range []struct {
		file, told string
		format     string
		slow       bool
		large      bool // the whole of what is unpacked is gone through
	}{
		{"deep-1e6-array.json.gz", "1000 levels", "json", false, false},
		{"deep-1e6-object.json.gz", "1000 levels", "json", false, false},
		{"deep-1e6-object.json.gz", "", "", false, false},
		{"gzip-nested-6.gz", "at most 1 level", "", false, false},
		{"gzip-truncated.gz", "", "", false, false},
		{"gzip-concat-trailing-garbage.gz", "2 events added", "", false, false},
		{"zeros-100MiB.gz", "", "", false, false},
		{"zeros-100MiB.gz", "record limit of 67108864 bytes", "jsonl", true, false},
		{"zeros-100MiB.gz", "csv header: longer than the record limit", "csv", true, true},
		{"zeros-1GiB.zst", "", "", false, false},
		{"zeros-1GiB.zst", "record limit of 67108864 bytes", "jsonl", true, false},
		{"one-line-50MiB.ndjson.gz", "1 event added", "", true, false},
		{"100k-keys.json.gz", "1 event added", "", false, false},
	} {
		t.Run(c.file+" "+c.format, func(t *testing.T) {
			if c.slow && testing.Short() {
				t.Skip("takes seconds")
			}
			p := newProcess(t)
			args := []string{"import", sharedtest.Corpus(t, "ours/bombs/"+c.file)}
			if c.format != "" {
				args = append(args, "--format", c.format)
			}
			a, peak := p.peak(args...)
			said := a.out + a.err
			if a.code == exitOK {
				rejected, _ := p.peak("info", p.store(), "--rejected")
				said += rejected.out
			}
			if strings.TrimSpace(said) == "" || !strings.Contains(said, c.told) {
				t.Errorf("exit code %d, told %.500q, want %q", a.code, said, c.told)
			}
			if peak > most && !c.large {
				t.Errorf("took %d MiB", peak>>10)
			}
			t.Logf("%d MiB, exit code %d, %.150q", peak>>10, a.code, a.out+a.err)
		})
	}
}

// peak runs a command and tells the most memory it had, in KiB.
func (p *process) peak(args ...string) (answer, int64) {
	p.t.Helper()
	c := p.command(args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	a := answer{out.String(), errs.String(), c.ProcessState.ExitCode()}
	upright(p.t, args, a)
	return a, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}
