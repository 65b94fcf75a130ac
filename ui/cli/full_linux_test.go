package cli

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk imports onto a disk that is too small: the command says where it ran out of room and how much is stored, what
// is stored can be asked, and once there is room the import ends as on a large disk.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: mounting a small tmpfs needs root")
	}
	t.Parallel()
	p := newProcess(t)
	if err := unix.Mount("tmpfs", p.data, "tmpfs", 0, "size=1500k"); err != nil {
		t.Skipf("SKIPPED: no tmpfs can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(p.data, unix.MNT_DETACH) })
	p.outgrown(func() {
		if err := unix.Mount("tmpfs", p.data, "tmpfs", unix.MS_REMOUNT, "size=200m"); err != nil {
			t.Fatal(err)
		}
	}, "no space left on device", "no room for", "bytes were to be written", "bytes free", "make room")
}

// TestFileSizeLimit does the same with a limit on the size of one file.
func TestFileSizeLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	p := newProcess(t)
	p.wrap = []string{"sh", "-c", `ulimit -f 1500; exec "$@"`, "sh"}
	p.outgrown(func() { p.wrap = nil }, "file too large")
}

// outgrown imports where there is too little room, and again after there is more.
func (p *process) outgrown(grow func(), wants ...string) {
	p.t.Helper()
	whole := newProcess(p.t)
	file := whole.write("log.jsonl", shopLog(40_000))
	whole.must(exitOK, "import", "-q", file)
	a := p.must(exitUsage, "import", file)
	for _, want := range append(wants, p.data, "are not stored") {
		if !strings.Contains(a.err, want) {
			p.t.Errorf("no %q in %q", want, a.err)
		}
	}
	for _, name := range files(p.t, p.data) {
		if strings.Contains(name, ".new-") {
			p.t.Errorf("%s is left over", name)
		}
	}
	if n := p.must(exitOK, "info", p.store(), "--json").one(p.t)["events"]; n == "0" {
		p.t.Error("no event was stored")
	}
	grow()
	if v := p.must(exitOK, "verify", p.store(), "--json").one(p.t); v["ok"] != true {
		p.t.Errorf("verify: %v", v)
	}
	p.must(exitOK, "import", "-q", file)
	if got, want := p.facts(file), whole.facts(file); got != want {
		p.t.Errorf("%s, on a large disk %s", got, want)
	}
}
