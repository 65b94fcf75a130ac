package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"asof/engine/eventlog"
	"asof/engine/ingest"
	"asof/importers"
	"asof/timeline"
)

// dataFolder is a folder below the user's data folder, made if need be.
func dataFolder(name string) (string, error) {
	home, err := ingest.Home(os.Getenv)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(home, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("data folder: %w; set ASOF_DATA to one that can be written", err)
	}
	return dir, nil
}

// isStore reports whether path is a store's folder.
func isStore(path string) bool {
	info, err := os.Stat(filepath.Join(path, eventlog.FileName))
	return err == nil && info.Mode().IsRegular()
}

// createStore makes an empty store in dir unless there is one.
func createStore(ctx context.Context, dir string) error {
	if isStore(dir) {
		return nil
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file: append writes to a store, a folder such as %s.asof", dir, strings.TrimSuffix(dir, filepath.Ext(dir)))
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is a folder that is no store: name a store, or a folder that does not exist yet", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	log, err := eventlog.Create(ctx, dir, eventlog.Identity{Key: "append", Title: filepath.Base(dir)}, eventlog.Options{})
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return err
	}
	return log.Close()
}

// source is an opened log: a store, or the store of the files that were named, with what is still to be loaded.
type source struct {
	title string
	dir   string
	known bool          // it was opened before
	log   *eventlog.Log // nil where the store itself was named: the session opens it
	plan  *ingest.Plan  // nil where the store itself was named
}

// open finds the store of the targets. Nothing is loaded yet.
func (a *app) open(ctx context.Context, targets []string) (*source, error) {
	if len(targets) == 1 && isStore(targets[0]) {
		return &source{title: filepath.Base(targets[0]), dir: targets[0], known: true}, nil
	}
	plan, err := a.plan(ctx, targets)
	if err != nil {
		return nil, err
	}
	home, err := ingest.Home(os.Getenv)
	if err != nil && a.store == "" {
		return nil, err
	}
	if a.fresh {
		if err := a.forget(ctx, home, plan); err != nil {
			return nil, err
		}
	}
	log, at, err := ingest.Open(ctx, home, a.store, plan, eventlog.Options{})
	if errors.Is(err, eventlog.ErrVersion) && a.story != nil { // which is all in its file
		a.note("the story is loaded anew: its store was made by another version of asof")
		if err := a.forget(ctx, home, plan); err != nil {
			return nil, err
		}
		log, at, err = ingest.Open(ctx, home, a.store, plan, eventlog.Options{})
	}
	if errors.Is(err, eventlog.ErrDamaged) {
		return nil, fmt.Errorf("%w; --fresh loads the files anew", err)
	}
	if err != nil {
		return nil, err
	}
	if at.Why != "" {
		a.say("%s", at.Why)
	}
	return &source{title: title(targets), dir: at.Dir, known: at.Found, log: log, plan: plan}, nil
}

