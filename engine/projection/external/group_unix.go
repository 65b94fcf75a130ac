//go:build unix

package external

import (
	"os/exec"
	"syscall"
)

// group is the program with all processes that it starts.
type group struct{}

func (group) prepare(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func (group) started(*exec.Cmd) {}

// kill ends the whole group. The process must not have been waited for, so that its number is its own.
func (group) kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

func (group) close() {}
