package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestReadOnlyStore: a store on a disk that can not be written to answers everything that a look can ask, whether it has an index
// or not, and leaves nothing behind; what would write to it says so.
func TestReadOnlyStore(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: mounting needs root")
	}
	t.Parallel()
	p := newProcess(t)
	temp := t.TempDir()
	p.wrap = []string{"env", "TMPDIR=" + temp}
	log := badLog(p, 100)
	disk := filepath.Join(p.work, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=50m"); err != nil {
		t.Skipf("SKIPPED: no tmpfs can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	store := filepath.Join(disk, "log.asof")
	p.must(exitOK, "import", log, "--store", store)
	p.must(exitOK, "state", store, "-p", "counts")
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if a := p.must(exitOK, "state", store, "s-1", "-p", "tally"); !strings.Contains(a.err, "for this session only") {
		t.Error(a.err)
	}
	for _, args := range [][]string{
		{"info", store}, {"events", store}, {"state", store, "--projection", "counts"}, {"state", store, "s-1"}, {"blame", store, "s-1"}, {"verify", store},
		{"find", store, "state.n > 5"}, {"projections", store}, {"info", store, "--profile", "merge"},
	} {
		p.must(exitOK, args...)
	}
	if a := p.must(exitUsage, "append", store, "--stream", "a", "--type", "T", "--data", "{}"); strings.Count(a.err, "are not stored") != 1 || !strings.Contains(a.err, "read-only") {
		t.Error(a.err)
	}
	if left := files(t, temp); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}