// plan finds what the targets are and how they are to be read.
func (a *app) plan(ctx context.Context, targets []string) (*ingest.Plan, error) {
	fields, err := a.mapping()
	if err != nil {
		return nil, err
	}
	if a.dedupe != "" && a.dedupe != "id" {
		return nil, fmt.Errorf("--dedupe %q: the only way to dedupe is id", a.dedupe)
	}
	slice, err := ingest.ParseSlice(a.slice, a.zone)
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	plan, err := ingest.Prepare(ctx, targets, ingest.Config{
		Importers: importers.All(), Opener: importers.Open,
		Format: a.format, Map: fields, Order: a.order, Zone: a.zone, Slice: slice, Dedupe: a.dedupe,
		Memory: a.budget / 4, Stdin: a.stdin,
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, a.moved(err, targets)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range plan.Skipped {
		a.note("skipped %s: %s", s.Path, s.Reason)
	}
	return plan, nil
}

// moved adds to the error of a file that is not there the stores that were loaded from it, which answer without it.
func (a *app) moved(err error, targets []string) error {
	home, homeErr := ingest.Home(os.Getenv)
	if homeErr != nil {
		return err
	}
	for _, t := range targets {
		if _, statErr := os.Stat(t); !errors.Is(statErr, fs.ErrNotExist) {
			continue
		}
		if dirs, listErr := ingest.MadeFrom(home, t); listErr == nil && len(dirs) > 0 {
			return fmt.Errorf("%w\nwhat was loaded from there is in %s: open that, or the file where it is now, which is known by what is in it",
				err, strings.Join(dirs, " and in "))
		}
	}
	return err
}

// forget removes the store of a plan, for --fresh.
func (a *app) forget(ctx context.Context, home string, plan *ingest.Plan) error {
	if a.store == "" {
		return ingest.Forget(ctx, home, plan)
	}
	if !isStore(a.store) {
		return nil
	}
	return ingest.RemoveFiles(ctx, a.store)
}

func title(targets []string) string {
	name := filepath.Base(targets[0])
	if targets[0] == ingest.Stdin {
		name = "standard input"
	}
	if len(targets) > 1 {
		name += fmt.Sprintf(" and %d more", len(targets)-1)
	}
	return name
}

// load brings in what is new, with a bar on standard error.
func (a *app) load(ctx context.Context, src *source) (ingest.Result, error) {
	bar := a.bar()
	result, err := a.run(ctx, src, bar.load)
	bar.close()
	for _, n := range result.Notices {
		a.say("%s", n)
	}
	if fields := notThere(result); fields != "" {
		a.note("given, but none of the first records has it: %s; asof import --explain shows what they have", fields)
	}
	return result, err
}

// run brings in what is new. Indexes that follow make do with half of the memory meanwhile.
func (a *app) run(ctx context.Context, src *source, progress func(ingest.Progress)) (ingest.Result, error) {
	a.loading.Store(a.budget / 2)
	defer a.loading.Store(0)
	return ingest.Run(ctx, src.plan, src.log, progress)
}

// session opens a session over an opened log: without any index for nil projections, with those remembered for empty ones.
func (a *app) session(ctx context.Context, src *source, projections []string) (*timeline.Session, error) {
	s, err := timeline.Open(ctx, timeline.Options{
		Dir: src.dir, Log: src.log, Projections: projections, NoIndex: projections == nil, By: a.by, Zone: a.zone, Memory: a.budget, Beside: a.loading.Load, Patience: a.execTimeout,
		Notice: func(text string) { a.note("note: %s", text) },
	})
	if err != nil {
		return nil, err
	}
	list, err := s.Projections(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	a.used = nil
	for _, p := range list {
		if p.InUse {
			a.used = append(a.used, p.Name)
		}
	}
	return s, nil
}

// wanted are the projections that were asked for, else the one that the sources' format shows best. A command's answer does
// not depend on what somebody looked at before.
func (a *app) wanted(src *source) []string {
	if len(a.projections) > 0 {
		return a.projections
	}
	if src.plan != nil && len(src.plan.Sources) > 0 {
		for _, i := range importers.All() {
			if f := i.Format(); f.Name == src.plan.Sources[0].Verdict.Format && f.Projection != "" {
				return []string{f.Projection}
			}
		}
	}
	return []string{"merge"}
}

// withSession opens a log, loads what is new in it, and asks. It ends with exit code 1 if --strict finds rejected records.
func (a *app) withSession(ctx context.Context, targets []string, index bool, ask func(*timeline.Session) error) (err error) {
	src, err := a.open(ctx, unprotect(targets))
	if err != nil {
		return err
	}
	if src.log != nil {
		defer func() { err = errors.Join(err, src.log.Close()) }()
	}
	var projections []string
	if index {
		projections = a.wanted(src)
	}
	s, err := a.session(ctx, src, projections) // indexes follow the log while it loads
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if src.log != nil {
		result, err := a.load(ctx, src)
		if err != nil {
			return err
		}
		a.rejectedNote(result.Rejected)
	}
	if err := ask(s); err != nil {
		return err
	}
	if !a.strict {
		return nil
	}
	info, err := s.Info(ctx)
	if err == nil && info.Rejected > 0 {
		return &finding{fmt.Sprintf("%s records were rejected (--strict); asof info --rejected lists them", count(info.Rejected))}
	}
	return err
}

// rejectedNote is printed also under --quiet: a bad line is never passed over in silence.
func (a *app) rejectedNote(n uint64) {
	switch n {
	case 0:
	case 1:
		a.say("1 record was rejected: asof info --rejected shows it")
	default:
		a.say("%s records were rejected: asof info --rejected lists them", count(n))
	}
}
