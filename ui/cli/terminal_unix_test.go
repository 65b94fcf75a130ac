//go:build unix

package cli

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// everywhere are commands of all kinds.
func everywhere(file string) [][]string {
	return [][]string{
		{"--help"}, {"help", "state"}, {"--version"}, {"formats"}, {"import", file}, {"info", file}, {"events", file, "--limit", "5"}, {"state", file}, {"state", file, "order-7"},
		{"blame", file, "order-7"}, {"history", file, "order-7", "/n"}, {"diff", file, "10", "20"}, {"compare", file, "-p", "merge", "-p", "last"},
		{"verify", file}, {"projections", file}, {"stores"}, {"config", "path"}, {"config", "check"}, {"man"}, {"completion", "bash"}, {"demo", "--list"},
		{"nonsense.jsonl"}, {"state"}, {"state", file, "absent"}, {"--nonsense"}, {"info", file, "--format", "cobol"},
	}
}

// TestNoEscapesWhereNothingObeysThem: not one escape character reaches a file, a pipe, or a terminal that has no commands.
func TestNoEscapesWhereNothingObeysThem(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(300))
	for _, args := range append(everywhere(file), []string{file}, []string{"demo", "bank"}) {
		if a := p.run(args...); strings.ContainsRune(a.out+a.err, 0x1b) {
			t.Errorf("asof %v into a pipe: %.200q", args, a.out+a.err)
		}
		if said := p.onTerminal("dumb", args...); strings.ContainsRune(said, 0x1b) {
			t.Errorf("asof %v on a dumb terminal: %.200q", args, said)
		}
	}
}

// TestNoScreenWithoutATerminal prints what is in the log instead.
func TestNoScreenWithoutATerminal(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(30))
	want := p.must(exitOK, "info", file).out
	if a := p.must(exitOK, file); a.out != want {
		t.Errorf("into a pipe: %q", a.out)
	}
	for _, kind := range []string{"dumb", ""} {
		if said := p.onTerminal(kind, file); strings.ReplaceAll(said, "\r\n", "\n") != want {
			t.Errorf("TERM=%q: %q", kind, said)
		}
	}
}

// TestUnescapedTextIsKeptFromTerminals: what gives the log's bytes as they are is refused there.
func TestUnescapedTextIsKeptFromTerminals(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", `{"id":"1","stream":"s","type":"\u001b]0;gotcha\u0007","note":"`+"\u009b31m"+`"}`+"\n")
	for _, args := range [][]string{{"events", file, "--raw"}, {"export", file, "--format", "raw"}, {"export", file, "--format", "csv"}, {"export", file}, {"events", file}} {
		if said := p.onTerminal("xterm", args...); strings.Contains(said, "]0;gotcha\a") || strings.ContainsRune(said, 0x9b) {
			t.Errorf("asof %v: %q", args, said)
		}
	}
}

// onTerminal is what a command writes to a terminal.
func (p *process) onTerminal(kind string, args ...string) string {
	p.t.Helper()
	c := p.command(args...)
	c.Env = append(c.Env, "TERM="+kind)
	return p.typescript(c)
}

// typescript runs a command on a terminal of its own, from which nobody types. Whoever waits for a key is sent away.
func (p *process) typescript(c *exec.Cmd) string {
	p.t.Helper()
	tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		p.t.Skipf("SKIPPED: no terminal can be had: %v", err)
	}
	defer tty.Close()
	leave := time.AfterFunc(hang/4, func() { _ = c.Process.Kill() })
	defer leave.Stop()
	var said bytes.Buffer
	_, _ = io.Copy(&said, tty) // ends with an error when the terminal's last user is gone
	_ = c.Wait()
	return said.String()
}
