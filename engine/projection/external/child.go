package external

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// maxLine bounds a line of the program's output, in bytes.
const maxLine = 64 << 20

// grace is how long a program whose input has ended may take to end by itself, and how long the system may take to end one.
const grace = time.Second

// child is a running program. One goroutine reads, one writes; both have ended when stop has returned.
type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
	in     chan []byte // lines to be written
	out    chan []byte // whole lines of output, many at a time; closed when the program has ended
	quit   chan struct{}
	stderr tail
	work   sync.WaitGroup

	mu    sync.Mutex // guards what follows
	group group
	over  bool // it has been waited for

	// Set before out is closed.
	exit    error // how the process ended
	tooLong bool  // a line was longer than maxLine
}

// start runs a command. Its processes are a group of their own, so that all of them can be ended.
func start(words []string) (*child, error) {
	c := &child{cmd: exec.Command(words[0], words[1:]...), in: make(chan []byte, 4), out: make(chan []byte, 4), quit: make(chan struct{})}
	c.cmd.Stderr = &c.stderr
	c.cmd.WaitDelay = grace
	c.group.prepare(c.cmd)
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if c.stdout, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.group.started(c.cmd)
	c.work.Go(c.write)
	c.work.Go(c.read)
	return c, nil
}

// write passes on what comes, until stop. A pipe that breaks is found out by the reader.
func (c *child) write() {
	defer c.stdin.Close()
	for {
		select {
		case lines := <-c.in:
			if _, err := c.stdin.Write(lines); err != nil {
				return
			}
		case <-c.quit:
			return
		}
	}
}

// read collects the output, and waits for the end of a program whose output has ended.
func (c *child) read() {
	defer close(c.out)
	c.lines()
	late := time.AfterFunc(grace, c.kill)
	defer late.Stop()
	c.exit = c.cmd.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.group.close()
}

func (c *child) lines() {
	buf, n := make([]byte, 64<<10), 0
	for {
		if n == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		more, err := c.stdout.Read(buf[n:])
		end := n + bytes.LastIndexByte(buf[n:n+more], '\n') + 1
		if n += more; end > n-more && !c.give(buf[:end]) {
			return
		} else if end > n-more {
			n = copy(buf, buf[end:n])
		}
		if c.tooLong = n > maxLine; c.tooLong {
			return
		}
		if err != nil {
			if n > 0 {
				c.give(buf[:n])
			}
			return
		}
	}
}

// give passes on a copy of lines, unless nobody wants any more.
func (c *child) give(lines []byte) bool {
	select {
	case c.out <- bytes.Clone(lines):
		return true
	case <-c.quit:
		return false
	}
}

// kill ends the program's processes at once.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.group.kill(c.cmd)
	}
}

// stop ends the program: now, or by the end of its input, which it may take a moment to notice. Only its owner calls it, once.
func (c *child) stop(now bool) {
	close(c.quit)
	if now {
		c.kill()
	}
	ended := make(chan struct{})
	go func() {
		c.work.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-time.After(grace):
	}
	c.kill()
	select {
	case <-ended:
		return
	case <-time.After(grace): // a process that has left the group holds the other ends
	}
	c.stdin.Close()
	c.stdout.Close()
	<-ended
}

// how says how a program ended, for people.
func (c *child) how() string {
	var exit *exec.ExitError
	switch {
	case c.tooLong:
		return fmt.Sprintf("printed a line of more than %d MiB", maxLine>>20)
	case c.exit == nil:
		return "ended"
	case errors.As(c.exit, &exit):
		return "ended with " + exit.Error()
	}
	return fmt.Sprintf("ended: %v", c.exit)
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
	cut  bool
}

const tailSize = 2 << 10

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text) - tailSize; n > 0 {
		t.text = append(t.text[:0], t.text[n:]...)
		t.cut = true
	}
	return len(p), nil
}

// said is what the program last said to people, as an addition to an error; "" if it said nothing.
func (t *tail) said() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.ToValidUTF8(string(t.text), "\uFFFD")
	if t.cut {
		_, text, _ = strings.Cut(text, "\n")
	}
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return "; its standard error:\n" + text
}
