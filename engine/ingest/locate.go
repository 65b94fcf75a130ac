package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"asof/engine/eventlog"
)

// StoreSuffix is what a store's folder is named by.
const StoreSuffix = ".asof"

// Location is where a plan's store lies, or will lie.
type Location struct {
	Dir   string // the store's folder
	Found bool   // it is there already
	Why   string // for a person: why a new one although these files were opened before; else ""

	moved bool // its files were somewhere else before
}

// Home is the folder for stores of plain files, by the environment: ASOF_DATA, else XDG_DATA_HOME/asof, else the system's usual
// place. Nothing is created.
func Home(getenv func(string) string) (string, error) {
	if dir := getenv("ASOF_DATA"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "asof"), nil
	}
	if dir := getenv("LocalAppData"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "asof"), nil
	}
	home := getenv("HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", fmt.Errorf("no folder for stores (%w): set ASOF_DATA, or choose a place with --store DIR", err)
		}
	}
	return filepath.Join(home, ".local", "share", "asof"), nil
}

// Identity is what the plan's store is made of, for eventlog.Create.
func (p *Plan) Identity() eventlog.Identity {
	return eventlog.Identity{Key: p.key(), Title: p.title(), Settings: p.config.settings()}
}

// targets are the plan's targets in a form that does not depend on the working folder.
func (p *Plan) targets() []string {
	out := make([]string, len(p.Targets))
	for i, t := range p.Targets {
		out[i] = t
		if abs, err := filepath.Abs(t); err == nil && t != Stdin {
			out[i] = abs
		}
	}
	return out
}

func (p *Plan) key() string {
	h := sha256.New()
	for _, t := range p.targets() {
		fmt.Fprintf(h, "%d:%s", len(t), t)
	}
	settings := p.config.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(h, "|%s=%s", name, settings[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (p *Plan) title() string {
	first := lastParts(strings.TrimRight(p.Targets[0], "/\\"), 1)
	if len(p.Targets) == 1 {
		return first
	}
	return fmt.Sprintf("%s and %d more", first, len(p.Targets)-1)
}

// Locate finds the store that the plan's sources were loaded into before, by what they contain and by the settings they were
// read with; else it names a new one. It opens the stores that come into question, and creates nothing.
func Locate(ctx context.Context, home string, p *Plan) (Location, error) {
	entries, err := readEntries(home)
	if err != nil {
		return Location{}, err
	}
	targets, settings := p.targets(), p.config.settings()
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(b.Made.UnixNano(), a.Made.UnixNano()) })
	why := ""
	for _, e := range entries {
		if !maps.Equal(e.Settings, settings) || p.Piped() {
			continue
		}
		f, err := p.fits(ctx, e, slices.Equal(e.Targets, targets))
		if err != nil {
			return Location{}, err
		}
		if f.ok {
			return Location{Dir: e.Dir, Found: true, moved: f.moved}, nil
		}
		why = cmp.Or(why, f.why)
	}
	return Location{Dir: newDir(home, p), Why: why}, nil
}

// Piped tells that the plan reads standard input, which cannot be compared before it is read, and which may never end.
func (p *Plan) Piped() bool {
	return slices.ContainsFunc(p.Sources, func(s Source) bool { return s.pipe != nil })
}

// fit is how a plan and a store belong together.
type fit struct {
	ok    bool
	moved bool   // one of the files was somewhere else
	why   string // why it does not fit, where a person should know
}

// fits compares the plan with a store. Under the same targets the store may lack files, which are loaded late; under others,
// files and store must match one for one: they were moved. A file that goes on from what another one still holds was not: a sample of
// a log does not become the log.
func (p *Plan) fits(ctx context.Context, e entry, sameTargets bool) (fit, error) {
	if !sameTargets && !e.mayHave(p) {
		return fit{}, nil
	}
	known, err := e.memories(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return fit{}, nil
	}
	switch {
	case err != nil && unreadable(err) && !sameTargets:
		return fit{}, nil // another log's store, which only might have had these files
	case err != nil:
		return fit{}, fmt.Errorf("store %s: %w", e.Dir, err)
	}
	m, err := match(p, known)
	if err != nil {
		return fit{}, err
	}
	if err := m.err(p); err != nil {
		return fit{why: fmt.Sprintf("%v; its former events stay in %s", err, e.Dir)}, nil
	}
	for i, k := range m.of {
		if k != nil && m.how[i] == grown && k.elsewhere(p.Sources[i].Path) {
			return fit{}, nil
		}
	}
	if sameTargets {
		return fit{ok: true}, nil
	}
	f := fit{ok: len(known) == len(m.of) && !slices.Contains(m.of, nil)}
	for i := range m.of {
		f.moved = f.moved || f.ok && m.of[i].Path != p.Sources[i].Path
	}
	return f, nil
}

// memories opens the store's log as far as its sources.
func (e entry) memories(ctx context.Context) (known []*memory, err error) {
	log, err := eventlog.Open(ctx, e.Dir, eventlog.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	rows, err := log.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		m, err := unmarshalMemory(row.State)
		if err != nil {
			return nil, err
		}
		known = append(known, m)
	}
	return known, nil
}

// newDir names a folder that does not exist.
func newDir(home string, p *Plan) string {
	base := plainName(p.title())
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s-%s", base, p.key()[:8])
		if n > 0 {
			name = fmt.Sprintf("%s-%d", name, n+1)
		}
		dir := filepath.Join(home, name+StoreSuffix)
		if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
			return dir
		}
		if n > 1000 {
			return filepath.Join(home, fmt.Sprintf("%s-%d%s", name, time.Now().UnixNano(), StoreSuffix))
		}
	}
}

