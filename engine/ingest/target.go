package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Stdin is the target that names standard input.
const Stdin = "-"

// ErrNoFiles means that a glob or a folder has no file to read.
var ErrNoFiles = errors.New("no files")

// target is one file that a target stands for. Named tells that the person named this very file, so that it must be readable.
type target struct {
	path  string // absolute, or Stdin
	named bool
}

// expand makes files of targets: in the order given, those of a glob or a folder sorted by path, none twice.
func expand(targets []string) ([]target, error) {
	var out []target
	seen := map[string]bool{}
	for _, text := range targets {
		files, err := expandOne(text)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if !seen[f.path] {
				seen[f.path] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func expandOne(text string) ([]target, error) {
	if text == Stdin {
		return []target{{path: Stdin, named: true}}, nil
	}
	path, err := filepath.Abs(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return folder(text, path)
	case err == nil:
		return []target{{path: path, named: true}}, nil
	case isGlob(text):
		return glob(text, path)
	}
	return nil, err
}

func isGlob(text string) bool { return strings.ContainsAny(text, "*?[{") }

// folder lists the files below a folder, without hidden ones and without stores.
func folder(text, path string) ([]target, error) {
	l := listing{root: path}
	if err := filepath.WalkDir(path, l.visit); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	if len(l.found) == 0 {
		return nil, fmt.Errorf("%s: %w in this folder", text, ErrNoFiles)
	}
	return l.found, nil
}

type listing struct {
	root  string
	found []target
}

// visit is called for each file and folder. A folder that may not be read is listed itself, to be told among what is skipped.
func (l *listing) visit(name string, d fs.DirEntry, err error) error {
	switch skip := name != l.root && hidden(d.Name()); {
	case errors.Is(err, fs.ErrPermission) && name != l.root:
		l.found = append(l.found, target{path: name})
	case err != nil:
		return err
	case d.IsDir() && skip:
		return fs.SkipDir
	case !skip && regular(name, d):
		l.found = append(l.found, target{path: name})
	}
	return nil
}

func glob(text, path string) ([]target, error) {
	names, err := doublestar.FilepathGlob(path, doublestar.WithFilesOnly(), doublestar.WithNoHidden(), doublestar.WithFailOnIOErrors())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	slices.Sort(names)
	var out []target
	for _, name := range names {
		if !strings.HasSuffix(filepath.Dir(name), StoreSuffix) {
			out = append(out, target{path: name})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: %w match", text, ErrNoFiles)
	}
	return out, nil
}

// hidden tells what a folder's listing leaves out: dot-files, and stores.
func hidden(base string) bool {
	return strings.HasPrefix(base, ".") || strings.HasSuffix(base, StoreSuffix)
}

// regular follows a link to a file, so that a folder of links to rotated logs can be read; links to folders are left out.
func regular(name string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
