//go:build unix

package timeline

import (
	"syscall"
	"time"
)

// cpuTime is what the process has computed so far, on all cores.
func cpuTime() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
