package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/event"
)

func TestProgressTellsOnlyWhatIsDurable(t *testing.T) {
	log := &memoryLog{due: func() bool { return true }}
	var text strings.Builder
	for n := range 2000 {
		fmt.Fprintf(&text, "e%d s %d\n", n, n)
	}
	p, err := Prepare(context.Background(), []string{put(t, t.TempDir(), "x.log", text.String())}, config())
	if err != nil {
		t.Fatal(err)
	}
	last := Progress{}
	_, err = log.store().load(context.Background(), p, func(p Progress) {
		if p.Durable > log.Durable() || p.Records > uint64(len(log.saved.events)) || p.Records < last.Records {
			t.Errorf("told %+v with %d durable events", p, log.Durable())
		}
		last = p
	})
	if err != nil || last.Stage != Done || last.Records != 2000 || last.Durable != 2000 || last.BytesRead != last.BytesTotal {
		t.Errorf("last %+v, %v", last, err)
	}
}

func TestRepeatedIDs(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.log", "a s 1\nb s 2\na s 3\n")
	put(t, dir, "b.log", "b u 4\nc u 5\n")
	kept := &memoryLog{}
	if res := kept.load(t, config(), dir); res.Duplicates != 2 || res.Events != 5 {
		t.Errorf("kept: %+v", res)
	}
	cfg := config()
	cfg.Dedupe = "id"
	left := &memoryLog{}
	if res := left.load(t, cfg, dir); res.Duplicates != 2 || res.Events != 3 || res.Records != 5 {
		t.Errorf("left out: %+v", res)
	}
	wantIDs(t, left.order(), "a b c")
}

func TestARecordOfSeveralEvents(t *testing.T) {
	cfg := config()
	cfg.Importers = []Importer{csvish{name: "lines", lines: true, many: 3}}
	log := &memoryLog{}
	if res := log.load(t, cfg, put(t, t.TempDir(), "x.log", "a s 1\nb s 2\n")); res.Records != 2 || res.Events != 6 {
		t.Errorf("%+v", res)
	}
	for i, e := range log.saved.events {
		if e.Ordinal != uint32(i%3) || e.Place.Line != uint64(i/3+1) || string(e.Raw) == "" {
			t.Errorf("event %d: ordinal %d, place %+v", i, e.Ordinal, e.Place)
		}
	}
}

// broken ends a source in an error of its content, or of the disk.
type broken struct {
	io.Reader
	err error
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.err
	}
	return n, err
}

func TestWhatStandsBeforeAnErrorCounts(t *testing.T) {
	cfg := config()
	cfg.Opener = func(ctx context.Context, name string, raw io.Reader) (Input, error) {
		in, err := opener(ctx, name, raw)
		in.Plain, in.Body = false, broken{in.Body, errors.New("the packing is damaged")}
		return in, err
	}
	path := put(t, t.TempDir(), "x.log", "a s 1\nb s 2\n")
	log := &memoryLog{}
	res := log.load(t, cfg, path)
	if res.Events != 2 || res.Rejected != 1 || !strings.Contains(log.saved.rejected[0].Reason, "packing is damaged") {
		t.Errorf("%+v, %+v", res, log.saved.rejected)
	}
	if res := log.load(t, cfg, path); res.Records != 0 {
		t.Errorf("again: %+v", res)
	}
}

func TestAFileThatTurnsBackwardsLaterIsTold(t *testing.T) {
	log := &memoryLog{}
	path := put(t, t.TempDir(), "x.log", "a s 1\nb s 1000\n")
	log.load(t, config(), path)
	appendTo(t, path, "c s 500\nd s 2000\n")
	res := log.load(t, config(), path)
	wantIDs(t, log.order(), "a b c d")
	a, err := AccountOf(log.saved.rows[0])
	if err != nil || a.Backward != "line 3, by 8m20s" || len(res.Notices) != 1 || !strings.Contains(res.Notices[0], "--order time") {
		t.Errorf("account %+v, %v, notices %v", a, err, res.Notices)
	}
}

func TestAStoreKeepsToItsSettings(t *testing.T) {
	log := &memoryLog{}
	path := put(t, t.TempDir(), "x.log", "a s 1\n")
	log.load(t, config(), path)
	cfg := config()
	cfg.Order = "time"
	var wrong *SettingsError
	if _, err := log.try(context.Background(), cfg, path); !errors.As(err, &wrong) {
		t.Errorf("other settings: %v", err)
	}
}

func TestAFullDiskKeepsWhatWasDurable(t *testing.T) {
	full := errors.New("no space left on device")
	log := &memoryLog{}
	var text strings.Builder
	for n := range 3000 {
		fmt.Fprintf(&text, "e%d s %d\n", n, n)
	}
	path := put(t, t.TempDir(), "x.log", text.String())
	log.due = func() bool { return true }
	log.fail = func(p event.Position) error {
		if p > 1000 {
			return full
		}
		return nil
	}
	if _, err := log.try(context.Background(), config(), path); !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	if n := len(log.saved.events); n == 0 || n > 1000 {
		t.Errorf("%d events durable", n)
	}
	log.fail = nil
	log.load(t, config(), path)
	whole := &memoryLog{}
	whole.load(t, config(), path)
	if log.root() != whole.root() {
		t.Error("after there was room again, the log is another")
	}
}

// TestAFolderThatMayNotBeRead is one file more that is skipped, as a file is that may not be read.
func TestAFolderThatMayNotBeRead(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.log", "a s 1\n")
	if err := os.Mkdir(filepath.Join(dir, "private"), 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	denied := &fs.PathError{Op: "open", Path: "private", Err: fs.ErrPermission}
	l := listing{root: dir}
	for _, e := range entries {
		if err := l.visit(filepath.Join(dir, e.Name()), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.visit(filepath.Join(dir, "private"), entries[1], denied); err != nil || len(l.found) != 2 {
		t.Errorf("%+v, %v", l.found, err)
	}
	if err := l.visit(dir, nil, denied); err != denied {
		t.Errorf("the folder that was named: %v", err)
	}
	if err := l.visit(filepath.Join(dir, "private"), entries[1], fs.ErrClosed); err == nil {
		t.Error("another error is lost")
	}
}

func TestTargets(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.log", "b.log", "sub/c.log", "sub/deep/d.log", ".hidden/e.log", ".f.log", "old.asof/log.bolt"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, dir, name, "a s 1\n")
	}
	for _, c := range []struct {
		name, want string
		targets    []string
	}{
		{"a folder", "a.log b.log sub/c.log sub/deep/d.log", []string{"."}},
		{"a glob", "a.log b.log", []string{"*.log"}},
		{"a glob over folders", "a.log b.log sub/c.log sub/deep/d.log", []string{"**/[a-z]*.log"}},
		{"none twice, and in the order given", "sub/c.log a.log b.log", []string{"sub/c.log", "a.log", "*.log"}},
		{"a store's folder inside is left out", "sub/c.log sub/deep/d.log", []string{"sub"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(dir)
			files, err := expand(c.targets)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range files {
				rel, _ := filepath.Rel(dir, f.path)
				got = append(got, filepath.ToSlash(rel))
			}
			wantIDs(t, got, c.want)
		})
	}
	for _, bad := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "*.none")} {
		if _, err := expand([]string{bad}); err == nil {
			t.Errorf("%s is no error", bad)
		}
	}
	p, err := Prepare(context.Background(), []string{filepath.Join(dir, "a.log"), filepath.Join(dir, "sub")}, config())
	if err != nil || p.Sources[0].Name != "a.log" || p.Sources[1].Name != "c.log" {
		t.Errorf("names %+v, %v", p, err)
	}
}
