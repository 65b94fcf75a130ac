package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFilesAreTheUsersOwn looks at everything that the program makes while nothing is masked: folders 0700, files 0600.
func TestFilesAreTheUsersOwn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: Windows has no modes")
	}
	t.Parallel()
	p := newProcess(t)
	p.wrap = []string{"sh", "-c", `umask 000; exec "$@"`, "sh"}
	p.data = filepath.Join(t.TempDir(), "data")
	file := p.write("log.jsonl", shopLog(200))
	p.must(exitOK, "import", file)
	p.must(exitOK, "state", file)
	p.must(exitOK, "state", file, "-p", "tally", "--by", "/data/n")
	p.must(exitOK, "verify", file)
	p.must(exitOK, "import", file, "--store", filepath.Join(p.data, "deep", "in", "mine.asof"))
	p.must(exitOK, "append", filepath.Join(p.data, "other.asof"), "--stream", "s", "--type", "T", "--data", "{}")
	p.must(exitOK, "config", "init")
	n := 0
	for _, top := range []string{p.data, filepath.Join(p.work, "none.toml")} {
		err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			if open := info.Mode().Perm() & 0o077; open != 0 {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			n++
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if n < 10 {
		t.Errorf("only %d files were looked at", n)
	}
}

// TestPlantedLinks puts links where the program is going to write: what they point at stays as it is.
func TestPlantedLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: links need rights on Windows")
	}
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(50))
	p.must(exitOK, "import", file)
	name := filepath.Base(p.store())
	if err := os.RemoveAll(p.data); err != nil {
		t.Fatal(err)
	}
	precious := p.write("precious.txt", "precious")
	dir := filepath.Join(p.data, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"log.bolt", "log.bolt.lock", "log.bolt.turn", "log.bolt.writer", "log.head", "case.bolt"} {
		if err := os.Symlink(precious, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	p.run("import", file)
	p.run("state", file)
	if text, err := os.ReadFile(precious); err != nil || string(text) != "precious" {
		t.Errorf("what a link pointed at is now %.60q, %v", text, err)
	}
}

// TestReadOnlyHome says that nothing can be written, and what to do.
func TestReadOnlyHome(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(50))
	blocked := p.write("a-file", "")
	p.data = filepath.Join(blocked, "data") // not even root makes a folder in a file
	a := p.must(exitUsage, "info", file)
	if !strings.Contains(a.err, blocked) {
		t.Errorf("told %q", a.err)
	}
	p.must(exitOK, "info", file, "--store", filepath.Join(p.work, "mine.asof"))
}
