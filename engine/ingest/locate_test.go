package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"asof/engine/eventlog"
)

// asof is what a person's command does: find the store, load, close. It returns where the store was and the log's root.
func asof(t *testing.T, home string, c Config, targets ...string) (Location, eventlog.Info, Result) {
	t.Helper()
	ctx := context.Background()
	p, err := Prepare(ctx, targets, c)
	if err != nil {
		t.Fatal(err)
	}
	log, at, err := Open(ctx, home, "", p, eventlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	res, err := Run(ctx, p, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	return at, log.Info(), res
}

func TestStoresAreFoundAgain(t *testing.T) {
	home, dir := filepath.Join(t.TempDir(), "home"), t.TempDir()
	path := put(t, dir, "x.log", "a s 1\nb s 2\n")
	first, info, res := asof(t, home, config(), path)
	if first.Found || res.Events != 2 || info.Head != 2 {
		t.Fatalf("first: %+v, %+v", first, res)
	}
	again, _, res := asof(t, home, config(), path)
	if !again.Found || again.Dir != first.Dir || res.Records != 0 {
		t.Errorf("again: %+v, %+v", again, res)
	}
	cfg := config()
	cfg.Order = "time"
	if other, _, _ := asof(t, home, cfg, path); other.Found || other.Dir == first.Dir {
		t.Errorf("other settings: %+v", other)
	}
	moved := filepath.Join(dir, "y.log")
	if err := os.Rename(path, moved); err != nil {
		t.Fatal(err)
	}
	appendTo(t, moved, "c s 3\n")
	if at, info, res := asof(t, home, config(), moved); at.Dir != first.Dir || res.Events != 1 || info.Head != 3 || res.Sources[0].Name != "y.log" {
		t.Errorf("moved and grown: %+v, %+v", at, res)
	}
	still := filepath.Join(dir, "z.log")
	if err := os.Rename(moved, still); err != nil {
		t.Fatal(err)
	}
	if at, _, res := asof(t, home, config(), still); at.Dir != first.Dir || res.Records != 0 || res.Sources[0].Path != still {
		t.Errorf("moved: %+v, %+v", at, res)
	}
	log, err := eventlog.Open(context.Background(), first.Dir, eventlog.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if report, err := log.Verify(context.Background(), nil); err != nil || !report.Sources[0].Same || report.Sources[0].Source.Name != "z.log" {
		t.Errorf("the file that was moved: %+v, %v", report.Sources, err)
	}
	if err := errors.Join(log.Close(), os.Rename(still, moved)); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "y.log", "z s 1\n")
	changed, info, _ := asof(t, home, config(), moved)
	if changed.Found || changed.Dir == first.Dir || info.Head != 1 {
		t.Errorf("changed: %+v", changed)
	}
	for _, name := range []string{home, first.Dir} {
		if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o700 {
			t.Errorf("%s: mode %v, %v", name, st.Mode(), err)
		}
	}
	list, err := Stores(context.Background(), home)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d stores listed, %v", len(list), err)
	}
	for _, s := range list {
		if s.Events == 0 || s.Bytes == 0 || s.Trouble != "" {
			t.Errorf("listed: %+v", s)
		}
	}
	if _, err := RemoveStore(context.Background(), home, filepath.Base(first.Dir)); err != nil {
		t.Error(err)
	}
	if list, _ = Stores(context.Background(), home); len(list) != 2 {
		t.Errorf("%d stores after one was removed", len(list))
	}
	if _, err := RemoveStore(context.Background(), home, "nothing"); !errors.Is(err, ErrNoStore) {
		t.Errorf("removing what is not there: %v", err)
	}
}

// TestASampleOfALog: who tries a sample first, and then opens the log itself, looks at two files.
func TestASampleOfALog(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	sample := put(t, dir, "sample.log", "a s 1\nb s 2\n")
	whole := put(t, dir, "whole.log", "a s 1\nb s 2\nc s 3\n")
	first, _, _ := asof(t, home, config(), sample)
	at, info, res := asof(t, home, config(), whole)
	if at.Dir == first.Dir || info.Head != 3 || res.Sources[0].Name != "whole.log" {
		t.Errorf("the log was taken for its sample grown: %+v, %+v", at, res)
	}
	if again, info, _ := asof(t, home, config(), sample); again.Dir != first.Dir || again.Why != "" || info.Head != 2 {
		t.Errorf("the sample again: %+v, %d events", again, info.Head)
	}
	copied := put(t, dir, "copy.log", "a s 1\nb s 2\nc s 3\n")
	if same, _, res := asof(t, home, config(), copied); same.Dir != at.Dir || res.Records != 0 {
		t.Errorf("a copy: %+v, %+v", same, res)
	}
	appendTo(t, copied, "d s 4\n")
	if grown, info, _ := asof(t, home, config(), copied); grown.Dir == at.Dir || info.Head != 4 {
		t.Errorf("a copy that grew on: %+v", grown)
	}
	if err := os.Remove(sample); err != nil {
		t.Fatal(err)
	}
	rotated := put(t, dir, "sample.log.1", "a s 1\nb s 2\ne s 5\n")
	put(t, dir, "sample.log", "f s 6\n")
	if at, info, res := asof(t, home, config(), rotated); at.Dir != first.Dir || info.Head != 3 || res.Records != 1 {
		t.Errorf("a file that was rotated away: %+v, %+v", at, res)
	}
}

func TestAChangedFileIsSaid(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	path := put(t, dir, "x.log", "a s 1\nb s 2\n")
	asof(t, home, config(), path)
	put(t, dir, "x.log", "a s 1\nB s 2\n")
	at, _, _ := asof(t, home, config(), path)
	if at.Found || !strings.Contains(at.Why, "has changed since it was imported") {
		t.Errorf("got %+v", at)
	}
}

func TestANewFileInAFolderIsLate(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	put(t, dir, "a.log", "a s 1\nb s 200\n")
	put(t, dir, "b.log", "c u 100\n")
	asof(t, home, config(), dir)
	put(t, dir, "c.log", "d v 50\ne v 300\n")
	at, info, res := asof(t, home, config(), dir)
	if !at.Found || res.Late != 1 || info.Late != 1 || info.Head != 5 {
		t.Errorf("%+v, %+v", at, res)
	}
}

func TestACutLastLineThatIsCompletedIsNotRejected(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	path := put(t, dir, "x.log", "a s 1\n! bad\nb s")
	if _, info, _ := asof(t, home, config(), path); info.Rejected != 2 {
		t.Errorf("cut: %d rejected", info.Rejected)
	}
	appendTo(t, path, " 2\n! worse\nc s")
	for _, text := range []string{"", " 3\n"} {
		appendTo(t, path, text)
		at, info, _ := asof(t, home, config(), path)
		want := []string{"! bad", "! worse", "c s"}
		if text != "" {
			want = want[:2]
		}
		log, err := eventlog.Open(context.Background(), at.Dir, eventlog.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for r, err := range log.Rejects(context.Background(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(r.Bytes))
		}
		rows, err := log.Sources(context.Background())
		if err != nil || !slices.Equal(got, want) || info.Rejected != uint64(len(want)) || rows[0].Rejected != info.Rejected {
			t.Errorf("rejected: %q, info says %d, the source %d, want %q; %v", got, info.Rejected, rows[0].Rejected, want, err)
		}
		if r, err := log.Verify(context.Background(), nil); err != nil || !r.OK {
			t.Errorf("verify: %+v, %v", r, err)
		}
		log.Close()
	}
}

func TestSameResultOnTheRealLog(t *testing.T) {
	var text strings.Builder
	for n := range 5000 {
		text.WriteString(strings.Repeat("x", n%50) + "e s" + strings.Repeat("y", n%7) + " " + strings.Repeat("1", 1+n%3) + "\n")
	}
	path := put(t, t.TempDir(), "x.log", text.String())
	_, whole, _ := asof(t, t.TempDir(), config(), path)
	home := t.TempDir()
	for range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		p, err := Prepare(ctx, []string{path}, config())
		if err != nil {
			t.Fatal(err)
		}
		log, _, err := Open(ctx, home, "", p, eventlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Run(ctx, p, log, func(p Progress) {
			if p.Stage == Loading {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		log.Close()
		cancel()
	}
	if _, info, _ := asof(t, home, config(), path); info.Root != whole.Root || info.Head != whole.Head {
		t.Errorf("resumed: %d events, root %x; whole %d, %x", info.Head, info.Root, whole.Head, whole.Root)
	}
}

func TestHome(t *testing.T) {
	env := func(m map[string]string) func(string) string { return func(k string) string { return m[k] } }
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"ASOF_DATA": "/d", "XDG_DATA_HOME": "/x", "HOME": "/h"}, "/d"},
		{map[string]string{"XDG_DATA_HOME": "/x", "HOME": "/h"}, "/x/asof"},
		{map[string]string{"XDG_DATA_HOME": "relative", "HOME": "/h"}, "/h/.local/share/asof"},
	} {
		got, err := Home(env(c.env))
		if want := filepath.FromSlash(c.want); err != nil || filepath.ToSlash(got) != filepath.ToSlash(want) {
			t.Errorf("%v: %s, %v", c.env, got, err)
		}
	}
}
