package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"asof/engine/eventlog"
)

// RemoveStore deletes a store of the list, by its path or its folder's name. Only what Stores lists is ever deleted, and none
// that somebody is writing.
func RemoveStore(ctx context.Context, home, name string) (string, error) {
	entries, err := readEntries(home)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if base := filepath.Base(e.Dir); name != e.Dir && name != base && name+StoreSuffix != base {
			continue
		}
		return e.Dir, e.remove(ctx)
	}
	return "", fmt.Errorf("%s: %w", name, ErrNoStore)
}

func (e entry) remove(ctx context.Context) error {
	if err := RemoveFiles(ctx, e.Dir); err != nil {
		return err
	}
	if err := os.Remove(e.file); err != nil {
		return fmt.Errorf("list of stores: %w", err)
	}
	return nil
}

// Forget deletes the stores in which Locate would find the plan's events, also those that cannot be read, so that the plan is loaded anew.
// A store that a person placed somewhere is not deleted unless it is named: it is an error.
func Forget(ctx context.Context, home string, p *Plan) error {
	entries, err := readEntries(home)
	if err != nil {
		return err
	}
	targets, settings := p.targets(), p.config.settings()
	var found []entry
	for _, e := range entries {
		if !maps.Equal(e.Settings, settings) || p.Piped() {
			continue
		}
		same := slices.Equal(e.Targets, targets)
		f, err := p.fits(ctx, e, same)
		if err != nil && !unreadable(err) {
			return err
		}
		if !f.ok && (err == nil || !same && !e.mayHave(p)) {
			continue
		}
		if filepath.Dir(e.Dir) != filepath.Clean(home) {
			return fmt.Errorf("%s holds these events, and was put there by --store: name it with --store too, and it is made anew", e.Dir)
		}
		found = append(found, e)
	}
	for _, e := range found {
		if err := e.remove(ctx); err != nil {
			return err
		}
	}
	return nil
}

// RemoveFiles deletes the files of the store in dir, and dir unless it holds something else. It is an error if somebody is
// writing the store.
func RemoveFiles(ctx context.Context, dir string) error {
	if err := lockOnce(ctx, dir); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	others := false
	for _, e := range entries {
		if !ofStore(e) {
			others = true
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if others {
		return nil
	}
	if err := os.Remove(dir); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// ofStore tells what belongs to a store by its name. What was being made when its maker was killed belongs to it too.
func ofStore(e fs.DirEntry) bool {
	if e.IsDir() {
		return strings.HasPrefix(e.Name(), "verify-")
	}
	name := strings.TrimPrefix(e.Name(), ".")
	for _, begin := range []string{"log.", "index-", "case.bolt"} {
		if strings.HasPrefix(name, begin) {
			return e.Type().IsRegular()
		}
	}
	return false
}

// unreadable tells that a store is there, but this program cannot read it.
func unreadable(err error) bool {
	return errors.Is(err, eventlog.ErrDamaged) || errors.Is(err, eventlog.ErrVersion)
}

// lockOnce fails if another process writes to the store. One that cannot be read has no writer.
func lockOnce(ctx context.Context, dir string) error {
	log, err := eventlog.Open(ctx, dir, eventlog.Options{})
	if unreadable(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer log.Close()
	w, err := log.Writer(ctx)
	if err != nil {
		return err
	}
	return w.Close()
}
