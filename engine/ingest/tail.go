package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// drainFor is how long a file that was rotated away is read on after its last growth: its writer may not have noticed yet.
const drainFor = 3 * time.Second

// tailed is a file that is followed. It is held open, so that what is written to it after it was renamed or deleted is read,
// and so that its inode is not reused meanwhile.
type tailed struct {
	file  *os.File
	path  string
	seen  int64 // size at the last look
	mod   time.Time
	whole int64 // up to where its lines are whole: what the next pass reads

	lost     int64     // size before the file became shorter
	first    bool      // it was there when the following began
	rotation bool      // it took the place of a file that is read to its end all the same
	gone     bool      // it has no name: it was made here, for standard input
	before   string    // the path whose file this one took the place of; "" if it is the first
	rotated  bool      // another file stands in its place: it is read until nothing more comes
	idle     time.Time // since when nothing came, if rotated
}

func openTail(path string) (*tailed, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &tailed{file: f, path: path, seen: -1}, nil
}

// look notes the file's size and up to where its lines are whole, and reports whether there is something to read or to compare.
// A file that was rotated away ends with what it has.
func (t *tailed) look(now time.Time) (bool, error) {
	info, err := t.file.Stat()
	if err != nil {
		return false, err
	}
	size, mod := info.Size(), info.ModTime()
	if size == t.seen && mod.Equal(t.mod) {
		if !t.rotated || now.Sub(t.idle) < drainFor || t.whole == size {
			return false, nil
		}
		t.whole = size // nothing will end this line any more
		return true, nil
	}
	old, seen := t.whole, t.seen
	if size < seen {
		t.lost = seen
	}
	t.seen, t.mod, t.idle = size, mod, now
	if t.whole, err = wholeLines(t.file, size); err != nil {
		return false, err
	}
	return t.whole != old || size <= seen, nil // of the same size or shorter: what is in it may have been replaced
}

// gap is what may be lost of a file whose content went away: what was written after the last look is not known.
func (t *tailed) gap(m *memory, why string) Gap {
	g := Gap{Path: m.Path, From: uint64(m.RawSize), To: uint64(m.RawSize), Why: why}
	if t.lost > m.RawSize {
		g.To = uint64(t.lost)
	}
	t.lost = 0
	return g
}

// done tells that nothing more will come from a file that was rotated away.
func (t *tailed) done(now time.Time) bool {
	return t.rotated && now.Sub(t.idle) >= drainFor && t.whole == t.seen
}

// wholeLines is the length of a file without its unterminated last line.
func wholeLines(f io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for end := size; end > 0; {
		start := max(0, end-int64(len(buf)))
		n, err := f.ReadAt(buf[:end-start], start)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("last line: %w", err)
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// inherit makes a file that took another's place be read as that one was: its first lines, few as they are, decide nothing.
func (t *tailed) inherit(m *memory, known []*memory) {
	if t.first {
		return
	}
	m.Order = Order{By: OrderFile, Why: "followed: lines count as they come"}
	if t.before == "" {
		return
	}
	for i := len(known) - 1; i >= 0; i-- {
		if k := known[i]; k.Path == t.before && k.Format != "" {
			m.Format, m.Vote, m.Map = k.Format, k.Vote, map[string]string{}
			for _, f := range k.Verdict.Fields {
				m.Map[f.Name] = f.Path
			}
			return
		}
	}
}

func (t *tailed) close() error {
	err := t.file.Close()
	if t.path == Stdin && !t.gone {
		err = errors.Join(err, os.Remove(t.file.Name()))
	}
	return err
}

// open opens the source, unless it is held open already.
func (s *Source) open() (*os.File, error) {
	if s.tail != nil {
		return s.tail.file, nil
	}
	return os.Open(s.Path)
}

// release closes what open opened.
func (s *Source) release(f *os.File) error {
	if s.tail != nil {
		return nil
	}
	return f.Close()
}
