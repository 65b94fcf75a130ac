package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hang is the time after which a command counts as hanging. It is far above what any of them takes, also under the race detector.
const hang = 60 * time.Second

// process is the program as a process of its own, with a data folder that a test keeps between runs.
type process struct {
	t    *testing.T
	data string   // ASOF_DATA
	work string   // working directory
	wrap []string // put before the command, such as a shell that sets a limit
}

func newProcess(t *testing.T) *process {
	t.Helper()
	return &process{t: t, data: t.TempDir(), work: t.TempDir()}
}

// command is the program about to be started. It is killed, and the test fails, when it hangs.
func (p *process) command(args ...string) *exec.Cmd {
	p.t.Helper()
	name, err := exec.LookPath("asof")
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), hang)
	p.t.Cleanup(stop)
	line := append(append(p.wrap[:len(p.wrap):len(p.wrap)], name), args...)
	c := exec.CommandContext(ctx, line[0], line[1:]...)
	c.Dir = p.work
	c.Env = append(os.Environ(), "ASOF_DATA="+p.data, "ASOF_CONFIG="+filepath.Join(p.work, "none.toml"), "TERM=xterm", "PAGER=cat")
	return c
}

// run waits for a command's answer. What a Go program says when it falls over never counts as one.
func (p *process) run(args ...string) answer {
	p.t.Helper()
	return p.finish(p.command(args...))
}

func (p *process) finish(c *exec.Cmd) answer {
	p.t.Helper()
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%s: %v", c, err)
	}
	a := answer{out.String(), errs.String(), c.ProcessState.ExitCode()}
	upright(p.t, c.Args, a)
	return a
}

// upright fails the test where a command panicked, died of a signal, or gave an exit code that is not documented.
func upright(t testing.TB, args []string, a answer) {
	t.Helper()
	for _, sign := range []string{"panic:", "goroutine ", "fatal error:", "SIGSEGV", "SIGBUS"} {
		if strings.Contains(a.err, sign) {
			t.Fatalf("%v fell over:\n%.3000s", args, a.err)
		}
	}
	switch a.code {
	case exitOK, exitFinding, exitUsage, exitInterrupt:
	default:
		t.Fatalf("%v ended with %d:\n%.2000s", args, a.code, a.err)
	}
}

// must is run with the exit code that is wanted.
func (p *process) must(code int, args ...string) answer {
	p.t.Helper()
	a := p.run(args...)
	if a.code != code {
		p.t.Fatalf("asof %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), a.code, code, a.out, a.err)
	}
	return a
}

// stores are the stores of the process's data folder, also such as are not whole.
func (p *process) stores() []string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.data, "*.asof", "log.bolt"))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	return found
}

// store is the only store of the process's data folder.
func (p *process) store() string {
	p.t.Helper()
	found := p.stores()
	if len(found) != 1 {
		p.t.Fatalf("stores %v", found)
	}
	return found[0]
}

// write makes a file in the working directory and gives its path.
func (p *process) write(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.work, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// shopLog is a log of n events over many streams. Every 97th line is no event.
func shopLog(n int) string {
	var b strings.Builder
	day := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	for i := range n {
		if i%97 == 50 {
			fmt.Fprintf(&b, "{\"id\":\"e%d\",\"stream\n", i)
			continue
		}
		fmt.Fprintf(&b, `{"id":"e%d","stream":"order-%d","type":"T%d","time":"%s","data":{"n":%d,"total":%d.%02d,"note":"%x"}}`+"\n",
			i, i*7919%997, i%13, day.Add(time.Duration(i)*time.Second).Format(time.RFC3339), i, i%500, i%100, sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}))
	}
	return b.String()
}

// copyTree copies a folder.
func copyTree(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// files are the regular files below a folder.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
