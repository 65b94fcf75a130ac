package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"asof/engine/eventlog"
)

// entry is a store in this machine's list: a small file beside the stores, so that one is found again without opening all.
type entry struct {
	Dir      string            `json:"dir"`
	Targets  []string          `json:"targets"`
	Settings map[string]string `json:"settings,omitempty"`
	Heads    []string          `json:"heads,omitempty"` // SHA-256 of each source's first bytes, with their number
	Made     time.Time         `json:"made"`

	file string
}

// ErrNoStore says that the list has no such store.
var ErrNoStore = errors.New("no such store")

func entryFolder(home string) string { return filepath.Join(home, "stores") }

// readEntries is the list, without entries whose store is gone or that cannot be read.
func readEntries(home string) ([]entry, error) {
	names, err := filepath.Glob(filepath.Join(entryFolder(home), "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list of stores: %w", err)
	}
	var out []entry
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("list of stores: %w", err)
		}
		e := entry{file: name}
		if json.Unmarshal(text, &e) != nil || e.Dir == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(e.Dir, eventlog.FileName)); err == nil {
			out = append(out, e)
		}
	}
	return out, nil
}

// writeEntry lists a store. It is written aside and renamed, so that nobody reads half of it.
func writeEntry(home string, p *Plan, dir string) error {
	e := entry{Dir: dir, Targets: p.targets(), Settings: p.config.settings(), Made: time.Now().UTC()}
	for i := range p.Sources {
		if n := min(p.Sources[i].Size, headSize); n > 0 {
			e.Heads = append(e.Heads, headOf(p.Sources[i].Path, n))
		}
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("list of stores: %w", err)
	}
	folder := entryFolder(home)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".new-")
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(folder, entryName(dir)))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

func entryName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	base := strings.TrimSuffix(filepath.Base(dir), StoreSuffix)
	return fmt.Sprintf("%s-%x.json", plainName(base), sum[:4])
}

// headOf is the head of a file as an entry lists it; "" if it cannot be read.
func headOf(path string, n int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	sum, err := hashAt(f, 0, n)
	if err != nil || sum == nil {
		return ""
	}
	return fmt.Sprintf("%d:%s", n, hex.EncodeToString(sum))
}

// mayHave tells whether every file of a plan starts as one that the store was made from: only then is it worth opening.
func (e entry) mayHave(p *Plan) bool {
	if len(e.Heads) != len(p.Sources) {
		return false
	}
	for i := range p.Sources {
		if !e.hasHead(p.Sources[i]) {
			return false
		}
	}
	return true
}

func (e entry) hasHead(s Source) bool {
	for _, head := range e.Heads {
		var n int64
		var sum string
		if _, err := fmt.Sscanf(head, "%d:%s", &n, &sum); err == nil && n <= s.Size && headOf(s.Path, n) == head {
			return true
		}
	}
	return false
}

// Stored is a store of this machine.
type Stored struct {
	Path    string
	Targets []string
	Events  uint64
	Bytes   int64 // of the store's files
	Made    time.Time
	Trouble string // why it cannot be opened; "" if it can
}

// Stores lists this machine's stores, those included that --store put elsewhere.
func Stores(ctx context.Context, home string) ([]Stored, error) {
	entries, err := readEntries(home)
	if err != nil {
		return nil, err
	}
	var out []Stored
	for _, e := range entries {
		s := Stored{Path: e.Dir, Targets: e.Targets, Made: e.Made, Bytes: folderSize(e.Dir)}
		log, err := eventlog.Open(ctx, e.Dir, eventlog.Options{ReadOnly: true})
		if err == nil {
			s.Events = uint64(log.Head())
			err = log.Close()
		}
		if err != nil {
			s.Trouble = err.Error()
		}
		out = append(out, s)
	}
	return out, ctx.Err()
}

// MadeFrom are the folders of the stores that were loaded from a file, whatever has become of it since.
func MadeFrom(home, path string) ([]string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(home)
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, e := range entries {
		if slices.Contains(e.Targets, path) {
			dirs = append(dirs, e.Dir)
		}
	}
	return dirs, nil
}

func folderSize(dir string) int64 {
	var n int64
	// A file that goes away meanwhile does not count, so errors are of no interest.
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}