// plainName keeps of a title what every file system takes.
func plainName(title string) string {
	out := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '-'
	}, title)
	out = strings.Trim(out, "-.")
	return cmp.Or(out[:min(len(out), 40)], "log")
}

// Open opens the plan's store, or creates it where it is not there, and lists it among this machine's stores. An empty dir
// lets Locate choose under home.
func Open(ctx context.Context, home, dir string, p *Plan, o eventlog.Options) (*eventlog.Log, Location, error) {
	at, err := whereabouts(ctx, home, dir, p)
	if err != nil {
		return nil, at, err
	}
	if at.moved {
		// The store goes with its files. Else who takes their old place would be taken for an addition to them.
		if err := writeEntry(home, p, at.Dir); err != nil {
			return nil, at, unwritable(err)
		}
	}
	if at.Found {
		log, err := eventlog.Open(ctx, at.Dir, o)
		return log, at, err
	}
	if err := os.MkdirAll(filepath.Dir(at.Dir), 0o700); err != nil {
		return nil, at, unwritable(err)
	}
	// Listed first: a store that is there and not listed, after a kill in between, would never be found again.
	if err := writeEntry(home, p, at.Dir); err != nil && dir == "" {
		return nil, at, unwritable(err)
	}
	log, err := eventlog.Create(ctx, at.Dir, p.Identity(), o)
	if errors.Is(err, fs.ErrExist) { // another process, which reads the same, was quicker
		at.Found = true
		log, err = eventlog.Open(ctx, at.Dir, o)
		return log, at, err
	}
	return log, at, unwritable(err)
}

// whereabouts is Locate, unless the person named the folder.
func whereabouts(ctx context.Context, home, dir string, p *Plan) (Location, error) {
	if dir == "" {
		return Locate(ctx, home, p)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Location{}, err
	}
	_, err = os.Stat(filepath.Join(abs, eventlog.FileName))
	return Location{Dir: abs, Found: err == nil}, nil
}

func unwritable(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrPermission) || strings.Contains(err.Error(), "read-only file system") {
		return fmt.Errorf("%w: choose another place for the store with --store DIR", err)
	}
	return err
}
