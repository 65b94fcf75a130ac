package ingest

import (
	"context"
	"os"
	"path/filepath"
)

// discover finds files that came into a folder or under a glob since. One that is held open under another name is no news.
func (f *follower) discover(ctx context.Context) {
	files, err := expand(f.plan.Targets)
	if err != nil {
		return // a file that was named is away for the moment
	}
	for _, file := range files {
		if f.paths[file.path] || file.path == Stdin || f.holds(file.path) {
			continue
		}
		src, err := f.plan.config.prepare(ctx, file)
		if err != nil {
			continue // not complete yet, or nothing that is read
		}
		src.Name = filepath.Base(file.path)
		if src.lines {
			t, err := openTail(file.path)
			if err != nil {
				continue
			}
			f.tails[file.path] = t
			f.watch(file.path)
			f.plan.Sources = append(f.plan.Sources, src)
		} else {
			f.once = append(f.once, src)
		}
		f.paths[file.path] = true
	}
}

// holds tells whether the file at a path is held open, under whatever name.
func (f *follower) holds(path string) bool {
	at, err := os.Stat(path)
	if err != nil {
		return false
	}
	for _, t := range f.all() {
		if was, err := t.file.Stat(); err == nil && os.SameFile(at, was) {
			return true
		}
	}
	return false
}
