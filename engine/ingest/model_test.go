package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"asof/engine/event"
)

// world is a folder of files, a log that is made of them with kills in between, and the plain set of what was written.
type world struct {
	t     *rapid.T
	dir   string
	log   *memoryLog
	files []*file
	ids   int
	bad   int
	lines []string // ids of accepted lines
	cfg   Config
}

// file is one of them: packed or not, and with what is still to come of its last line.
type file struct {
	path   string
	packed bool
	rest   string
}

var errKilled = errors.New("killed")

// line is a new line, without its end.
func (w *world) line() string {
	if rapid.IntRange(0, 9).Draw(w.t, "bad") == 0 {
		w.bad++
		return fmt.Sprintf("! bad %d", w.bad)
	}
	w.ids++
	id := fmt.Sprintf("e%d", w.ids)
	w.lines = append(w.lines, id)
	at := "-"
	if n := rapid.IntRange(-1, 500).Draw(w.t, "time"); n >= 0 {
		at = fmt.Sprint(n)
	}
	return fmt.Sprintf("%s s%d %s", id, rapid.IntRange(0, 3).Draw(w.t, "stream"), at)
}

func (w *world) text() string {
	var b strings.Builder
	for range rapid.IntRange(1, 40).Draw(w.t, "lines") {
		b.WriteString(w.line() + "\n")
	}
	return b.String()
}

func (w *world) create() {
	f := &file{path: filepath.Join(w.dir, fmt.Sprintf("%c.log", 'a'+len(w.files)))}
	f.packed = rapid.IntRange(0, 3).Draw(w.t, "packed") == 0
	w.files = append(w.files, f)
	if f.packed {
		w.write(f, "Z")
		return
	}
	w.write(f, "")
	if rapid.Bool().Draw(w.t, "full") {
		w.grow(f)
	}
}

// grow appends some lines. The last one may lack its end until the file grows again.
func (w *world) grow(f *file) {
	text := f.rest + w.text()
	f.rest = ""
	if rapid.Bool().Draw(w.t, "cut") {
		line := w.line()
		cut := len(line) - 5
		if strings.HasPrefix(line, "e") {
			cut = rapid.IntRange(1, strings.LastIndexByte(line, ' ')).Draw(w.t, "at")
		}
		f.rest, text = line[cut:]+"\n", text+line[:cut]
	}
	if f.packed {
		text = pack(text)[1:]
	}
	w.write(f, text)
}

func (w *world) write(f *file, text string) {
	out, err := os.OpenFile(f.path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	if _, err := out.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
}

// finish ends what was cut.
func (w *world) finish() {
	for _, f := range w.files {
		if f.rest != "" {
			text := f.rest
			if f.packed {
				text = pack(text)[1:]
			}
			w.write(f, text)
			f.rest = ""
		}
	}
}

func (w *world) run(kill bool) {
	st := w.log.store()
	due := rapid.IntRange(1, 4).Draw(w.t, "commits")
	n := 0
	w.log.due = func() bool { n++; return n%due == 0 }
	w.log.fail = nil
	if kill {
		last := w.log.Head() + event.Position(rapid.IntRange(1, 60).Draw(w.t, "kill"))
		w.log.fail = func(p event.Position) error {
			if p >= last {
				return errKilled
			}
			return nil
		}
	}
	p, err := Prepare(context.Background(), []string{w.dir}, w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := st.load(context.Background(), p, nil); err != nil && !errors.Is(err, errKilled) {
		w.t.Fatal(err)
	}
	w.log.fail = nil
}

func (w *world) check() {
	got := w.log.order()
	if !slices.IsSorted(w.lines) {
		sort.Strings(w.lines)
	}
	sort.Strings(got)
	if !slices.Equal(got, w.lines) {
		w.t.Fatalf("log has %v, files %v", got, w.lines)
	}
	if w.log.reasons() != w.bad {
		w.t.Fatalf("%d rejected, %d bad lines", w.log.reasons(), w.bad)
	}
	var records, rejected uint64
	for _, row := range w.log.saved.rows {
		records += row.Records
		rejected += row.Rejected
	}
	if records != uint64(len(got)+w.bad) || rejected != uint64(w.bad) {
		w.t.Fatalf("rows say %d records, %d rejected", records, rejected)
	}
}

func draw(t *rapid.T, dir string) *world {
	w := &world{t: t, dir: dir, log: &memoryLog{}, cfg: config()}
	w.cfg.Memory = rapid.SampledFrom([]int64{0, 1, 4000}).Draw(t, "memory")
	w.cfg.trial = rapid.SampledFrom([]int64{0, 1, 200}).Draw(t, "trial")
	w.cfg.Order = rapid.SampledFrom([]string{"", "", "file", "time"}).Draw(t, "order")
	return w
}

// TestAnySequenceIsASet: however imports, kills, growth and new files follow one another, the log ends with each line once.
func TestAnySequenceIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw(t, tempDir(t))
		w.create()
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"create", "grow", "kill", "kill", "run"}).Draw(t, "step") {
			case "create":
				w.create()
			case "grow":
				w.grow(rapid.SampledFrom(w.files).Draw(t, "file"))
			case "kill":
				w.run(true)
			case "run":
				w.run(false)
			}
		}
		w.finish()
		w.run(false)
		w.check()
		root := w.log.root()
		w.run(false)
		if w.log.root() != root {
			t.Fatal("one more import changed the log")
		}
	})
}

// TestKillsDoNotShow: an import that is killed again and again ends at the root of one that is not.
func TestKillsDoNotShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw(t, tempDir(t))
		for range rapid.IntRange(1, 4).Draw(t, "files") {
			w.create()
		}
		for range rapid.IntRange(1, 5).Draw(t, "kills") {
			w.run(true)
		}
		w.run(false)
		root := w.log.root()
		killed := w.log
		w.log = &memoryLog{}
		w.run(false)
		if w.log.root() != root {
			t.Fatalf("killed: %v\nwhole: %v", killed.order(), w.log.order())
		}
	})
}

func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "asof-ingest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
