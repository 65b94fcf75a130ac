package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// pager is the person's $PAGER with our output as its input.
type pager struct {
	process *exec.Cmd
	input   io.WriteCloser
}

// page sends what a listing prints through $PAGER, if a person is reading at a terminal. Without PAGER set, less is tried; it
// ends by itself when everything fits on one screen.
func (a *app) page() {
	if a.json || a.pager != nil || !obeys(a.stdout) {
		return
	}
	command := os.Getenv("PAGER")
	if command == "" {
		if _, err := exec.LookPath("less"); err != nil {
			return
		}
		command = "less -FRX"
	}
	process := exec.Command("sh", "-c", command)
	process.Stdout, process.Stderr = a.stdout, a.stderr
	input, err := process.StdinPipe()
	if err != nil || process.Start() != nil {
		return
	}
	a.pager = &pager{process: process, input: input}
	a.out = bufio.NewWriterSize(input, 64<<10)
}

func (p *pager) close() error {
	err := p.input.Close()
	if waited := p.process.Wait(); err == nil && waited != nil && !errors.Is(waited, syscall.EPIPE) {
		err = waited
	}
	return err
}
