package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// followed drives a follower by hand: look is one cycle, and the clock goes on by a second each.
type followed struct {
	t    *testing.T
	dir  string
	path string
	log  *memoryLog
	f    *follower
	time time.Time
	gaps []Gap
}

func follow(t *testing.T, text string) *followed {
	w := &followed{t: t, dir: t.TempDir(), log: &memoryLog{}, time: time.Unix(1, 0)}
	w.path = put(t, w.dir, "x.log", text)
	w.start(w.path)
	return w
}

func (w *followed) start(targets ...string) {
	w.t.Helper()
	p, err := Prepare(context.Background(), targets, config())
	if err != nil {
		w.t.Fatal(err)
	}
	if w.f, err = newFollower(p, func(r Result) { w.gaps = append(w.gaps, r.Gaps...) }); err != nil {
		w.t.Fatal(err)
	}
	w.f.open = func(context.Context) (*store, error) { return w.log.store(), nil }
	w.f.now = func() time.Time { return w.time }
	w.t.Cleanup(func() { w.f.close() })
	w.look()
}

func (w *followed) look() {
	w.t.Helper()
	w.time = w.time.Add(time.Second)
	if err := w.f.cycle(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *followed) want(ids string) {
	w.t.Helper()
	wantIDs(w.t, w.log.order(), ids)
}

func (w *followed) do(errs ...error) {
	w.t.Helper()
	for _, err := range errs {
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// rotate moves the file away and makes another in its place.
func (w *followed) rotate(to, text string) {
	w.t.Helper()
	w.do(os.Rename(w.path, filepath.Join(w.dir, to)))
	put(w.t, w.dir, filepath.Base(w.path), text)
}

// told is the system's word that a file was made.
func (w *followed) told() { w.f.heard(fsnotify.Event{Name: w.path, Op: fsnotify.Create}) }

func TestFollowMatrix(t *testing.T) {
	second := func(w *followed) string { return filepath.Join(w.dir, "x.log.1") }
	for _, c := range []struct {
		name  string
		steps func(w *followed)
		want  string
		gaps  int
	}{
		{"lines are appended", func(w *followed) {
			appendTo(t, w.path, "b s 2\nc s 3\n")
			w.look()
			appendTo(t, w.path, "d s 4\n")
		}, "a b c d", 0},
		{"a line waits for its end", func(w *followed) {
			appendTo(t, w.path, "b s")
			w.look()
			w.want("a")
			appendTo(t, w.path, " 2\r")
			w.look()
			w.want("a")
			appendTo(t, w.path, "\nc s 3\n")
		}, "a b c", 0},
		{"a letter is cut by the end of the file", func(w *followed) {
			appendTo(t, w.path, "b\xc3")
			w.look()
			appendTo(t, w.path, "\xa4 s 2\n")
		}, "a bä", 0},
		{"rename and create", func(w *followed) {
			appendTo(t, w.path, "b s 2\n")
			w.do(os.Rename(w.path, second(w)))
			put(t, w.dir, "x.log", "c s 3\n")
			w.look()
			appendTo(t, second(w), "late s 2\n") // its writer has not noticed yet
			appendTo(t, w.path, "d s 4\n")
		}, "a b c late d", 0},
		{"the old file ends within a line", func(w *followed) {
			appendTo(t, w.path, "b s 2")
			w.do(os.Rename(w.path, second(w)))
			put(t, w.dir, "x.log", "c s 3\n")
			for range 6 {
				w.look()
			}
		}, "a c b", 0},
		{"deleted and made anew", func(w *followed) {
			appendTo(t, w.path, "b s 2\n")
			w.do(os.Remove(w.path))
			w.look()
			w.want("a b")
			put(t, w.dir, "x.log", "c s 3\n")
		}, "a b c", 0},
		{"deleted, with what was not yet read", func(w *followed) {
			appendTo(t, w.path, "b s 2\n")
			w.do(os.Remove(w.path))
			put(t, w.dir, "x.log", "c s 3\n")
		}, "a b c", 0},
		{"copied and truncated", func(w *followed) {
			appendTo(t, w.path, "b s 2\n")
			w.look()
			w.do(os.Truncate(w.path, 0))
			appendTo(t, w.path, "c s 3\n")
		}, "a b c", 1},
		{"truncated, and nothing comes", func(w *followed) {
			w.do(os.Truncate(w.path, 0))
			w.look()
			w.look()
		}, "a", 1},
		{"truncated twice", func(w *followed) {
			w.do(os.Truncate(w.path, 0))
			appendTo(t, w.path, "b s\n")
			w.look()
			w.do(os.Truncate(w.path, 0))
			w.look()
			appendTo(t, w.path, "c s 3\n")
		}, "a c", 2},
		{"overwritten by a longer file", func(w *followed) {
			put(t, w.dir, "x.log", "c s 3\nd s 4\ne s 5\n")
		}, "a c d e", 1},
		{"overwritten by one of the same size", func(w *followed) {
			put(t, w.dir, "x.log", "z s 9\n")
			w.do(os.Chtimes(w.path, time.Now(), time.Now().Add(time.Hour)))
		}, "a z", 1},
		{"replaced by a longer file", func(w *followed) {
			put(t, w.dir, "new", "c s 3\nd s 4\ne s 5\n")
			w.do(os.Rename(filepath.Join(w.dir, "new"), w.path))
		}, "a c d e", 0},
		{"replaced by one that goes on with the same lines", func(w *followed) {
			put(t, w.dir, "new", "a s 1\nb s 2\n")
			w.do(os.Rename(filepath.Join(w.dir, "new"), w.path))
		}, "a a b", 0},
		{"packed after it was rotated away", func(w *followed) {
			appendTo(t, w.path, "b s 2\n")
			w.do(os.Rename(w.path, second(w)))
			put(t, w.dir, "x.log.1.z", pack("a s 1\nb s 2\n"))
			w.do(os.Remove(second(w)))
			put(t, w.dir, "x.log", "c s 3\n")
		}, "a b c", 0},
		{"rotated twice, and the system tells of the first only after it was found", func(w *followed) {
			w.rotate("x.log.1", "b s 2\n")
			w.look()
			w.told()
			w.rotate("x.log.2", "c s 3\n")
			w.told()
		}, "a b c", 0},
		{"rotated twice at once", func(w *followed) {
			w.rotate("x.log.1", "b s 2\n")
			w.rotate("x.log.2", "c s 3\n")
			w.told()
			w.told()
		}, "a c", 1},
		{"moved away and back", func(w *followed) {
			w.do(os.Rename(w.path, second(w)), os.Rename(second(w), w.path))
			w.told()
			appendTo(t, w.path, "b s 2\n")
		}, "a b", 0},
		{"a bad line and a touch", func(w *followed) {
			appendTo(t, w.path, "! no\nb s 2\n")
			w.look()
			w.do(os.Chtimes(w.path, time.Now(), time.Now().Add(time.Hour)))
		}, "a b", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := follow(t, "a s 1\n")
			w.want("a")
			c.steps(w)
			w.look()
			w.look()
			w.want(c.want)
			if len(w.gaps) != c.gaps {
				t.Errorf("%d gaps told, want %d: %v", len(w.gaps), c.gaps, w.gaps)
			}
			root := w.log.root()
			if _, err := w.log.try(context.Background(), config(), w.path); err != nil || w.log.root() != root {
				t.Errorf("a later import: %v, and the log has %v", err, w.log.order())
			}
		})
	}
}

func TestFollowALink(t *testing.T) {
	w := &followed{t: t, dir: t.TempDir(), log: &memoryLog{}, time: time.Unix(1, 0)}
	one := put(t, w.dir, "one", "a s 1\n")
	two := put(t, w.dir, "two", "c s 3\n")
	link := filepath.Join(w.dir, "now.log")
	w.do(os.Symlink(one, link))
	w.start(link)
	appendTo(t, one, "b s 2\n")
	w.do(os.Symlink(two, link+".new"), os.Rename(link+".new", link))
	w.look()
	appendTo(t, two, "d s 4\n")
	w.look()
	w.want("a b c d")
}

func TestFollowAFolder(t *testing.T) {
	w := &followed{t: t, dir: t.TempDir(), log: &memoryLog{}, time: time.Unix(1, 0)}
	path := put(t, w.dir, "x.log", "a s 1\n")
	w.start(w.dir)
	put(t, w.dir, "y.log", "b s 2\n")
	w.look()
	w.do(os.Rename(path, filepath.Join(w.dir, "x.log.1")))
	put(t, w.dir, "x.log", "c s 3\n")
	for range 8 {
		w.look()
	}
	put(t, w.dir, "z.log.z", pack("d s 4\n"))
	w.look()
	w.want("a b c d")
	root := w.log.root()
	w.log.load(t, config(), w.dir)
	if w.log.root() != root {
		t.Errorf("a later import of the folder: %v", w.log.order())
	}
}

// TestFollowLive lets a writer rotate its file while the real loop runs: each line is there once.
func TestFollowLive(t *testing.T) {
	dir := t.TempDir()
	path := put(t, dir, "x.log", "")
	log := &memoryLog{}
	p, err := Prepare(context.Background(), []string{path}, config())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var gaps []Gap
	f, err := newFollower(p, func(r Result) {
		gaps = append(gaps, r.Gaps...)
		if len(log.saved.events) == 3000 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	f.open = func(context.Context) (*store, error) { return log.store(), nil }
	go func() {
		for n := range 3000 {
			if n%1000 == 999 {
				os.Rename(path, fmt.Sprintf("%s.%d", path, n))
				os.WriteFile(path, nil, 0o600)
				time.Sleep(300 * time.Millisecond)
			}
			appendTo(t, path, fmt.Sprintf("e%d s%d %d\n", n, n%7, n))
		}
	}()
	if err := f.run(ctx); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, id := range log.order() {
		seen[id]++
	}
	if len(seen) != 3000 || len(log.order()) != 3000 || len(gaps) > 0 {
		t.Errorf("%d lines, %d different, gaps %v; %s", len(log.order()), len(seen), gaps, strings.Join(log.order()[:3], " "))
	}
}
