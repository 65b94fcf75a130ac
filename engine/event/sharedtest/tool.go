package sharedtest

import (
	"os"
	"os/exec"
	"testing"
)

// Tool is the path of a program that a test needs, such as an interpreter. Where there is none the test is skipped, saying so;
// with ASOF_CI set, as .ci/run does after it has installed what is missing, it fails.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("ASOF_CI") != "" {
		t.Fatalf("no %s on this machine, although ASOF_CI is set", name)
	}
	t.Skipf("no %s on this machine", name)
	return ""
}
