package ingest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAParkedLaneFindsItsFileAgain(t *testing.T) {
	path := put(t, t.TempDir(), "x.log", "a s 1\n")
	l := &lane{source: &Source{Path: path}, mem: &memory{Name: "x.log", Path: path}}
	if err := l.openFile(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.park(), l.park()); err != nil || l.file != nil {
		t.Fatal("a parked lane has its file open", err)
	}
	if err := l.unpark(); err != nil || l.file == nil {
		t.Fatal(err)
	}
	if err := l.park(); err != nil {
		t.Fatal(err)
	}
	other := put(t, t.TempDir(), "y.log", "a s 1\n")
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if err := l.unpark(); !errors.Is(err, ErrChanged) {
		t.Errorf("another file in its place gave %v", err)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
}

func TestTooManyOpenFilesSayWhatToDo(t *testing.T) {
	err := openError(&fs.PathError{Op: "open", Path: filepath.Join("a", "b"), Err: syscall.EMFILE})
	if !errors.Is(err, syscall.EMFILE) || !strings.Contains(err.Error(), "ulimit -n") {
		t.Error(err)
	}
}
